import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly severity: 'page' | 'ticket' | 'info';
  readonly state: 'firing' | 'silenced' | 'resolved';
  readonly subject: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly evidence: Readonly<Record<string, number | string>>;
  readonly link: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
  readonly resolvedAt: string | null;
  readonly silencedUntil: string | null;
  readonly acknowledgedBy: string | null;
}

export interface Alerts {
  readonly alerts: readonly Alert[];
}

export const alertsKey = [liveKey, 'alerts'] as const;

export function useAlerts(): UseQueryResult<Alerts> {
  return useQuery({ queryKey: alertsKey, queryFn: ({ signal }) => getJson<Alerts>('/api/alerts', signal) });
}

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import type { Alerts } from './schema.ts';

export const alertsKey = [liveKey, 'alerts'] as const;

export function useAlerts(): UseQueryResult<Alerts> {
  return useQuery({ queryKey: alertsKey, queryFn: ({ signal }) => getJson<Alerts>('/api/alerts', signal) });
}

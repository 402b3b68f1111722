import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

export interface RefusedCall {
  readonly callId: string;
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly keyId: string;
  readonly attribution: Readonly<Record<string, string>>;
  readonly run: string;
  readonly provider: string;
  readonly model: string;
  readonly budget: {
    readonly name: string;
    readonly instance: string;
    readonly unit: string;
    readonly limit: string;
    readonly remaining: string;
    readonly held: string;
    readonly resetsAt: string | null;
  } | null;
  readonly holds: readonly {
    readonly callId: string;
    readonly attemptId: string;
    readonly user: string | null;
    readonly amount: string;
  }[];
  readonly holdsInAll: number;
}

/** Refused calls, newest first; of one user when named. */
export function useRefused(user: string | undefined): UseQueryResult<{ readonly refused: readonly RefusedCall[] }> {
  const search = user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
  return useQuery({
    queryKey: [liveKey, 'refused', user ?? ''],
    queryFn: ({ signal }) => getJson<{ refused: readonly RefusedCall[] }>(`/api/refused${search}`, signal),
  });
}

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import type { RefusedCalls } from './schema.ts';

/** Refused calls, newest first; of one user when named. */
export function useRefused(user: string | undefined): UseQueryResult<RefusedCalls> {
  const search = user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
  return useQuery({
    queryKey: [liveKey, 'refused', user ?? ''],
    queryFn: ({ signal }) => getJson<RefusedCalls>(`/api/refused${search}`, signal),
  });
}

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RefusedCall as Refused } from '../../../src/tree/index.ts';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

/** A call that was let nowhere near a provider, as the API tells of it. */
export type RefusedCall = Omit<Refused, 'atMs'> & { readonly at: string };

/** Refused calls, newest first; of one user when named. */
export function useRefused(user: string | undefined): UseQueryResult<{ readonly refused: readonly RefusedCall[] }> {
  const search = user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
  return useQuery({
    queryKey: [liveKey, 'refused', user ?? ''],
    queryFn: ({ signal }) => getJson<{ refused: readonly RefusedCall[] }>(`/api/refused${search}`, signal),
  });
}

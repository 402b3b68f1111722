import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import type { Plans } from './schema.ts';

export function usePlans(): UseQueryResult<Plans> {
  return useQuery({
    queryKey: [liveKey, 'plans'],
    queryFn: ({ signal }) => getJson<Plans>('/api/plans', signal),
  });
}

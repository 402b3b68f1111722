import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Budget } from './budgets.ts';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

export interface Plan {
  readonly name: string;
  readonly priceUsd: string | null;
  readonly maxOutputTokens: number | null;
  /** Empty allows every model. */
  readonly models: readonly string[];
  readonly quotas: readonly Budget[];
}

export function usePlans(): UseQueryResult<{ readonly plans: readonly Plan[] }> {
  return useQuery({
    queryKey: [liveKey, 'plans'],
    queryFn: ({ signal }) => getJson<{ plans: readonly Plan[] }>('/api/plans', signal),
  });
}

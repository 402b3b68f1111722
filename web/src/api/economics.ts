import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type RangeChoice, type ResolvedRange, rangeKey, resolveRange } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { getJson } from './client.ts';
import { useLive } from './live.tsx';
import { liveKey } from './live-key.ts';
import { addFilters, rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';
import type { Advice, CostStack, Releases, UnitEconomics } from './schema.ts';

/** Range and filters as every question of economics takes them. */
export function economicParams(range: ResolvedRange, where: Filters): URLSearchParams {
  const params = rangeParams(range);
  addFilters(params, where);
  return params;
}

/** The full cost, its lines and who bears it, and what one of each thing costs. */
export interface Economics {
  readonly stack: CostStack;
  readonly units: UnitEconomics;
}

/** One answer of both, so that no figure is of another moment than the one beside it. */
export function useEconomics(by: readonly string[], where: Filters, range: RangeChoice): UseQueryResult<Economics> {
  const { moment } = useLive();
  return useQuery({
    queryKey: [liveKey, rangeKey(range), 'economics', by, where],
    queryFn: async ({ signal }) => {
      const params = economicParams(resolveRange(range, moment.current), where);
      const [stack, units] = await Promise.all([
        getJson<CostStack>(`/api/stack?by=${encodeURIComponent(by.join(','))}&${params}`, signal),
        getJson<UnitEconomics>(`/api/unit-economics?${params}`, signal),
      ]);
      return { stack, units };
    },
    placeholderData: keepPreviousData,
  });
}

export function useReleases(where: Filters, range: RangeChoice): UseQueryResult<Releases> {
  return useRanged<Releases>(
    ['releases', where],
    range,
    (resolved) => `/api/releases?${economicParams(resolved, where)}`,
  );
}

export function useAdvice(range: RangeChoice): UseQueryResult<Advice> {
  return useRanged<Advice>(['advice'], range, (resolved) => `/api/recommendations?${rangeParams(resolved)}`);
}

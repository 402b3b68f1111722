import { keepPreviousData, type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type RangeChoice, rangeKey, resolveRange } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { getJson } from './client.ts';
import { useLive } from './live.tsx';
import { liveKey } from './live-key.ts';
import {
  type CostsQuery,
  callPath,
  callsPath,
  costsPath,
  instancePath,
  performancePath,
  pricesPath,
  retriesPath,
  runPath,
  runsPath,
  type TreeQuery,
  treePath,
  workflowsPath,
} from './paths.ts';
import type {
  AccessKeys,
  Call,
  CallInList,
  Costs,
  Instance,
  NewestCalls,
  NewestRuns,
  Performance,
  Prices,
  Readiness,
  Retries,
  Run,
  RunInList,
  Storage,
  Workflows,
  WorkflowTree,
} from './schema.ts';

export const instanceKey = 'instance';

/** A moving window ends at the moment of the whole screen, known when it is fetched, so that one key serves all its answers. */
export function useRanged<T>(
  key: readonly unknown[],
  range: RangeChoice,
  path: (resolved: ReturnType<typeof resolveRange>) => string,
): UseQueryResult<T> {
  const { moment } = useLive();
  return useQuery({
    queryKey: [liveKey, rangeKey(range), ...key],
    queryFn: ({ signal }) => getJson<T>(path(resolveRange(range, moment.current)), signal),
    placeholderData: keepPreviousData,
  });
}

export function useCosts(query: CostsQuery, range: RangeChoice): UseQueryResult<Costs> {
  return useRanged<Costs>(['costs', query], range, (resolved) => costsPath(query, resolved));
}

export function useWorkflows(range: RangeChoice, where: Filters): UseQueryResult<Workflows> {
  return useRanged<Workflows>(['workflows', where], range, (resolved) => workflowsPath(where, resolved));
}

export function usePerformance(by: readonly string[], where: Filters, range: RangeChoice): UseQueryResult<Performance> {
  return useRanged<Performance>(['performance', by, where], range, (resolved) => performancePath(by, where, resolved));
}

export function useRetries(where: Filters, range: RangeChoice): UseQueryResult<Retries> {
  return useRanged<Retries>(['retries', where], range, (resolved) => retriesPath(where, resolved));
}

export function useStorage(): UseQueryResult<Storage> {
  return useQuery({
    queryKey: [liveKey, 'storage'],
    queryFn: ({ signal }) => getJson<Storage>('/api/storage', signal),
  });
}

/** Rows read so far of a list that goes on. */
export interface Pages<Row> {
  /** The first page's answer, for its states. */
  readonly query: UseQueryResult<readonly Row[]>;
  readonly more: (() => void) | null;
  readonly readingMore: boolean;
}

/** Later pages go on where the first one ended, so a moving range is resolved once for all of them. */
function usePages<Answer extends { readonly next: string | null }, Row>(
  key: readonly unknown[],
  path: (before: string | null) => string,
  rowsOf: (answer: Answer) => readonly Row[],
): Pages<Row> {
  const query = useInfiniteQuery({
    queryKey: [liveKey, ...key],
    queryFn: ({ signal, pageParam }) => getJson<Answer>(path(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    select: ({ pages }) => pages.flatMap(rowsOf),
    placeholderData: keepPreviousData,
  });
  return {
    query: query as unknown as UseQueryResult<readonly Row[]>,
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
    readingMore: query.isFetchingNextPage,
  };
}

export function useCalls(where: Filters, range: RangeChoice, limit: number): Pages<CallInList> {
  const { moment } = useLive();
  return usePages(
    ['calls', rangeKey(range), where, limit],
    (before) => callsPath({ where, limit, before }, resolveRange(range, moment.current)),
    (answer: NewestCalls) => answer.calls,
  );
}

export function useRuns(where: Filters, range: RangeChoice, limit: number): Pages<RunInList> {
  const { moment } = useLive();
  return usePages(
    ['runs', rangeKey(range), where, limit],
    (before) => runsPath({ where, limit, before }, resolveRange(range, moment.current)),
    (answer: NewestRuns) => answer.runs,
  );
}

export function useKeys(): UseQueryResult<AccessKeys> {
  return useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => getJson<AccessKeys>('/api/keys', signal) });
}

export function usePrices(provider: string, model: string): UseQueryResult<Prices> {
  return useQuery({
    queryKey: ['prices', provider, model],
    queryFn: ({ signal }) => getJson<Prices>(pricesPath(provider, model), signal),
    placeholderData: keepPreviousData,
  });
}

export function useReadiness(): UseQueryResult<Readiness> {
  return useQuery({
    queryKey: [liveKey, 'readiness'],
    queryFn: ({ signal }) => getJson<Readiness>('/api/readyz', signal, [503]),
  });
}

export function useTree(query: TreeQuery, range: RangeChoice): UseQueryResult<WorkflowTree> {
  return useRanged<WorkflowTree>(['tree', query], range, (resolved) => treePath(query, resolved));
}

export function useCall(id: string): UseQueryResult<Call> {
  return useQuery({ queryKey: [liveKey, 'call', id], queryFn: ({ signal }) => getJson<Call>(callPath(id), signal) });
}

export function useRun(id: string): UseQueryResult<Run> {
  return useQuery({ queryKey: [liveKey, 'run', id], queryFn: ({ signal }) => getJson<Run>(runPath(id), signal) });
}

export function useInstance(): UseQueryResult<Instance> {
  return useQuery({
    queryKey: [instanceKey],
    queryFn: ({ signal }) => getJson<Instance>(instancePath, signal),
    staleTime: 60_000,
  });
}

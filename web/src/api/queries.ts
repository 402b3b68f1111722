import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { nowMs } from '../clock.ts';
import { type RangeChoice, rangeKey, resolveRange } from '../view/range.ts';
import { getJson } from './client.ts';
import { type CostsQuery, callPath, costsPath, runPath, type TreeQuery, treePath, workflowsPath } from './paths.ts';
import type { Call, Costs, Instance, Run, Workflows, WorkflowTree } from './schema.ts';

/** Queries whose key starts with this are read again when the ledger grows. */
export const liveKey = 'live';

/** A moving window is resolved when it is fetched, not when it is drawn, so that one key serves all its answers. */
function useRanged<T>(
  key: readonly unknown[],
  range: RangeChoice,
  path: (resolved: ReturnType<typeof resolveRange>) => string,
): UseQueryResult<T> {
  return useQuery({
    queryKey: [liveKey, rangeKey(range), ...key],
    queryFn: ({ signal }) => getJson<T>(path(resolveRange(range, nowMs())), signal),
    placeholderData: keepPreviousData,
  });
}

export function useCosts(query: CostsQuery, range: RangeChoice): UseQueryResult<Costs> {
  return useRanged<Costs>(['costs', query], range, (resolved) => costsPath(query, resolved));
}

export function useWorkflows(range: RangeChoice): UseQueryResult<Workflows> {
  return useRanged<Workflows>(['workflows'], range, workflowsPath);
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
    queryKey: ['instance'],
    queryFn: ({ signal }) => getJson<Instance>('/api/instance', signal),
    staleTime: 60_000,
  });
}

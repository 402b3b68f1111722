import type { ResolvedRange } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';

export interface CostsQuery {
  readonly by: readonly string[];
  readonly where: Filters;
  readonly orderBy?: 'cost' | 'dimensions';
  readonly limit?: number;
}

export function costsPath(query: CostsQuery, range: ResolvedRange): string {
  const params = rangeParams(range);
  if (query.by.length > 0) params.set('by', query.by.join(','));
  if (query.orderBy) params.set('orderBy', query.orderBy);
  if (query.limit !== undefined) params.set('limit', String(query.limit));
  for (const [name, values] of Object.entries(query.where)) {
    for (const value of values) params.append(name, value);
  }
  return `/api/costs?${params}`;
}

export function workflowsPath(range: ResolvedRange): string {
  return `/api/workflows?${rangeParams(range)}`;
}

export interface TreeQuery {
  readonly workflow: string;
  /** With a stage, its newest calls and their attempts come too. */
  readonly stage?: string;
  readonly limit?: number;
}

export function treePath(query: TreeQuery, range: ResolvedRange): string {
  const params = rangeParams(range);
  params.set('view', 'actual');
  if (query.stage !== undefined) params.set('stage', query.stage);
  if (query.limit !== undefined) params.set('limit', String(query.limit));
  return `/api/workflows/${encodeURIComponent(query.workflow)}/tree?${params}`;
}

export function callPath(id: string): string {
  return `/api/calls/${encodeURIComponent(id)}`;
}

export function runPath(id: string): string {
  return `/api/runs/${encodeURIComponent(id)}`;
}

function rangeParams(range: ResolvedRange): URLSearchParams {
  return new URLSearchParams({
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
  });
}

import { behaviourFilter } from '../view/behaviour-filter.ts';
import type { ResolvedRange } from '../view/range.ts';
import { dimensionFilters, type Filters, outcomeFilter, withoutFilter } from '../view/view-state.ts';

export const instancePath = '/api/instance';
export const budgetsPath = '/api/budgets';
/** The forecast in force. */
export const latestForecastPath = '/api/forecasts/latest';

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
  addFilters(params, query.where);
  addBehaviour(params, query.where);
  return `/api/costs?${params}`;
}

/** Filters go under `where`, so that no name of a dimension can be taken for a parameter. */
export function addFilters(params: URLSearchParams, where: Filters): void {
  for (const [name, values] of Object.entries(dimensionFilters(where))) {
    for (const value of values) params.append('where', `${name}:${value}`);
  }
}

/** Lists can be narrowed to what behaved in one way. */
function addBehaviour(params: URLSearchParams, where: Filters): void {
  const behaviour = where[behaviourFilter]?.[0];
  if (behaviour !== undefined) params.set('behaviour', behaviour);
}

export function workflowsPath(where: Filters, range: ResolvedRange): string {
  const params = rangeParams(range);
  addFilters(params, where);
  return `/api/workflows?${params}`;
}

export interface PageQuery {
  readonly where: Filters;
  readonly limit: number;
  /** `next` of the page before. */
  readonly before: string | null;
}

export function callsPath(query: PageQuery, range: ResolvedRange): string {
  return `/api/calls?${pageParams(query, range)}`;
}

/** Of several endings asked for the first counts: the API takes one. */
export function runsPath(query: PageQuery, range: ResolvedRange): string {
  const params = pageParams(query, range);
  const outcome = query.where[outcomeFilter]?.[0];
  if (outcome !== undefined) params.set('outcome', outcome);
  return `/api/runs?${params}`;
}

function pageParams({ where, limit, before }: PageQuery, range: ResolvedRange): URLSearchParams {
  const params = rangeParams(range);
  params.set('limit', String(limit));
  if (before !== null) params.set('before', before);
  addFilters(params, where);
  addBehaviour(params, where);
  return params;
}

export function performancePath(by: readonly string[], where: Filters, range: ResolvedRange): string {
  const params = rangeParams(range);
  if (by.length > 0) params.set('by', by.join(','));
  addFilters(params, where);
  return `/api/performance?${params}`;
}

export function retriesPath(where: Filters, range: ResolvedRange): string {
  const params = rangeParams(range);
  addFilters(params, where);
  return `/api/retries?${params}`;
}

export function pricesPath(provider: string, model: string): string {
  const params = new URLSearchParams();
  if (provider !== '') params.set('provider', provider);
  if (model !== '') params.set('model', model);
  return `/api/prices?${params}`;
}

export interface TreeQuery {
  readonly workflow: string;
  readonly where: Filters;
}

export function treePath(query: TreeQuery, range: ResolvedRange): string {
  const params = rangeParams(range);
  params.set('view', 'actual');
  addFilters(params, withoutFilter(query.where, 'workflow'));
  return `/api/workflows/${encodeURIComponent(query.workflow)}/tree?${params}`;
}

export function callPath(id: string): string {
  return `/api/calls/${encodeURIComponent(id)}`;
}

export function runPath(id: string): string {
  return `/api/runs/${encodeURIComponent(id)}`;
}

export function rangeParams(range: ResolvedRange): URLSearchParams {
  return new URLSearchParams({
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
  });
}

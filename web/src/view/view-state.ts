import { behaviourFilter } from './behaviour-filter.ts';
import { defaultRange, isPreset, type RangeChoice } from './range.ts';

/** Equality filters by dimension; several values of one dimension are alternatives, '' is "without a value". */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** Everything about a view that a link carries. */
export interface ViewState {
  readonly range: RangeChoice;
  /** Dimensions of the breakdown, outermost first. */
  readonly by: readonly string[];
  readonly where: Filters;
  /** What is opened on the page: stages of the cost tree, the week of a review, an accepted recommendation. */
  readonly open: readonly string[];
  /** Which side of the cost tree is shown; measured when absent. */
  readonly tree?: TreeView | undefined;
  /** Scenario of the forecast; the first when absent. */
  readonly scenario?: string;
  /** Where the sliders of the forecast stand, those that were moved. */
  readonly sliders?: Readonly<Record<string, number>>;
  /** Stages the forecast has answered by another model, `workflow.stage` → `provider/model`. */
  readonly models?: Readonly<Record<string, string>>;
}

export const treeViews = ['forecast', 'diff'] as const;
export type TreeView = (typeof treeViews)[number];

/** Links are read from the outside, so their size is bounded. */
const dimensionsMax = 3;
const valuesMax = 50;
const textMax = 256;
/** A factor, or a dotted path of the file. */
const pathPattern = /^(?!__proto__$)[\w.: -]{1,200}$/;
const namePattern = /^(?:[a-zA-Z]{1,40}|tag\.[\w.-]{1,60})$/;

export const emptyView: ViewState = { range: defaultRange, by: [], where: {}, open: [] };

/** Reads the part of a URL behind the `?`. What it does not understand is left out, never an error. */
export function parseView(search: string): ViewState {
  const params = new URLSearchParams(search);
  return {
    range: parseRange(params),
    by: splitList(params.get('by')).filter(isDimension).slice(0, dimensionsMax),
    where: parseFilters(params),
    open: params.getAll('open').filter(isShort).slice(0, valuesMax),
    ...parseForecast(params),
  };
}

type ForecastView = Pick<ViewState, 'tree' | 'scenario' | 'sliders' | 'models'>;

function parseForecast(params: URLSearchParams): ForecastView {
  const tree = treeViews.find((name) => name === params.get('tree'));
  const scenario = params.get('scenario');
  const sliders = parseSliders(params);
  const models = parseModels(params);
  return {
    ...(tree === undefined ? {} : { tree }),
    ...(scenario !== null && isShort(scenario) ? { scenario } : {}),
    ...(Object.keys(sliders).length === 0 ? {} : { sliders }),
    ...(Object.keys(models).length === 0 ? {} : { models }),
  };
}

function parseSliders(params: URLSearchParams): Record<string, number> {
  const entries = settingsOf(params, 'set.').filter(([, value]) => value !== '' && Number.isFinite(Number(value)));
  return Object.fromEntries(entries.slice(0, valuesMax).map(([name, value]) => [name, Number(value)]));
}

function parseModels(params: URLSearchParams): Record<string, string> {
  const entries = settingsOf(params, 'use.').filter(([, value]) => value !== '' && isShort(value));
  return Object.fromEntries(entries.slice(0, valuesMax));
}

/** What stands behind a prefix of parameters, by the dotted path after it. */
function settingsOf(params: URLSearchParams, prefix: string): [string, string][] {
  return [...params].flatMap(([name, value]): [string, string][] => {
    const path = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return pathPattern.test(path) ? [[path, value]] : [];
  });
}

/** The inverse of `parseView`, with defaults left out; starts with `?` unless it is empty. */
export function formatView(view: ViewState): string {
  const params = new URLSearchParams();
  if (view.range.kind === 'fixed') {
    params.set('from', new Date(view.range.fromMs).toISOString());
    params.set('to', new Date(view.range.toMs).toISOString());
  } else if (view.range.preset !== '1h') params.set('range', view.range.preset);
  if (view.by.length > 0) params.set('by', view.by.join(','));
  for (const [name, values] of Object.entries(view.where)) {
    for (const value of values) params.append(`where.${name}`, value);
  }
  for (const stage of view.open) params.append('open', stage);
  if (view.tree !== undefined) params.set('tree', view.tree);
  if (view.scenario !== undefined) params.set('scenario', view.scenario);
  for (const [name, value] of Object.entries(view.sliders ?? {})) params.set(`set.${name}`, String(value));
  for (const [stage, model] of Object.entries(view.models ?? {})) params.set(`use.${stage}`, model);
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

function parseRange(params: URLSearchParams): RangeChoice {
  const preset = params.get('range');
  if (preset !== null && isPreset(preset)) return { kind: 'last', preset };
  const fromMs = Date.parse(params.get('from') ?? '');
  const toMs = Date.parse(params.get('to') ?? '');
  return fromMs < toMs ? { kind: 'fixed', fromMs, toMs } : defaultRange;
}

function parseFilters(params: URLSearchParams): Filters {
  const where: Record<string, string[]> = {};
  for (const [name, value] of params) {
    if (!name.startsWith('where.') || !isShort(value)) continue;
    const dimension = name.slice('where.'.length);
    const values = Object.hasOwn(where, dimension) ? (where[dimension] ?? []) : [];
    if (isDimension(dimension) && values.length < valuesMax && !values.includes(value)) {
      where[dimension] = [...values, value];
    }
  }
  return where;
}

export function withFilter(where: Filters, dimension: string, value: string): Filters {
  return { ...where, [dimension]: [value] };
}

/** What of the filters the API knows as dimensions; how runs ended and how users behaved are parameters of their own. */
export function dimensionFilters(where: Filters): Filters {
  return withoutFilter(withoutFilter(where, outcomeFilter), behaviourFilter);
}

/** Not a dimension of calls, but a filter of runs. */
export const outcomeFilter = 'outcome';

export function withoutFilter(where: Filters, dimension: string): Filters {
  return Object.fromEntries(Object.entries(where).filter(([name]) => name !== dimension));
}

function splitList(text: string | null): string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

function isDimension(name: string): boolean {
  return namePattern.test(name) && name !== '__proto__';
}

function isShort(text: string): boolean {
  return text.length <= textMax;
}

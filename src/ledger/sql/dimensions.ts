import { BurnrateError, offsetSpans } from '../../base/index.ts';
import type { AttributionName } from '../../tree/index.ts';
import type { CostQuery, Dimension } from '../ledger.ts';
import type { Dialect, TimeUnit } from './dialect.ts';
import type { Parameters } from './sql-text.ts';

/** The column each attribution name is kept in. */
export const attributionColumns = {
  workflow: 'workflow',
  stage: 'stage',
  run: 'run',
  session: 'session_id',
  interaction: 'interaction',
  user: 'user_id',
  customer: 'customer',
  segment: 'segment',
  team: 'team',
  feature: 'feature',
  plan: 'plan',
  environment: 'environment',
  release: 'release_name',
  promptVersion: 'prompt_version',
} as const satisfies Readonly<Record<AttributionName, string>>;

/** Every dimension but tags, with the column it reads; the only way a name reaches SQL. */
const columns = {
  ...attributionColumns,
  provider: 'provider',
  model: 'model_served',
  modelRequested: 'model_requested',
  tier: 'tier',
  protocol: 'protocol',
  operation: 'operation',
  key: 'key_id',
  status: 'CAST(status AS VARCHAR)',
  failure: 'failure',
  cause: 'cause',
  reason: 'reason',
  layer: 'layer',
  streamed: 'CAST(streamed AS VARCHAR)',
  usageSource: 'usage_source',
  priceState: 'price_state',
  simulated: 'CAST(simulated AS VARCHAR)',
  bucket: 'bucket',
  line: 'kind',
} as const;

const timeUnits: readonly string[] = ['minute', 'hour', 'day', 'week', 'month'] satisfies TimeUnit[];
const tagPrefix = 'tag.';
const tagNameLengthMax = 128;

export type DimensionName = keyof typeof columns | TimeUnit;

/** Every dimension that has a fixed name; `tag.<name>` is one too. */
export const dimensionNames: readonly DimensionName[] = [
  ...(Object.keys(columns) as (keyof typeof columns)[]),
  ...(timeUnits as TimeUnit[]),
];

export function isDimension(name: string): name is Dimension {
  if (isTag(name)) return name.length > tagPrefix.length && name.length <= tagNameLengthMax;
  return Object.hasOwn(columns, name) || timeUnits.includes(name);
}

export const isTag = (name: string): boolean => name.startsWith(tagPrefix);

/** The value of a tag in a column of texts of tags. */
export function tagOf(name: string, column: string, dialect: Dialect, parameters: Parameters): string {
  return dialect.tagValue(column, name.slice(tagPrefix.length), parameters);
}

export function timeUnitOf(name: string): TimeUnit | null {
  return timeUnits.includes(name) ? (name as TimeUnit) : null;
}

/** The column of \`attempts\` a dimension is the value of; null for tags, times and what lines are told apart by. */
export function columnOf(name: string): string | null {
  if (!Object.hasOwn(columns, name) || isOfLines(name)) return null;
  const cast = /^CAST\((\w+) AS VARCHAR\)$/.exec(columns[name as keyof typeof columns]);
  return cast?.[1] ?? columns[name as keyof typeof columns];
}

/** The columns of `attempts` some dimensions are read from, beside those of lines. */
export function columnsRead(names: readonly string[]): string[] {
  const columns = names.map((name) => {
    if (isTag(name)) return 'tags';
    return timeUnitOf(name) ? 'started_at' : columnOf(name);
  });
  return columns.filter((name) => name !== null);
}

/** Whether a dimension tells the lines of one attempt apart. */
export function isOfLines(dimension: string): boolean {
  return dimension === 'bucket' || dimension === 'line';
}

/** What decides how a dimension reads: calendar units follow the zone throughout the range. */
export type DimensionScope = Pick<CostQuery, 'range' | 'timeZone'>;

/**
 * The SQL expression of a dimension, text or null.
 * @throws BurnrateError bad_request for a name that is no dimension, and for a zone that is none
 */
export function expressionOf(name: string, dialect: Dialect, scope: DimensionScope, parameters: Parameters): string {
  if (!isDimension(name)) throw new BurnrateError('bad_request', { message: `"${name}" is not a dimension of costs` });
  if (isTag(name)) return tagOf(name, 'tags', dialect, parameters);
  const unit = timeUnitOf(name);
  if (unit) return dialect.timeBucket(unit, unit === 'minute' || unit === 'hour' ? 'started_at' : localTime(scope));
  return columns[name as keyof typeof columns];
}

/**
 * What rows are grouped by for a dimension: its text, but of a stretch of time when it starts, which `shownAs` makes text of.
 * @throws BurnrateError as `expressionOf`
 */
export function groupingOf(name: string, dialect: Dialect, scope: DimensionScope, parameters: Parameters): string {
  const unit = timeUnitOf(name);
  if (!unit) return expressionOf(name, dialect, scope, parameters);
  return dialect.timeStart(unit, unit === 'minute' || unit === 'hour' ? 'started_at' : localTime(scope));
}

/** The text of a dimension's value as rows were grouped by it. */
export function shownAs(name: string, value: unknown): string | null {
  const unit = timeUnitOf(name);
  if (value === null || value === undefined) return null;
  if (!unit) return value as string;
  const moment = new Date(Number(value)).toISOString();
  if (unit === 'month') return moment.slice(0, 7);
  return unit === 'minute' || unit === 'hour' ? `${moment.slice(0, 19)}Z` : moment.slice(0, 10);
}

/** What the zone's clock shows at `started_at`, as ms since the epoch by that clock. */
function localTime({ range, timeZone }: DimensionScope): string {
  const spans = offsetSpans(timeZone ?? 'UTC', range);
  const [only] = spans;
  if (spans.length === 1) return `started_at + ${only?.offsetMs ?? 0}`;
  const cases = spans.slice(0, -1).map(({ toMs, offsetMs }) => `WHEN started_at < ${toMs} THEN ${offsetMs}`);
  return `started_at + CASE ${cases.join(' ')} ELSE ${spans.at(-1)?.offsetMs ?? 0} END`;
}

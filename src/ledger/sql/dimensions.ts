import { BurnrateError } from '../../base/index.ts';
import type { Dimension } from '../ledger.ts';
import type { Dialect, TimeUnit } from './dialect.ts';
import type { Parameters } from './sql-text.ts';

/** Every dimension but tags, with the column it reads; the only way a name reaches SQL. */
const columns = {
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
  provider: 'provider',
  model: 'model_served',
  modelRequested: 'model_requested',
  tier: 'tier',
  protocol: 'protocol',
  operation: 'operation',
  key: 'key_id',
  status: 'CAST(status AS VARCHAR)',
  failure: 'failure',
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
  if (name.startsWith(tagPrefix)) return name.length > tagPrefix.length && name.length <= tagNameLengthMax;
  return Object.hasOwn(columns, name) || timeUnits.includes(name);
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

/** Whether a dimension tells the lines of one attempt apart. */
export function isOfLines(dimension: string): boolean {
  return dimension === 'bucket' || dimension === 'line';
}

/**
 * The SQL expression of a dimension, text or null.
 * @throws BurnrateError bad_request for a name that is no dimension
 */
export function expressionOf(name: string, dialect: Dialect, timeZone: string, parameters: Parameters): string {
  if (!isDimension(name)) throw new BurnrateError('bad_request', { message: `"${name}" is not a dimension of costs` });
  if (name.startsWith(tagPrefix)) return dialect.tagValue('tags', name.slice(tagPrefix.length), parameters);
  if (timeUnits.includes(name)) return dialect.timeBucket(name as TimeUnit, 'started_at', timeZone, parameters);
  return columns[name as keyof typeof columns];
}

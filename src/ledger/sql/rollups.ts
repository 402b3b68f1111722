import type { CostQuery, TimeRange } from '../ledger.ts';
import { columnOf, isOfLines, timeUnitOf } from './dimensions.ts';

/** Sums of attempts by a stretch of time and some columns, kept ready so that screens need not read single attempts. */
export interface Rollup {
  readonly table: string;
  /** Length of a stretch; stretches begin at multiples of it since the epoch, in UTC. */
  readonly grainMs: number;
  /** Columns of `attempts` its rows are told apart by, beside the lines their attempts have. */
  readonly columns: readonly string[];
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What describes a call and is of few values; the last columns differ between the attempts of one call. */
export const hourly: Rollup = {
  table: 'hourly',
  grainMs: hourMs,
  columns: [
    'workflow',
    'stage',
    'segment',
    'team',
    'feature',
    'plan',
    'environment',
    'release_name',
    'prompt_version',
    'key_id',
    'provider',
    'model_requested',
    'model_served',
    'tier',
    'protocol',
    'operation',
    'status',
    'failure',
    'reason',
    'layer',
    'streamed',
    'usage_source',
    'price_state',
    'simulated',
  ],
};

const audience = ['customer', 'segment', 'plan', 'workflow', 'team', 'feature', 'environment', 'simulated'];
export const dailyCustomers: Rollup = {
  table: 'daily_customers',
  grainMs: dayMs,
  columns: [...audience, 'stage', 'release_name', 'provider', 'model_served'],
};
export const dailyUsers: Rollup = { table: 'daily_users', grainMs: dayMs, columns: ['user_id', ...audience] };

/** The cheapest to read first. */
export const rollups: readonly Rollup[] = [hourly, dailyCustomers, dailyUsers];

/** How far the sums reach; read together with them, in one transaction. */
export interface Extent {
  /** Attempts that began before this are in every rollup, those from here on in none. */
  readonly rolledToMs: number;
  /** Single attempts that began before this may be gone. A whole UTC day; never after `rolledToMs`. */
  readonly foldedToMs: number;
}

/** The first rollup that knows every dimension of a question, or null when only single attempts do. */
export function rollupFor(query: Pick<CostQuery, 'by' | 'where' | 'timeZone' | 'range'>): Rollup | null {
  const names = [...query.by, ...Object.keys(query.where)];
  return rollups.find((rollup) => names.every((name) => answers(rollup, name, query))) ?? null;
}

function answers(rollup: Rollup, name: string, { timeZone, range }: Pick<CostQuery, 'timeZone' | 'range'>): boolean {
  const unit = timeUnitOf(name);
  if (unit === 'minute') return false;
  if (unit === 'hour') return rollup.grainMs === hourMs;
  if (unit)
    return (timeZone ?? 'UTC') === 'UTC' || (rollup.grainMs === hourMs && hasWholeHours(timeZone ?? 'UTC', range));
  if (isOfLines(name)) return rollup === hourly;
  const column = columnOf(name);
  return column !== null && rollup.columns.includes(column);
}

const checkEveryMs = 20 * dayMs;
const checksMax = 100;

/** Whether the zone's clock is whole hours away from UTC throughout, so that its days begin with an hour of UTC. */
function hasWholeHours(timeZone: string, { fromMs, toMs }: TimeRange): boolean {
  try {
    const minute = new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric' });
    const step = Math.max(checkEveryMs, (toMs - fromMs) / checksMax);
    for (let atMs = fromMs; atMs < toMs + step; atMs += step) {
      const hour = Math.floor(Math.min(atMs, toMs) / hourMs) * hourMs;
      if (minute.format(hour) !== '0') return false;
    }
    return true;
  } catch (cause) {
    // The engine refuses the zone, or the time, in its own words when it is asked.
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** A stretch of time and the table its rows are read from: sums, or single attempts when `rollup` is null. */
export interface Piece {
  readonly rollup: Rollup | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Which tables together hold every attempt of a range once: sums for whole stretches, single attempts for what the
 * range cuts and for what is too new to be summed. Where single attempts may be gone sums alone are read, a stretch
 * counting where it begins.
 */
export function piecesOf(rollup: Rollup | null, range: TimeRange, extent: Extent): Piece[] {
  const foldedToMs = Math.min(extent.foldedToMs, range.toMs);
  const folded = { rollup: rollup ?? hourly, fromMs: range.fromMs, toMs: foldedToMs };
  const fromMs = Math.max(range.fromMs, extent.foldedToMs);
  return [folded, ...livePieces(rollup, { fromMs, toMs: range.toMs }, extent)].filter(
    (piece) => piece.fromMs < piece.toMs,
  );
}

function livePieces(rollup: Rollup | null, range: TimeRange, { rolledToMs }: Extent): Piece[] {
  const whole = { rollup: null, ...range };
  if (!rollup) return [whole];
  const firstMs = Math.ceil(range.fromMs / rollup.grainMs) * rollup.grainMs;
  const lastMs = range.toMs >= rolledToMs ? rolledToMs : Math.floor(range.toMs / rollup.grainMs) * rollup.grainMs;
  if (firstMs >= lastMs) return [whole];
  return [
    { rollup: null, fromMs: range.fromMs, toMs: firstMs },
    { rollup, fromMs: firstMs, toMs: lastMs },
    { rollup: null, fromMs: lastMs, toMs: range.toMs },
  ];
}

import { offsetSpans } from '../../base/index.ts';
import type { CostQuery, TimeRange } from '../ledger.ts';
import { columnOf, isOfLines, timeUnitOf } from './dimensions.ts';

/** Sums of attempts by a stretch of time and some columns, kept ready so that screens need not read single attempts. */
export interface Rollup {
  readonly table: string;
  /** Length of a stretch; stretches begin at multiples of it since the epoch, in UTC. Weeks begin on Mondays. */
  readonly grainMs: number;
  /** Columns of `attempts` its rows are told apart by, beside the lines their attempts have. */
  readonly columns: readonly string[];
  /** Whether cost lines are kept apart. */
  readonly lines: boolean;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const weekMs = 7 * dayMs;
/** The epoch was a Thursday. */
export const firstMondayMs = 4 * dayMs;

/** The last Monday, at midnight in UTC, that is not after a moment. */
export const mondayBefore = (ms: number): number => Math.floor((ms - firstMondayMs) / weekMs) * weekMs + firstMondayMs;

/** What describes a call and is of few values; the last columns differ between the attempts of one call. */
export const hourly: Rollup = {
  table: 'hourly',
  grainMs: hourMs,
  lines: true,
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
    'cause',
  ],
};

/** How many attempts took how long, by logarithmic bin: a day's quantiles without its attempts. */
export const dailyLatency: Rollup = {
  table: 'daily_latency',
  grainMs: dayMs,
  lines: false,
  columns: hourly.columns.filter((name) => name !== 'cause'),
};

const audience = ['customer', 'segment', 'plan', 'workflow', 'team', 'feature', 'environment', 'simulated'];
export const dailyCustomers: Rollup = {
  table: 'daily_customers',
  grainMs: dayMs,
  lines: true,
  columns: [...audience, 'stage', 'operation', 'release_name', 'provider', 'model_served'],
};
export const dailyUsers: Rollup = {
  table: 'daily_users',
  grainMs: dayMs,
  lines: false,
  columns: ['user_id', ...audience],
};

/** Whole weeks of users, added up from their days once they are over: most users come on several days. */
export const weeklyUsers: Rollup = { ...dailyUsers, table: 'weekly_users', grainMs: weekMs };

/** The same by hour for less, so that hours and the days of any zone have quantiles too. */
export const hourlyLatency: Rollup = {
  table: 'hourly_latency',
  grainMs: hourMs,
  lines: false,
  columns: ['workflow', 'stage', 'environment', 'release_name', 'provider', 'model_served', 'failure', 'simulated'],
};

/** Those that hold sums, the cheapest to read first. */
export const sumRollups: readonly Rollup[] = [hourly, dailyCustomers, dailyUsers];
export const latencyRollups: readonly Rollup[] = [dailyLatency, hourlyLatency];
export const rollups: readonly Rollup[] = [...sumRollups, ...latencyRollups, weeklyUsers];

/** How far the sums reach; read together with them, in one transaction. */
export interface Extent {
  /** Attempts that began before this are in every rollup, those from here on in none. */
  readonly rolledToMs: number;
  /** Single attempts that began before this may be gone. A whole UTC day; never after `rolledToMs`. */
  readonly foldedToMs: number;
  /** Weeks that ended before this are in the weekly sums; a Monday, never after `rolledToMs`. */
  readonly weeksToMs: number;
}

type Asked = Pick<CostQuery, 'by' | 'where' | 'timeZone' | 'range'>;

/** The first of some rollups that knows every dimension of a question, or null when only single attempts do. */
export function rollupFor(query: Asked, among: readonly Rollup[] = sumRollups): Rollup | null {
  const names = [...query.by, ...Object.keys(query.where)];
  return among.find((rollup) => names.every((name) => answers(rollup, name, query))) ?? null;
}

function answers(rollup: Rollup, name: string, query: Asked): boolean {
  const unit = timeUnitOf(name);
  if (unit === 'minute') return false;
  if (unit === 'hour') return rollup.grainMs === hourMs;
  if (rollup.grainMs === weekMs && unit && unit !== 'week') return false;
  if (unit) return rollup.grainMs === hourMs || isUtc(query);
  if (isOfLines(name)) return rollup.lines;
  const column = columnOf(name);
  return column !== null && rollup.columns.includes(column);
}

function isUtc({ timeZone, range }: Asked): boolean {
  return timeZone === undefined || offsetSpans(timeZone, range).every(({ offsetMs }) => offsetMs === 0);
}

/** A stretch of time and the table its rows are read from: sums, or single attempts when `rollup` is null. */
export interface Piece {
  readonly rollup: Rollup | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of each UTC day only the hour that begins here, or all but it; ms since the day began. */
  readonly cutHour?: { readonly atMs: number; readonly only: boolean };
}

/**
 * Which tables together hold every attempt of a range once: sums for whole stretches, single attempts for what the
 * range cuts, for hours in which a day of the zone begins, and for what is too new to be summed. Where single attempts
 * may be gone sums alone are read, a stretch counting where it begins.
 */
export function piecesOf(rollup: Rollup | null, query: Asked, extent: Extent, instead: Rollup = hourly): Piece[] {
  const { range } = query;
  const foldedToMs = Math.min(extent.foldedToMs, range.toMs);
  const folded = { rollup: rollup ?? instead, fromMs: range.fromMs, toMs: foldedToMs };
  const fromMs = Math.max(range.fromMs, extent.foldedToMs);
  const live = livePieces(rollup, { fromMs, toMs: range.toMs }, extent);
  return [folded, ...live.flatMap((piece) => withoutCutHours(piece, query))]
    .flatMap((piece) => withWeeks(piece, query, extent))
    .filter((piece) => piece.fromMs < piece.toMs);
}

/** Whole weeks of users are read as weeks where no smaller part of the calendar is told apart. */
function withWeeks(piece: Piece, query: Asked, { weeksToMs }: Extent): Piece[] {
  const names = [...query.by, ...Object.keys(query.where)];
  if (piece.rollup !== dailyUsers || !names.every((name) => answers(weeklyUsers, name, query))) return [piece];
  const fromMs = mondayBefore(piece.fromMs + weekMs - 1);
  const toMs = Math.min(mondayBefore(piece.toMs), weeksToMs);
  if (fromMs >= toMs) return [piece];
  return [
    { ...piece, toMs: fromMs },
    { ...piece, rollup: weeklyUsers, fromMs, toMs },
    { ...piece, fromMs: toMs },
  ];
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

const calendarUnits: readonly string[] = ['day', 'week', 'month'];

/** Days of zones that are not whole hours from UTC begin within an hour, whose attempts are then read one by one. */
function withoutCutHours(piece: Piece, { by, where, timeZone }: Asked): Piece[] {
  const calendar = [...by, ...Object.keys(where)].some((name) => calendarUnits.includes(name));
  if (!piece.rollup || !calendar || timeZone === undefined) return [piece];
  return offsetSpans(timeZone, piece).flatMap(({ fromMs, toMs, offsetMs }): Piece[] => {
    const span = { ...piece, fromMs, toMs };
    const beginsMs = (((-offsetMs % dayMs) + dayMs) % dayMs) % dayMs;
    const atMs = Math.floor(beginsMs / hourMs) * hourMs;
    if (atMs === beginsMs) return [span];
    return [
      { ...span, cutHour: { atMs, only: false } },
      { ...span, rollup: null, cutHour: { atMs, only: true } },
    ];
  });
}

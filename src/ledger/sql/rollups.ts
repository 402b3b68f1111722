import { offsetSpans } from '../../base/index.ts';
import type { CostQuery, TimeRange } from '../ledger.ts';
import type { DaySpans } from './day-spans.ts';
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
  /** Whether its rows go when their attempts do, because there are nearly as many. */
  readonly goesWithAttempts?: boolean;
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

/** What is of so many values that costs by it would read every attempt: the dearest sessions are looked for by their sums. */
export const dailySessions: Rollup = {
  table: 'daily_sessions',
  grainMs: dayMs,
  lines: false,
  goesWithAttempts: true,
  columns: ['session_id', 'user_id', 'customer', 'environment', 'simulated'],
};

const inWeeks = (rollup: Rollup, table: string): Rollup => ({ ...rollup, table, grainMs: weekMs });
/** Whole weeks, added up from their days once they are over: most customers and users come on several days. */
export const weekly: ReadonlyMap<Rollup, Rollup> = new Map([
  [dailyCustomers, inWeeks(dailyCustomers, 'weekly_customers')],
  [dailyUsers, inWeeks(dailyUsers, 'weekly_users')],
]);

/** The same by hour for less, so that hours and the days of any zone have quantiles too. */
export const hourlyLatency: Rollup = {
  table: 'hourly_latency',
  grainMs: hourMs,
  lines: false,
  columns: ['workflow', 'stage', 'environment', 'release_name', 'provider', 'model_served', 'failure', 'simulated'],
};

/** Those that hold sums, the cheapest to read first. */
export const sumRollups: readonly Rollup[] = [hourly, dailyCustomers, dailyUsers, dailySessions];
export const latencyRollups: readonly Rollup[] = [dailyLatency, hourlyLatency];
export const rollups: readonly Rollup[] = [...sumRollups, ...latencyRollups, ...weekly.values()];

/** How far the sums reach; read together with them, in one transaction. */
export interface Extent {
  /** Attempts that began before this are in every rollup, those from here on in none. */
  readonly rolledToMs: number;
  /** Single attempts that began before this may be gone. A whole UTC day; never after `rolledToMs`. */
  readonly foldedToMs: number;
  /** Weeks that ended before this are in the weekly sums; a Monday, never after `rolledToMs`. */
  readonly weeksToMs: number;
  /** Days whose outcomes are summed; of others each is looked at. */
  readonly outcomeDays: DaySpans;
  /** Which models answered in a run is known of runs that began from here on. */
  readonly modelsFromMs: number;
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

/** Whether days of the question's zone are UTC days throughout its range. */
export function isUtc({ timeZone, range }: Pick<CostQuery, 'timeZone' | 'range'>): boolean {
  return timeZone === undefined || offsetSpans(timeZone, range).every(({ offsetMs }) => offsetMs === 0);
}

/** A stretch of time and the table its rows are read from: sums, or single attempts when `rollup` is null. */
export interface Piece {
  readonly rollup: Rollup | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of each UTC day only the hour that begins here, or all but it; ms since the day began. */
  readonly cutHour?: { readonly atMs: number; readonly only: boolean };
  /** Taken away again: it is in another piece, and not in the range. */
  readonly minus?: boolean;
}

export interface PiecesWanted {
  /** The sums that stand in where single attempts may be gone and none know every dimension; those by hour when absent. */
  readonly instead?: Rollup;
  /** Whether rows are added up, so that some may be taken away; else they are counted, each as it is. */
  readonly additive?: boolean;
}

/**
 * Which tables together hold every attempt of a range once: sums for whole stretches, single attempts for what the
 * range cuts, for hours in which a day of the zone begins, and for what is too new to be summed. Where single attempts
 * may be gone sums alone are read, a stretch counting where it begins.
 */
export function piecesOf(
  rollup: Rollup | null,
  query: Asked,
  extent: Extent,
  { instead = hourly, additive = false }: PiecesWanted = {},
): Piece[] {
  const { range } = query;
  const foldedToMs = Math.min(extent.foldedToMs, range.toMs);
  const staying = rollup && !rollup.goesWithAttempts ? rollup : instead;
  const folded = { rollup: staying, fromMs: range.fromMs, toMs: foldedToMs };
  const fromMs = Math.max(range.fromMs, extent.foldedToMs);
  const live = livePieces(rollup, { fromMs, toMs: range.toMs }, { extent, additive });
  return [folded, ...live.flatMap((piece) => withoutCutHours(piece, query))]
    .flatMap((piece) => withWeeks(piece, query, extent))
    .filter((piece) => piece.fromMs < piece.toMs);
}

/** Whole weeks are read as weeks where no smaller part of the calendar is told apart. */
function withWeeks(piece: Piece, query: Asked, { weeksToMs }: Extent): Piece[] {
  const names = [...query.by, ...Object.keys(query.where)];
  const inWeeks = piece.rollup && weekly.get(piece.rollup);
  if (!inWeeks || !names.every((name) => answers(inWeeks, name, query))) return [piece];
  const fromMs = mondayBefore(piece.fromMs + weekMs - 1);
  const toMs = Math.min(mondayBefore(piece.toMs), weeksToMs);
  if (fromMs >= toMs) return [piece];
  return [
    { ...piece, toMs: fromMs },
    { ...piece, rollup: inWeeks, fromMs, toMs },
    { ...piece, fromMs: toMs },
  ];
}

interface Live {
  readonly extent: Extent;
  readonly additive: boolean;
}

/** Of a stretch the range cuts either what is in it is read one by one, or all of it without what is not: the less of both. */
function livePieces(rollup: Rollup | null, range: TimeRange, { extent, additive }: Live): Piece[] {
  const whole = { rollup: null, ...range };
  if (!rollup) return [whole];
  const { grainMs } = rollup;
  const { foldedToMs, rolledToMs } = extent;
  const [from, to] = [cutAt(range.fromMs, grainMs), cutAt(range.toMs, grainMs)];
  const startsEarly =
    additive && from.beginsMs >= foldedToMs && range.fromMs - from.beginsMs < from.endsMs - range.fromMs;
  const endsLate = additive && to.endsMs <= rolledToMs && to.endsMs - range.toMs < range.toMs - to.beginsMs;
  const fromMs = startsEarly ? from.beginsMs : from.endsMs;
  const toMs = range.toMs >= rolledToMs ? rolledToMs : endsLate ? to.endsMs : to.beginsMs;
  if (fromMs >= toMs) return [whole];
  const between = (oneMs: number, otherMs: number, minus: boolean): Piece =>
    minus ? { rollup: null, fromMs: otherMs, toMs: oneMs, minus } : { rollup: null, fromMs: oneMs, toMs: otherMs };
  return [between(range.fromMs, fromMs, startsEarly), { rollup, fromMs, toMs }, between(toMs, range.toMs, endsLate)];
}

/** The stretch a moment is in; of a moment between two, one without length. */
function cutAt(ms: number, grainMs: number): { readonly beginsMs: number; readonly endsMs: number } {
  return { beginsMs: Math.floor(ms / grainMs) * grainMs, endsMs: Math.ceil(ms / grainMs) * grainMs };
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

import { parseBucket } from '../format/time.ts';
import type { RangeChoice } from './range.ts';
import type { Filters } from './view-state.ts';

export const timeDimensions: ReadonlySet<string> = new Set(['minute', 'hour', 'day', 'week', 'month']);

const dayMs = 86_400_000;
const fixedLengthMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000 };

/**
 * The stretch of time a bucket of the API stands for. Minutes and hours are instants; days, weeks and months follow the
 * calendar of the instance's zone.
 */
export function bucketRange(unit: string, text: string, timeZone: string): RangeChoice | null {
  const startMs = parseBucket(text);
  if (!Number.isFinite(startMs)) return null;
  const lengthMs = fixedLengthMs[unit];
  if (lengthMs !== undefined) return { kind: 'fixed', fromMs: startMs, toMs: startMs + lengthMs };
  const endMs = unit === 'month' ? nextMonthMs(startMs) : startMs + (unit === 'week' ? 7 : 1) * dayMs;
  return { kind: 'fixed', fromMs: zonedMs(startMs, timeZone), toMs: zonedMs(endMs, timeZone) };
}

function nextMonthMs(startMs: number): number {
  const start = new Date(startMs);
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}

/** The instant at which clocks of a zone show what a UTC clock shows at `wallMs`. */
function zonedMs(wallMs: number, timeZone: string): number {
  // The second look is right where the first one crossed a change of clocks.
  const first = wallMs - offsetMs(wallMs, timeZone);
  return wallMs - offsetMs(first, timeZone);
}

function offsetMs(atMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}

export interface BehindTarget {
  readonly where: Filters;
  readonly range: RangeChoice;
}

/** Filters and range that hold exactly what a row of a breakdown counts. */
export function behindRow(
  row: Readonly<Record<string, unknown>>,
  by: readonly string[],
  base: BehindTarget,
  timeZone: string,
): BehindTarget {
  const where: Record<string, readonly string[]> = { ...base.where };
  let range = base.range;
  for (const name of by) {
    const value = row[name];
    const text = value === null || value === undefined ? '' : String(value);
    if (timeDimensions.has(name)) range = bucketRange(name, text, timeZone) ?? range;
    else where[name] = [text];
  }
  return { where, range };
}

/** When the day of a moment began where the instance is, ms. */
export function startOfDayMs(atMs: number, timeZone: string): number {
  const wallMs = atMs + offsetMs(atMs, timeZone);
  return zonedMs(Math.floor(wallMs / dayMs) * dayMs, timeZone);
}

export function startOfMonthMs(atMs: number, timeZone: string): number {
  const wall = new Date(atMs + offsetMs(atMs, timeZone));
  return zonedMs(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1), timeZone);
}

/** When the month after that of a moment begins where the instance is, ms. */
export function startOfNextMonthMs(atMs: number, timeZone: string): number {
  return zonedMs(nextMonthMs(atMs + offsetMs(atMs, timeZone)), timeZone);
}

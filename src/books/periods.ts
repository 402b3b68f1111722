import { Temporal } from '@js-temporal/polyfill';
import { assert } from '../base/index.ts';
import type { BudgetPeriod, PeriodKind } from '../tree/index.ts';

/** Half-open `[startMs, endMs)` in ms since the epoch. Money is held and posted in the period in which the hold began. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
  /** How long what is spent here counts against the limit. */
  readonly countsUntilMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The last millisecond a `Date` can name; the end of what never ends. */
export const foreverMs = 8.64e15;

/** Length of a rolling window and of its buckets; a month is 30 days, a quarter 91, a year 365. */
const rolling: Readonly<Record<Exclude<PeriodKind, 'total'>, { readonly windowMs: number; readonly buckets: number }>> =
  {
    minute: { windowMs: minuteMs, buckets: 12 },
    hour: { windowMs: hourMs, buckets: 30 },
    day: { windowMs: dayMs, buckets: 48 },
    week: { windowMs: 7 * dayMs, buckets: 56 },
    month: { windowMs: 30 * dayMs, buckets: 60 },
    quarter: { windowMs: 91 * dayMs, buckets: 91 },
    year: { windowMs: 365 * dayMs, buckets: 73 },
  };

/** The period that `atMs` falls into. */
export function periodAt(period: BudgetPeriod, atMs: number): Period {
  if (period.kind === 'total') return { startMs: 0, endMs: foreverMs, countsUntilMs: foreverMs };
  if (period.rolling) return bucketAt(period.kind, atMs);
  if (period.kind === 'minute' || period.kind === 'hour') {
    return fixed(atMs, period.kind === 'minute' ? minuteMs : hourMs);
  }
  return calendarAt(period.kind, period.timeZone, atMs);
}

/** A name that changes when the way of counting does, so that a changed period starts a count of its own. */
export function periodRule(period: BudgetPeriod): string {
  if (period.kind === 'total') return 'total';
  if (period.rolling) return `rolling-${period.kind}`;
  const zoned = period.kind !== 'minute' && period.kind !== 'hour';
  return zoned ? `${period.kind}@${period.timeZone}` : period.kind;
}

/**
 * What is spent in a bucket counts for one whole window after the bucket ended, so that in no window of that length,
 * wherever it begins, more than the limit is spent.
 */
function bucketAt(kind: Exclude<PeriodKind, 'total'>, atMs: number): Period {
  const { windowMs, buckets } = rolling[kind];
  const bucket = fixed(atMs, windowMs / buckets);
  return { ...bucket, countsUntilMs: bucket.endMs + windowMs };
}

/** Minutes and hours are those of UTC: every zone's minutes are, and an hour that a clock change repeats is two hours. */
function fixed(atMs: number, lengthMs: number): Period {
  const startMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, countsUntilMs: startMs + lengthMs };
}

type CalendarKind = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The period last found for each kind and zone; nearly every question is about the present one. */
const lastFound = new Map<string, Period>();
const lastFoundMax = 256;

function calendarAt(kind: CalendarKind, timeZone: string, atMs: number): Period {
  const key = `${kind}@${timeZone}`;
  const last = lastFound.get(key);
  if (last && last.startMs <= atMs && atMs < last.endMs) return last;
  if (lastFound.size >= lastFoundMax) lastFound.clear();
  const found = findCalendarPeriod(kind, timeZone, atMs);
  lastFound.set(key, found);
  return found;
}

function findCalendarPeriod(kind: CalendarKind, timeZone: string, atMs: number): Period {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate();
  let first = firstDate(kind, today);
  let endMs = startOf(nextDate(kind, first), timeZone);
  // A clock set back over midnight shows yesterday's date again after today has begun; begun is begun.
  while (endMs <= atMs) {
    first = nextDate(kind, first);
    endMs = startOf(nextDate(kind, first), timeZone);
  }
  const startMs = startOf(first, timeZone);
  assert(startMs <= atMs && atMs < endMs, 'a period holds the instant it was asked for');
  return { startMs, endMs, countsUntilMs: endMs };
}

/** The first instant of a local date, which is not midnight where a clock change skips midnight. */
function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).startOfDay().epochMilliseconds;
}

function firstDate(kind: CalendarKind, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (kind) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
    case 'year':
      return date.with({ day: 1, month: 1 });
  }
}

function nextDate(kind: CalendarKind, first: Temporal.PlainDate): Temporal.PlainDate {
  const step = {
    day: { days: 1 },
    week: { days: 7 },
    month: { months: 1 },
    quarter: { months: 3 },
    year: { years: 1 },
  };
  return first.add(step[kind]);
}

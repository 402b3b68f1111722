import { Temporal } from '@js-temporal/polyfill';
import type { Config, Instant } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { fromPicos, sumUsd, type Usd } from '../../money/index.ts';

/** Months looked at in one range; longer ranges are cut, which no report asks for. */
const monthsMax = 1_200;

interface Month {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The calendar months of a time zone that the range touches, whole. */
function monthsIn(range: TimeRange, timeZone: string): Month[] {
  if (range.fromMs >= range.toMs) return [];
  const first = Temporal.Instant.fromEpochMilliseconds(range.fromMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const months: Month[] = [];
  for (let day = first.with({ day: 1 }); months.length < monthsMax; day = day.add({ months: 1 })) {
    const fromMs = day.toZonedDateTime(timeZone).epochMilliseconds;
    if (fromMs >= range.toMs) break;
    months.push({ fromMs, toMs: day.add({ months: 1 }).toZonedDateTime(timeZone).epochMilliseconds });
  }
  return months;
}

/**
 * The part of a monthly price that falls in a range: of each calendar month its share of the month's own length. Ranges
 * that follow one another add up to the picodollar, and a whole month costs exactly its price.
 */
export function monthlyInRange(monthly: Usd, range: TimeRange, timeZone: string): Usd {
  const upTo = (month: Month, ms: number): bigint => {
    const elapsed = BigInt(Math.min(Math.max(ms, month.fromMs), month.toMs) - month.fromMs);
    return (monthly.picos * elapsed) / BigInt(month.toMs - month.fromMs);
  };
  return sumUsd(
    monthsIn(range, timeZone).map((month) => fromPicos(upTo(month, range.toMs) - upTo(month, range.fromMs))),
  );
}

/** How many months a range is, by the same calendar; for quantities, not for money. */
export function monthsOf(range: TimeRange, timeZone: string): number {
  const scale = 1_000_000_000n;
  return Number(monthlyInRange(fromPicos(scale), range, timeZone).picos) / Number(scale);
}

/** The same day of the month, `months` later, in a time zone. */
function monthsAfter(ms: number, months: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).add({ months }).epochMilliseconds;
}

/** When a day of the file begins where its calendar is kept; a time with its offset is that moment. */
function momentOf({ ms, day }: Instant, timeZone: string): number {
  return day === undefined ? ms : Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** What of a range lies within dates; empty (from = to) when nothing does. */
function within(range: TimeRange, fromMs: number | undefined, untilMs: number | undefined): TimeRange {
  const from = Math.max(range.fromMs, fromMs ?? range.fromMs);
  return { fromMs: from, toMs: Math.max(from, Math.min(range.toMs, untilMs ?? range.toMs)) };
}

export interface Dated {
  readonly from?: Instant;
  readonly until?: Instant;
}

/** The part of a range in which something is paid: between its dates, and for `months` from the first of them at most. */
export function paidIn(
  { range, config }: { readonly range: TimeRange; readonly config: Pick<Config, 'timeZone'> },
  { from, until }: Dated,
  months?: number,
): TimeRange {
  const { timeZone } = config;
  const begins = from && momentOf(from, timeZone);
  const ends = until ? momentOf(until, timeZone) : Number.MAX_VALUE;
  const over = begins === undefined || months === undefined ? ends : monthsAfter(begins, months, timeZone);
  return within(range, begins, Math.min(ends, over));
}

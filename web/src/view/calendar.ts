import { startOfDayMs, startOfMonthMs, startOfNextMonthMs } from './behind.ts';
import type { RangeChoice } from './range.ts';

const minuteMs = 60_000;

export interface Calendar {
  /** Of the instance, which its days and months follow. */
  readonly timeZone: string;
  readonly today: RangeChoice;
  /** As much of yesterday as there is of today. */
  readonly yesterday: RangeChoice;
  readonly wholeYesterday: RangeChoice;
  readonly dayBefore: RangeChoice;
  readonly month: RangeChoice;
  /** When the month ends, ms since the Unix epoch. */
  readonly monthEndMs: number;
}

/** End of the minute of a moment, ms: stretches up to it are the same for a minute. */
export function minuteEndMs(atMs: number): number {
  return (Math.floor(atMs / minuteMs) + 1) * minuteMs;
}

/** Stretches of an instance's calendar up to a moment. */
export function calendarOf(timeZone: string, endMs: number): Calendar {
  const todayMs = startOfDayMs(endMs - 1, timeZone);
  const yesterdayMs = startOfDayMs(todayMs - 1, timeZone);
  const fixed = (fromMs: number, toMs: number): RangeChoice => ({ kind: 'fixed', fromMs, toMs });
  return {
    timeZone,
    today: fixed(todayMs, endMs),
    yesterday: fixed(yesterdayMs, Math.min(todayMs, yesterdayMs + endMs - todayMs)),
    wholeYesterday: fixed(yesterdayMs, todayMs),
    dayBefore: fixed(startOfDayMs(yesterdayMs - 1, timeZone), yesterdayMs),
    month: fixed(startOfMonthMs(endMs - 1, timeZone), endMs),
    monthEndMs: startOfNextMonthMs(endMs - 1, timeZone),
  };
}

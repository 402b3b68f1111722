import { useEffect, useState } from 'react';
import { useInstance } from '../api/queries.ts';
import { nowMs } from '../clock.ts';
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

/** Stretches of the instance's calendar up to the end of this minute; they move on once a minute. */
export function useCalendar(): Calendar | null {
  const instance = useInstance();
  const endMs = useMinuteEnd();
  const timeZone = instance.data?.timeZone;
  if (timeZone === undefined) return null;
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

function useMinuteEnd(): number {
  const end = () => (Math.floor(nowMs() / minuteMs) + 1) * minuteMs;
  const [endMs, setEndMs] = useState(end);
  useEffect(() => {
    const timer = setTimeout(() => setEndMs(end()), endMs - nowMs() + 50);
    return () => clearTimeout(timer);
  });
  return endMs;
}

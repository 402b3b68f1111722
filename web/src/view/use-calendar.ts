import { useEffect, useMemo, useState } from 'react';
import { useInstance } from '../api/queries.ts';
import { nowMs } from '../clock.ts';
import { type Calendar, calendarOf, minuteEndMs } from './calendar.ts';

/** Stretches of the instance's calendar up to the end of this minute; they move on once a minute. */
export function useCalendar(): Calendar | null {
  const timeZone = useInstance().data?.timeZone;
  const endMs = useMinuteEnd();
  return useMemo(() => (timeZone === undefined ? null : calendarOf(timeZone, endMs)), [timeZone, endMs]);
}

function useMinuteEnd(): number {
  const [endMs, setEndMs] = useState(() => minuteEndMs(nowMs()));
  useEffect(() => {
    const timer = setTimeout(() => setEndMs(minuteEndMs(nowMs())), endMs - nowMs() + 50);
    return () => clearTimeout(timer);
  });
  return endMs;
}

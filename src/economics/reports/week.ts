import { Temporal } from '@js-temporal/polyfill';
import type { TimeRange } from '../../ledger/index.ts';

/** The calendar week from Monday that a moment is in. */
export function weekOf(ms: number, timeZone: string): TimeRange {
  return weekAround(Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate(), timeZone);
}

/** The calendar week from Monday that a day like 2026-03-02 is in. */
export function weekOfDay(day: string, timeZone: string): TimeRange {
  return weekAround(Temporal.PlainDate.from(day), timeZone);
}

function weekAround(day: Temporal.PlainDate, timeZone: string): TimeRange {
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const at = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
  return { fromMs: at(monday), toMs: at(monday.add({ days: 7 })) };
}

/** The week before a week; also where clocks were changed in between. */
export function weekBefore({ fromMs }: TimeRange, timeZone: string): TimeRange {
  return weekOf(fromMs - 1, timeZone);
}

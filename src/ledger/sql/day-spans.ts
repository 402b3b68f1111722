import type { TimeRange } from '../ledger.ts';
import { dayMs } from './rollups.ts';

/** Whole UTC days, as stretches in the order of time that do not touch each other. */
export type DaySpans = readonly TimeRange[];

/** The same as it is kept: where each begins and ends, in turn. */
export function readDaySpans(kept: readonly number[]): DaySpans {
  return Array.from({ length: kept.length / 2 }, (_, index) => ({
    fromMs: kept[2 * index] ?? 0,
    toMs: kept[2 * index + 1] ?? 0,
  }));
}

export function writeDaySpans(spans: DaySpans): number[] {
  return spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
}

export function withDays(spans: DaySpans, days: TimeRange): DaySpans {
  const apart = spans.filter(({ fromMs, toMs }) => toMs < days.fromMs || fromMs > days.toMs);
  const joined = [days, ...spans.filter((span) => !apart.includes(span))];
  const whole = {
    fromMs: Math.min(...joined.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...joined.map(({ toMs }) => toMs)),
  };
  return [...apart, whole].sort((a, b) => a.fromMs - b.fromMs);
}

export function withoutDays(spans: DaySpans, days: TimeRange): DaySpans {
  return spans
    .flatMap(({ fromMs, toMs }) => [
      { fromMs, toMs: Math.min(toMs, days.fromMs) },
      { fromMs: Math.max(fromMs, days.toMs), toMs },
    ])
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

/** What of some spans is whole days within a range. */
export function daysWithin(spans: DaySpans, range: TimeRange): DaySpans {
  const firstMs = Math.ceil(range.fromMs / dayMs) * dayMs;
  const lastMs = Math.floor(range.toMs / dayMs) * dayMs;
  return spans
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, firstMs), toMs: Math.min(toMs, lastMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

/** The newest days of a stretch that are in no span, at most so many. */
export function daysMissing(spans: DaySpans, { fromMs, toMs }: TimeRange, daysMax: number): number[] {
  const days: number[] = [];
  for (let day = toMs - dayMs; day >= fromMs && days.length < daysMax; day -= dayMs) {
    const known = spans.find((span) => span.fromMs <= day && day < span.toMs);
    if (known) day = known.fromMs;
    else days.push(day);
  }
  return days;
}

import type { MonthPlan } from '../model/calendar.ts';

/** Steps of the numerical integral over one month. */
const steps = 64;

/**
 * What is stored in month `m` of what was written in month `j`: the mean share of it that is still kept, so that
 * GB written × share = GB-months. Writing is even over a month. Nothing is stored before the first month.
 */
export function storedShares(months: readonly MonthPlan[], keepMs: number): Float64Array[] {
  return months.map((reading, m) =>
    Float64Array.from(months.slice(0, m + 1), (writing) => storedShare(writing, reading, keepMs)),
  );
}

function storedShare(writing: MonthPlan, reading: MonthPlan, keepMs: number): number {
  const written = writing.endMs - writing.startMs;
  const length = reading.endMs - reading.startMs;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const atMs = reading.startMs + ((step + 0.5) / steps) * length;
    const from = Math.max(writing.startMs, atMs - keepMs);
    const to = Math.min(writing.endMs, atMs);
    sum += Math.max(0, to - from) / written;
  }
  return sum / steps;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const weekMs = 7 * dayMs;

/** Median of some numbers; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

/** Median distance from the median, scaled to a standard deviation of the normal distribution (factor 1.4826). */
export function spread(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

/**
 * Lower end of the Wilson score interval of a share at `z` standard deviations (Wilson 1927): what the true share is
 * at least, however few were counted.
 */
export function shareAtLeast(hits: number, count: number, z = 3): number {
  if (count === 0) return 0;
  const share = Math.min(1, hits / count);
  const centre = share + (z * z) / (2 * count);
  const margin = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return Math.max(0, (centre - margin) / (1 + (z * z) / count));
}

/** Amounts by the start of their hour, ms since the epoch. */
export type HourSeries = ReadonlyMap<number, number>;

export interface Usual {
  readonly amount: number;
  readonly spread: number;
  /** `hour-of-week` when weeks are known, else `recent`. */
  readonly basis: 'hour-of-week' | 'recent';
  readonly samples: number;
}

const weeksMax = 4;
const weeksMin = 2;
const recentHours = 48;
const recentMin = 12;

/**
 * What a window that ends now usually amounts to: the same window in weeks before, or where those are not known the
 * recent hours, scaled to the window. Null while there is too little to tell. Weekly growth is followed by taking the
 * larger of both where the recent hours are known.
 */
export function usualIn(series: HourSeries, nowMs: number, windowMs: number): Usual | null {
  const firstMs = Math.min(...series.keys());
  const weeks: number[] = [];
  for (let week = 1; week <= weeksMax; week++) {
    const endMs = nowMs - week * weekMs;
    if (endMs - windowMs >= firstMs) weeks.push(amountIn(series, endMs - windowMs, endMs));
  }
  if (weeks.length >= weeksMin) return describe(weeks, 'hour-of-week');
  const recent = [...series].filter(([at]) => at < nowMs - windowMs - hourMs && at >= nowMs - recentHours * hourMs);
  if (recent.length < recentMin) return null;
  return describe(
    recent.map(([, amount]) => (amount * windowMs) / hourMs),
    'recent',
  );
}

function describe(values: readonly number[], basis: Usual['basis']): Usual {
  // Without weeks the day's rise to its peak is usual too, so the upper part of the recent hours stands for it.
  const amount = basis === 'recent' ? upper(values) : median(values);
  return { amount, spread: spread(values), basis, samples: values.length };
}

function upper(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * 0.9)] ?? 0;
}

/** What falls in a window, hours cut in proportion. */
function amountIn(series: HourSeries, fromMs: number, toMs: number): number {
  let sum = 0;
  for (let at = Math.floor(fromMs / hourMs) * hourMs; at < toMs; at += hourMs) {
    const share = (Math.min(toMs, at + hourMs) - Math.max(fromMs, at)) / hourMs;
    sum += (series.get(at) ?? 0) * share;
  }
  return sum;
}

/** How values combine when time steps are joined: counts add up, means are weighted by the counts beside them. */
export type SeriesKind = 'count' | 'mean';

/** Values at equal steps of time. A step nobody measured is NaN; zero means that nothing happened. */
export interface Series {
  readonly name: string;
  readonly kind: SeriesKind;
  /** Start of the first step, ms since the Unix epoch, or since the file's own zero. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly values: Float64Array;
}

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Lags, in steps, at which a series may repeat itself; the first is the season of the seasonal naive forecast. */
export interface Seasons {
  readonly short: number;
  /** Absent when steps are a day or longer. */
  readonly long: number | null;
}

/** Days and weeks for steps within a day; weeks for daily steps. */
export function seasonsOf(stepMs: number): Seasons {
  if (stepMs >= dayMs) return { short: 7, long: null };
  const day = Math.max(2, Math.round(dayMs / stepMs));
  return { short: day, long: 7 * day };
}

/** Number at an index that the caller knows to be inside; NaN outside. */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}

const stepsMax = 20_000;

/** Without steps missing at the beginning, and no longer than is worked through in bounded time. */
export function latestOf(series: Series): Series {
  const first = Math.max(
    0,
    series.values.findIndex((value) => !Number.isNaN(value)),
  );
  const from = Math.max(first, series.values.length - stepsMax);
  return { ...series, startMs: series.startMs + from * series.stepMs, values: series.values.slice(from) };
}

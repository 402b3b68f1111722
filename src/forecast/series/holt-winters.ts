import { at } from './series.ts';

interface Smoothing {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
  readonly damping: number;
}

/** A coarse grid: each point is fitted on the past alone, and a blend smooths over what the grid leaves out. */
const grid: readonly Smoothing[] = [0.05, 0.2, 0.5, 0.8].flatMap((level) =>
  [
    [0.02, 0.9],
    [0.1, 0.97],
  ].flatMap(([trend = 0, damping = 0]) => [0.05, 0.25].map((season) => ({ level, trend, season, damping }))),
);

/** Steps looked back at most, in seasons. */
const seasonsMax = 28;

/**
 * Damped additive Holt–Winters (Gardner and McKenzie 1985; Hyndman and Athanasopoulos, Forecasting: Principles and
 * Practice, 8.3), the smoothing picked by one-step squared error. Null with fewer than three seasons.
 */
export function holtWinters(values: Float64Array, end: number, horizon: number, season: number): Float64Array | null {
  const start = Math.max(end % season, end - seasonsMax * season);
  if (end - start < 3 * season) return null;
  let best: Fit | null = null;
  for (const smoothing of grid) {
    const fit = smooth(values, start, end, season, smoothing);
    if (best === null || fit.squaredError < best.squaredError) best = fit;
  }
  return best === null ? null : extend(best, horizon, season);
}

interface Fit {
  readonly smoothing: Smoothing;
  readonly level: number;
  readonly trend: number;
  readonly seasonal: Float64Array;
  readonly squaredError: number;
}

function smooth(values: Float64Array, start: number, end: number, season: number, smoothing: Smoothing): Fit {
  const seasonal = new Float64Array(season);
  let level = 0;
  for (let phase = 0; phase < season; phase++) level += at(values, start + phase) / season;
  for (let phase = 0; phase < season; phase++) seasonal[phase] = 0.5 * (at(values, start + phase) - level);
  let trend = 0;
  let squaredError = 0;
  // Indexed without `at`: this loop runs for every point of the grid at every origin.
  for (let i = start + season; i < end; i++) {
    const phase = (i - start) % season;
    const carried = level + smoothing.damping * trend;
    const error = (values[i] as number) - carried - (seasonal[phase] as number);
    squaredError += error * error;
    level = carried + smoothing.level * error;
    trend = smoothing.damping * trend + smoothing.level * smoothing.trend * error;
    seasonal[phase] = (seasonal[phase] as number) + smoothing.season * (1 - smoothing.level) * error;
  }
  return { smoothing, level, trend, seasonal, squaredError };
}

/** `end - start` is a whole number of seasons, so the next step has phase 0. */
function extend(fit: Fit, horizon: number, season: number): Float64Array {
  let drift = 0;
  let damping = 1;
  return Float64Array.from({ length: horizon }, (_, step) => {
    damping *= fit.smoothing.damping;
    drift += damping * fit.trend;
    return fit.level + drift + at(fit.seasonal, step % season);
  });
}

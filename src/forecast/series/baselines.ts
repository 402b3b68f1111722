import { quantileLevels } from './metrics.ts';
import type { PreparedSeries } from './prepared-series.ts';
import { at, type Seasons } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** A forecast anyone could make, which a model must beat to be worth having. */
export interface Baseline {
  readonly name: 'seasonalNaive' | 'lastValue' | 'hourOfWeekMean';
  /** Value for `target` knowing only `values[0 … origin)`; NaN when there is not enough. */
  point(values: Float64Array, origin: number, target: number, seasons: Seasons): number;
}

const seasonalNaive: Baseline = {
  name: 'seasonalNaive',
  point: (values, origin, target, { short }) => at(values, target - short * Math.ceil((target - origin + 1) / short)),
};

const lastValue: Baseline = { name: 'lastValue', point: (values, origin) => at(values, origin - 1) };

/** Mean of the same hour of the same weekday, where there are two weeks at least. */
const hourOfWeekMean: Baseline = {
  name: 'hourOfWeekMean',
  point(values, origin, target, { long }) {
    if (long === null || origin < 2 * long) return Number.NaN;
    let sum = 0;
    let count = 0;
    for (let i = target - long * Math.ceil((target - origin + 1) / long); i >= 0; i -= long) {
      const value = at(values, i);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return sum / count;
  },
};

export const baselines: readonly Baseline[] = [seasonalNaive, lastValue, hourOfWeekMean];

/** Origins at most from which a baseline's own errors are gathered. */
const originsMax = 400;

/**
 * A baseline's forecast with the empirical quantiles of its own errors at the same distance, all of the past weighing
 * alike. Null where it has too little history. Where nothing was measured it stands on what fills the gap, and its
 * errors are not counted.
 */
export function baselineQuantiles(
  baseline: Baseline,
  { facts, filled, seasons }: PreparedSeries,
  origin: number,
  horizon: number,
): Float64Array[] | null {
  const stride = Math.max(1, Math.ceil(origin / originsMax));
  const steps = Array.from({ length: horizon }, (_, step) => {
    const middle = baseline.point(filled, origin, origin + step, seasons);
    const errors: number[] = [];
    for (let past = origin - 1 - step; past >= seasons.short; past -= stride) {
      const error = at(facts, past + step) - baseline.point(filled, past, past + step, seasons);
      if (!Number.isNaN(error)) errors.push(error);
    }
    return Number.isNaN(middle) || errors.length === 0 ? null : { middle, errors: Float64Array.from(errors) };
  });
  if (steps.some((step) => step === null)) return null;
  return steps.map((step) => spread(step?.middle ?? 0, step?.errors ?? new Float64Array(0)));
}

function spread(middle: number, errors: Float64Array): Float64Array {
  const offsets = weightedQuantiles(errors, null, quantileLevels);
  return Float64Array.from(offsets, (offset) => middle + offset);
}

import { baselineQuantiles, baselines } from './baselines.ts';
import type { ExpertBlend } from './expert-blend.ts';
import { ageWeight, windowStart } from './learning-window.ts';
import { quantileLevels } from './metrics.ts';
import type { PreparedSeries } from './prepared-series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** Forecasts at one origin to choose from, in the unit of the series. */
export interface Candidates {
  /** `[candidate][step]`; a baseline without enough history repeats the blend. */
  readonly quantiles: readonly (readonly Float64Array[])[];
  /** Share of each before any evidence; 0 for what repeats the blend. */
  readonly prior: Float64Array;
  /** Quantiles of what the series has been, whatever the hour. */
  readonly past: Float64Array;
}

/** Shares before any evidence: the blend, the past, and each baseline. */
const blendShare = 4;
const pastShare = 0.5;
const baselineShares = { seasonalNaive: 0.5, lastValue: 1, hourOfWeekMean: 0.5 } as const;

/** Only values before `origin` are read. */
export function candidatesAt(series: PreparedSeries, blend: ExpertBlend, origin: number, horizon: number): Candidates {
  const said = blend.at(origin).quantiles;
  const past = pastQuantiles(series, origin);
  const rivals = baselines.map((each) => ({
    share: baselineShares[each.name],
    quantiles: baselineQuantiles(each, series, origin, horizon),
  }));
  const shares = [blendShare, pastShare, ...rivals.map(({ share, quantiles }) => (quantiles === null ? 0 : share))];
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    quantiles: [said, said.map(() => past), ...rivals.map(({ quantiles }) => quantiles ?? said)],
    prior: Float64Array.from(shares, (share) => share / sum),
    past,
  };
}

function pastQuantiles({ filled, seasons }: PreparedSeries, origin: number): Float64Array {
  const from = windowStart(origin, seasons);
  const values = filled.subarray(from, origin);
  const weights = values.map((_, i) => ageWeight(from + i, origin, seasons));
  return Float64Array.from(weightedQuantiles(values, weights, quantileLevels));
}

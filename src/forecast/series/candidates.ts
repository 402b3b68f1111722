import { baselineQuantiles, baselines } from './baselines.ts';
import type { ExpertBlend } from './expert-blend.ts';
import { windowStart } from './learning-window.ts';
import { quantileLevels } from './metrics.ts';
import type { PreparedSeries } from './prepared-series.ts';
import { seasonProfile } from './profile.ts';
import { at } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** Forecasts at one origin to choose from, in the unit of the series. */
export interface Candidates {
  /** `[candidate][step]`; a baseline without enough history repeats the blend. */
  readonly quantiles: readonly (readonly Float64Array[])[];
  /** Share of each before any evidence; 0 for what repeats the blend. */
  readonly prior: Float64Array;
  /** What the series has been at other hours, moved by the shape of its day; by step. */
  readonly past: readonly Float64Array[];
}

/** Shares before any evidence: the blend, the past, and each baseline. */
const blendShare = 4;
const pastShare = 1;
const baselineShares = { seasonalNaive: 0.5, lastValue: 2, hourOfWeekMean: 0.5 } as const;

/** Weight of the past halves after this many seasons: levels drift. */
const pastHalfLifeSeasons = 2;

/** Only values before `origin` are read. */
export function candidatesAt(series: PreparedSeries, blend: ExpertBlend, origin: number, horizon: number): Candidates {
  const said = blend.at(origin).quantiles;
  const past = pastQuantiles(series, origin, horizon);
  const rivals = baselines.map((each) => ({
    share: baselineShares[each.name],
    quantiles: baselineQuantiles(each, series, origin, horizon),
  }));
  const shares = [blendShare, pastShare, ...rivals.map(({ share, quantiles }) => (quantiles === null ? 0 : share))];
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    quantiles: [said, past, ...rivals.map(({ quantiles }) => quantiles ?? said)],
    prior: Float64Array.from(shares, (share) => share / sum),
    past,
  };
}

/**
 * What the past was beside the shape of its day, put on the shape of the steps ahead. A series without a season has no
 * shape, and this is simply what it has been.
 */
function pastQuantiles({ scaled, scale, seasons }: PreparedSeries, origin: number, horizon: number): Float64Array[] {
  const { short } = seasons;
  const from = windowStart(origin, seasons);
  const shape = seasonProfile(scaled, origin, short) ?? new Float64Array(short);
  const phase = (step: number): number => (short - ((origin - step) % short)) % short;
  const levels = scaled.slice(from, origin).map((value, i) => value - at(shape, phase(from + i)));
  const weights = levels.map((_, i) => 0.5 ** ((origin - from - i) / (pastHalfLifeSeasons * short)));
  const quantiles = weightedQuantiles(levels, weights, quantileLevels);
  return Array.from({ length: horizon }, (_, step) =>
    Float64Array.from(quantiles, (level) => scale.from(level + at(shape, step % short))),
  );
}

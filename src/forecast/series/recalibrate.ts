import { quantileAt, quantileLevels } from './metrics.ts';
import { at } from './series.ts';

/** Factors on the distance from the median, at the ends of the central 80 % and 95 % intervals. */
export interface Widening {
  readonly at80: number;
  readonly at95: number;
}

/** A season that has passed since an earlier forecast, as the factors at which its interval would just have held each fact. */
export interface Passed {
  readonly needed80: readonly number[];
  readonly needed95: readonly number[];
  /** Seasons of data there were when it was forecast. */
  readonly history: number;
}

/** How an interval follows its misses. */
interface Pace {
  /** Share of facts that may lie outside. */
  readonly promised: number;
  /** What the logarithm of the factor moves by for each share of a season missed beyond the promise. */
  readonly gain: number;
  /** What a history of one season would have the interval widened by: its rare errors were not seen yet. */
  readonly unseen: number;
}

const pace80: Pace = { promised: 0.2, gain: 0.5, unseen: 0.7 };
const pace95: Pace = { promised: 0.05, gain: 1, unseen: 1 };
/** Misses of one season above what is promised that count; a day all of which was missed is one event, not 24. */
const surpriseMax = 0.4;
const factorMin = 0.5;
const factorMax = 1.5;

/**
 * How much wider intervals must be to hold what they promise, each level by itself: after every season the logarithm of
 * the factor moves by the share it missed beyond what it may miss (adaptive conformal inference, Gibbs and Candès 2021;
 * as a quantile tracker, Angelopoulos, Candès and Tibshirani 2023). What was held too well narrows it as what was missed
 * widens it, so that over many seasons it holds its share, as far as the bounds of the factor allow.
 * @param passed in order of time
 * @param history seasons of data before the forecast that is to be widened
 */
export function wideningOf(passed: readonly Passed[], history: number): Widening {
  const follow = (pace: Pace, needed: (season: Passed) => readonly number[]): number => {
    let moved = 0;
    for (const season of passed) {
      const facts = needed(season);
      if (facts.length === 0) continue;
      const factor = factorOf(moved, pace, season.history);
      const missed = facts.filter((each) => each > factor).length / facts.length;
      moved += pace.gain * Math.min(surpriseMax, missed - pace.promised);
    }
    return factorOf(moved, pace, history);
  };
  return { at80: follow(pace80, ({ needed80 }) => needed80), at95: follow(pace95, ({ needed95 }) => needed95) };
}

function factorOf(moved: number, { unseen }: Pace, history: number): number {
  return Math.min(factorMax, Math.max(factorMin, Math.exp(moved) * (1 + unseen / Math.max(1, history))));
}

/** Factor at which the central interval of a level ends at the fact. */
export function neededFactor(quantiles: Float64Array, fact: number, level: number): number {
  const middle = quantileAt(quantiles, 0.5);
  const half = Math.abs(quantileAt(quantiles, fact < middle ? (1 - level) / 2 : (1 + level) / 2) - middle);
  return fact === middle ? 0 : Math.abs(fact - middle) / half;
}

/** Moves quantiles away from their median by the factors, in between and beyond by straight lines; they stay in order. */
export function widened(quantiles: Float64Array, { at80, at95 }: Widening): Float64Array {
  const middle = quantileAt(quantiles, 0.5);
  return quantiles
    .map((value, i) => {
      const reach = Math.abs(2 * at(quantileLevels, i) - 1);
      const share = Math.min(1, Math.max(0, (reach - 0.8) / 0.15));
      return middle + (value - middle) * (at80 + share * (at95 - at80));
    })
    .sort();
}

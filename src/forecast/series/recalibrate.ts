import { quantileAt, quantileLevels } from './metrics.ts';
import { at } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** How an earlier forecast of one step turned out, in the unit of the series. */
export interface Hindsight {
  readonly quantiles: Float64Array;
  readonly fact: number;
  /** Seasons of data there were then. */
  readonly history: number;
  readonly weight: number;
}

/** Factors on the distance from the median, at the ends of the central 80 % and 95 % intervals. */
export interface Widening {
  readonly at80: number;
  readonly at95: number;
}

/** Seasons of hindsight at which evidence counts as much as theory. */
const priorSeasons = 4;
const factorMin = 0.7;
const factorMax = 1.8;

/** Errors of a blend fitted to few seasons understate those to come, the rare ones most: their tail is not seen yet. */
export function expectedWidening(history: number, level: number): number {
  return 1 + (level > 0.9 ? 1.75 : 0.65) / Math.max(1, history);
}

/**
 * How much wider past intervals should have been to hold what they promised: the conformal quantile of the misses in
 * units of the half-width expected then, drawn towards 1 while there is little hindsight, times what is expected now.
 * @param seasons independent seasons the hindsight covers
 * @param history seasons of data before the origin
 */
export function wideningOf(hindsight: readonly Hindsight[], seasons: number, history: number): Widening {
  const weights = Float64Array.from(hindsight, ({ weight }) => weight);
  const factor = (level: number): number => {
    if (hindsight.length === 0) return expectedWidening(history, level);
    const misses = Float64Array.from(hindsight, (one) => missOf(one, level));
    const [needed = 1] = weightedQuantiles(misses, weights, [level]);
    const trust = seasons / (seasons + priorSeasons);
    const learned = Math.min(factorMax, Math.max(factorMin, needed)) ** trust;
    return learned * expectedWidening(history, level);
  };
  return { at80: factor(0.8), at95: factor(0.95) };
}

/** Distance of the fact from the median, in half-widths of the interval on that side. */
function missOf({ quantiles, fact, history }: Hindsight, level: number): number {
  const middle = quantileAt(quantiles, 0.5);
  const end = quantileAt(quantiles, fact < middle ? (1 - level) / 2 : (1 + level) / 2);
  const half = Math.abs(end - middle) * expectedWidening(history, level);
  return half > 0 ? Math.abs(fact - middle) / half : fact === middle ? 0 : factorMax;
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

import { at } from './series.ts';

/**
 * Quantiles of weighted values at rising `levels`, linear between the mid-points of the cumulative weights; beyond the
 * outermost values the last one holds.
 */
export function weightedQuantiles(values: Float64Array, weights: Float64Array, levels: readonly number[]): number[] {
  const order = Uint32Array.from(values.keys()).sort((a, b) => at(values, a) - at(values, b));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const middles = new Float64Array(order.length);
  let before = 0;
  order.forEach((index, rank) => {
    middles[rank] = (before + at(weights, index) / 2) / total;
    before += at(weights, index);
  });
  let rank = 0;
  return levels.map((level) => {
    while (rank < order.length && at(middles, rank) < level) rank++;
    const above = at(values, at(order, Math.min(rank, order.length - 1)));
    if (rank === 0 || rank >= order.length) return above;
    const below = at(values, at(order, rank - 1));
    const gap = at(middles, rank) - at(middles, rank - 1);
    return gap > 0 ? below + ((above - below) * (level - at(middles, rank - 1))) / gap : above;
  });
}

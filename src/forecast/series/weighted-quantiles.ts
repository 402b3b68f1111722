import { at } from './series.ts';

/**
 * Quantiles of weighted values (null: all weigh alike) at rising `levels`, linear between the mid-points of the cumulative
 * weights; beyond the outermost values the last one holds.
 */
export function weightedQuantiles(
  values: Float64Array,
  weights: Float64Array | null,
  levels: readonly number[],
): number[] {
  const { sorted, middles } = weights === null ? alike(values) : ordered(values, weights);
  const last = sorted.length - 1;
  let rank = 0;
  return levels.map((level) => {
    while (rank <= last && (middles[rank] as number) < level) rank++;
    const above = at(sorted, Math.min(rank, last));
    if (rank === 0 || rank > last) return above;
    const below = at(sorted, rank - 1);
    const gap = at(middles, rank) - at(middles, rank - 1);
    return gap > 0 ? below + ((above - below) * (level - at(middles, rank - 1))) / gap : above;
  });
}

interface Ordered {
  readonly sorted: Float64Array;
  /** Share of the weight before the middle of each value. */
  readonly middles: Float64Array;
}

function alike(values: Float64Array): Ordered {
  const sorted = values.slice().sort();
  return { sorted, middles: sorted.map((_, rank) => (rank + 0.5) / sorted.length) };
}

// Indexed without `at`: sorting is what a forecast spends its time on.
function ordered(values: Float64Array, weights: Float64Array): Ordered {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const sorted = new Float64Array(order.length);
  const middles = new Float64Array(order.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const index = order[rank] as number;
    const weight = weights[index] as number;
    sorted[rank] = values[index] as number;
    middles[rank] = (before + weight / 2) / total;
    before += weight;
  }
  return { sorted, middles };
}

import { at } from './series.ts';

/**
 * Puts the value one season earlier, else the last one, where a step is missing. Only the past is used, so filling a
 * longer series never changes how its beginning was filled.
 */
export function fillGaps(values: Float64Array, season: number): Float64Array {
  const filled = Float64Array.from(values);
  for (let i = 0; i < filled.length; i++) {
    if (!Number.isNaN(at(filled, i))) continue;
    const earlier = i >= season ? at(filled, i - season) : Number.NaN;
    filled[i] = Number.isNaN(earlier) ? at(filled, i - 1) : earlier;
  }
  return filled;
}

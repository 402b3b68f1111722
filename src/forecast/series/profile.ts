import { at } from './series.ts';

/** Seasons looked back at most; older shapes say little. */
const blocksMax = 28;
/** Weight halves after this many seasons. */
const halfLifeBlocks = 6;

/**
 * The shape of a season as deviations from its own mean, phase 0 being the step right after `end`. Shrunk towards flat
 * by the share of its variance that chance explains (positive-part James–Stein), so that a series without a season
 * gets none. Null with fewer than two seasons before `end`.
 */
export function seasonProfile(values: Float64Array, end: number, season: number): Float64Array | null {
  const blocks = Math.min(blocksMax, Math.floor(end / season));
  if (blocks < 2) return null;
  const mean = new Float64Array(season);
  const square = new Float64Array(season);
  let weightSum = 0;
  let weightSquares = 0;
  for (let block = 0; block < blocks; block++) {
    const weight = 0.5 ** (block / halfLifeBlocks);
    addBlock(values, end - (block + 1) * season, weight, mean, square);
    weightSum += weight;
    weightSquares += weight * weight;
  }
  const effective = (weightSum * weightSum) / weightSquares;
  return shrunk(mean, square, weightSum, effective);
}

function addBlock(values: Float64Array, start: number, weight: number, mean: Float64Array, square: Float64Array): void {
  const season = mean.length;
  let level = 0;
  for (let phase = 0; phase < season; phase++) level += (values[start + phase] as number) / season;
  for (let phase = 0; phase < season; phase++) {
    const deviation = (values[start + phase] as number) - level;
    mean[phase] = (mean[phase] as number) + weight * deviation;
    square[phase] = (square[phase] as number) + weight * deviation * deviation;
  }
}

function shrunk(mean: Float64Array, square: Float64Array, weightSum: number, effective: number): Float64Array {
  let signal = 0;
  let noise = 0;
  for (let phase = 0; phase < mean.length; phase++) {
    const average = at(mean, phase) / weightSum;
    mean[phase] = average;
    signal += average * average;
    noise += Math.max(0, at(square, phase) / weightSum - average * average);
  }
  const chance = noise / Math.max(0.5, effective - 1);
  const keep = signal > 0 ? Math.max(0, 1 - chance / signal) : 0;
  return mean.map((value) => value * keep);
}

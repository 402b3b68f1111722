import type { Split } from './sample-store.ts';

/** Runs by trial, for what moves with list prices and for what does not. */
export interface Weight {
  readonly listed: Float64Array;
  readonly other: Float64Array;
}

/** With sampling noise, and without: means are taken from what is clean. */
export interface Weights {
  readonly noisy: Weight;
  readonly clean: Weight;
}

export function weighted(runs: Float64Array, factor: Float64Array): Float64Array {
  const result = new Float64Array(runs.length);
  for (let t = 0; t < result.length; t++) result[t] = (runs[t] as number) * (factor[t] as number);
  return result;
}

export function addSplit(sum: Float64Array, { listed, other }: Split, weight: Weight): void {
  if (listed) addProduct(sum, listed, weight.listed);
  if (other) addProduct(sum, other, weight.other);
}

function addProduct(sum: Float64Array, usd: Float64Array, runs: Float64Array): void {
  for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (usd[t] as number) * (runs[t] as number);
}

export function meanSplit({ listed, other }: Split, weight: Weight): number {
  return (listed ? meanProduct(listed, weight.listed) : 0) + (other ? meanProduct(other, weight.other) : 0);
}

function meanProduct(usd: Float64Array, runs: Float64Array): number {
  const first = (usd[0] as number) * (runs[0] as number);
  let sum = 0;
  for (let t = 0; t < usd.length; t++) sum += (usd[t] as number) * (runs[t] as number) - first;
  return first + sum / usd.length;
}

export function addInto(sum: Float64Array, part: Float64Array): void {
  for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (part[t] as number);
}

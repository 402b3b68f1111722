/** What a simulated figure comes to. `mean` is free of sampling noise; the percentiles hold it. */
export interface Stats {
  readonly mean: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

const shares = [0.1, 0.5, 0.9] as const;

/** Mean and percentiles (nearest rank); the order of `values` is lost. @param mean when it is known better than from the values */
export function statsOf(values: Float64Array, mean = meanOf(values)): Stats {
  const last = values.length - 1;
  let from = 0;
  const [p10 = 0, p50 = 0, p90 = 0] = shares.map((share) => {
    const rank = Math.round(last * share);
    const value = select(values, rank, from, last);
    from = rank;
    return value;
  });
  return { mean, p10, p50, p90 };
}

export function meanOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  // Summing the distance from the first keeps the mean of equal values exactly that value.
  const first = values[0] as number;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) - first;
  return first + sum / values.length;
}

/** Hoare's selection: puts the value of rank `k` in its place among `values[from … to]`, smaller ones before it, larger ones after it. */
function select(values: Float64Array, k: number, from: number, to: number): number {
  let left = from;
  let right = to;
  while (left < right) {
    const pivot = medianOfThree(values, left, right);
    let i = left - 1;
    let j = right + 1;
    for (;;) {
      do i++;
      while ((values[i] as number) < pivot);
      do j--;
      while ((values[j] as number) > pivot);
      if (i >= j) break;
      const swap = values[i] as number;
      values[i] = values[j] as number;
      values[j] = swap;
    }
    if (k <= j) right = j;
    else left = j + 1;
  }
  return values[k] as number;
}

/** A pivot below the largest of the stretch, as Hoare's partition needs it. */
function medianOfThree(values: Float64Array, left: number, right: number): number {
  const a = values[left] as number;
  const b = values[(left + right) >>> 1] as number;
  const c = values[right] as number;
  if (a < b) return b < c ? b : a < c ? c : a;
  return a < c ? a : b < c ? c : b;
}

/** Ranks from 0; equal values share the first of theirs. */
export function ranksOf(values: Float64Array): Uint32Array {
  // Sorting plain numbers and looking each up is many times as fast as sorting positions by a comparison.
  const sorted = values.slice().sort();
  return Uint32Array.from(values, (value) => firstAtLeast(sorted, value));
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Rank correlation of two rankings without ties (Spearman, 1904): 1 − 6 Σd² ÷ (n³ − n). */
export function rankCorrelation(a: Uint32Array, b: Uint32Array): number {
  const n = a.length;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const d = (a[i] as number) - (b[i] as number);
    squares += d * d;
  }
  return n < 2 ? 0 : 1 - (6 * squares) / (n * (n * n - 1));
}

import type { OutputQuantiles } from './hold-size.ts';

/** What one (workflow, stage, model) has shown, as counts of answers by length. */
export interface OutputHistogram {
  /** Counts by bin; bin `i` holds lengths up to `binCeiling(i)`. Old answers fade, so that a changed prompt is learned. */
  readonly counts: Float64Array;
  total: number;
}

/** A histogram as it is kept: bins that count something, as pairs of bin and count. */
export type KeptHistogram = readonly (readonly [bin: number, count: number])[];

/** Bins grow by a sixteenth of a doubling: a quantile read from them is at most 4.5 % too high, and never too low. */
const binsPerDoubling = 16;
const binsMax = 20 * binsPerDoubling;
/** Weight of what was known is halved when this many answers were counted. */
const totalMax = 2_000;
/** Fewer answers say nothing. */
const answersMin = 5;
/** Few answers show a p99 too low: it is raised by this part over their number. */
const fewAnswersMargin = 5;

export function newOutputHistogram(): OutputHistogram {
  return { counts: new Float64Array(binsMax), total: 0 };
}

/** Counts one whole answer. An answer cut short by a limit says only "at least", so count it at what it was cut to. */
export function recordOutput(histogram: OutputHistogram, tokens: number): void {
  const bin = Math.min(binsMax - 1, Math.ceil(Math.log2(Math.max(1, tokens)) * binsPerDoubling));
  histogram.counts[bin] = (histogram.counts[bin] ?? 0) + 1;
  histogram.total += 1;
  if (histogram.total < totalMax) return;
  for (let i = 0; i < binsMax; i++) histogram.counts[i] = (histogram.counts[i] ?? 0) / 2;
  histogram.total /= 2;
}

/** @returns null until enough answers were seen */
export function outputQuantiles(histogram: OutputHistogram): OutputQuantiles | null {
  if (histogram.total < answersMin) return null;
  const margin = 1 + fewAnswersMargin / histogram.total;
  return { p50: quantile(histogram, 0.5), p99: Math.ceil(quantile(histogram, 0.99) * margin) };
}

function quantile(histogram: OutputHistogram, share: number): number {
  let left = histogram.total * share;
  for (let i = 0; i < binsMax; i++) {
    left -= histogram.counts[i] ?? 0;
    if (left <= 0) return Math.floor(2 ** (i / binsPerDoubling));
  }
  return Math.floor(2 ** ((binsMax - 1) / binsPerDoubling));
}

export function keptHistogram({ counts }: OutputHistogram): KeptHistogram {
  return [...counts].flatMap((count, bin) => (count > 0 ? [[bin, count] as const] : []));
}

export function histogramOf(kept: KeptHistogram): OutputHistogram {
  const histogram = newOutputHistogram();
  for (const [bin, count] of kept) {
    if (bin >= binsMax) continue;
    histogram.counts[bin] = count;
    histogram.total += count;
  }
  return histogram;
}

import type { Random } from '../../base/index.ts';

/** A figure with the middle 90 % of what resampling gave. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 500;

/**
 * The percentile bootstrap (Efron 1979) of a statistic of independent samples: each is drawn from again with
 * replacement, and the 5th and 95th percentile of the statistic are kept. Draws whose statistic is not finite count as
 * the largest.
 */
export function bootstrap<T>(
  samples: readonly (readonly T[])[],
  statistic: (samples: readonly (readonly T[])[]) => number,
  random: Random,
): Interval {
  // The same arrays are drawn into over and over: their contents are looked at only before the next draw.
  const redrawn = samples.map((sample) => [...sample]);
  const drawn = Array.from({ length: resamples }, () => {
    for (const [index, sample] of samples.entries()) redraw(sample, redrawn[index] ?? [], random);
    return statistic(redrawn);
  });
  const values = drawn.map((value) => (Number.isFinite(value) ? value : Number.MAX_VALUE)).sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  return { estimate: statistic(samples), low: at(0.05), high: at(0.95) };
}

function redraw<T>(sample: readonly T[], into: T[], random: Random): void {
  for (let place = 0; place < sample.length; place++) {
    into[place] = sample[Math.floor(random.next() * sample.length)] as T;
  }
}

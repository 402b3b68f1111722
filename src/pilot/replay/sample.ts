import type { Random } from '../../base/index.ts';

const sampleMax = 100_000;

/** Quantiles of a series of any length in bounded memory: a uniform sample of at most 100,000 values, and the true maximum. */
export class Sample {
  readonly #values: number[] = [];
  readonly #random: Random;
  #seen = 0;
  #max = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(value: number): void {
    this.#seen++;
    this.#max = Math.max(this.#max, value);
    if (this.#values.length < sampleMax) this.#values.push(value);
    else {
      const at = Math.floor(this.#random.next() * this.#seen);
      if (at < sampleMax) this.#values[at] = value;
    }
  }

  quantiles(): { readonly p50: number; readonly p99: number; readonly max: number } {
    const sorted = Float64Array.from(this.#values).sort();
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: this.#max };
  }
}

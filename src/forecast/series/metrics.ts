import { at } from './series.ts';

/** Levels of the quantiles a forecast states: the mid-points of a hundred equal slices, for the score's integral. */
export const quantileLevels: readonly number[] = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);

/** A forecast of one step: its quantiles at `quantileLevels`, rising. */
export type StepQuantiles = ArrayLike<number>;

/** How good forecasts were, over every step of every fold that was measured. */
export interface Accuracy {
  /** Mean absolute error over that of the seasonal naive forecast within the training data. */
  readonly mase: number;
  /** Percent, 0 to 200, as the M4 competition counts it. */
  readonly smape: number;
  /** In the unit of the series. */
  readonly crps: number;
  /** Share of facts within the central 80 % interval. */
  readonly coverage80: number;
  readonly coverage95: number;
  /** Mean width of the central 80 % interval, in the unit of the series. */
  readonly width80: number;
}

/**
 * Continuous ranked probability score: twice the mean pinball loss over the quantiles (Gneiting and Ranjan 2011, eq. 11;
 * the sum is the mid-point rule of that integral). Zero is perfect; for a point forecast it is the absolute error.
 */
export function crpsOf(quantiles: StepQuantiles, fact: number): number {
  let sum = 0;
  for (let i = 0; i < quantileLevels.length; i++) {
    const level = at(quantileLevels, i);
    const miss = fact - at(quantiles, i);
    sum += miss >= 0 ? level * miss : (level - 1) * miss;
  }
  return (2 * sum) / quantileLevels.length;
}

/** Quantile at any level, linear between the stated ones; the outermost hold beyond them. */
export function quantileAt(quantiles: StepQuantiles, level: number): number {
  const position = Math.min(Math.max(level * quantileLevels.length - 0.5, 0), quantileLevels.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, quantileLevels.length - 1);
  return at(quantiles, below) + (position - below) * (at(quantiles, above) - at(quantiles, below));
}

/** Symmetric percentage error of one step (Makridakis et al. 2020, M4); 0 when both are zero. */
export function smapeOf(forecast: number, fact: number): number {
  const size = Math.abs(forecast) + Math.abs(fact);
  return size === 0 ? 0 : (200 * Math.abs(forecast - fact)) / size;
}

/**
 * Mean absolute error of the seasonal naive forecast within the training data: the unit MASE counts in (Hyndman and
 * Koehler 2006). Null where the training data repeats itself exactly or is too short.
 */
export function naiveError(values: Float64Array, end: number, season: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = season; i < end; i++) {
    const miss = Math.abs(at(values, i) - at(values, i - season));
    if (Number.isNaN(miss)) continue;
    sum += miss;
    count++;
  }
  return sum > 0 ? sum / count : null;
}

/** Adds up the scores of forecasts, step by step. */
export class AccuracySum {
  #steps = 0;
  #scaledSteps = 0;
  #scaled = 0;
  #smape = 0;
  #crps = 0;
  #inside80 = 0;
  #inside95 = 0;
  #width80 = 0;

  /** @param unit the training data's naive error; null leaves the step out of MASE. A fact that is NaN is left out. */
  add(quantiles: StepQuantiles, fact: number, unit: number | null): void {
    if (Number.isNaN(fact)) return;
    const middle = quantileAt(quantiles, 0.5);
    this.#steps++;
    if (unit !== null) {
      this.#scaledSteps++;
      this.#scaled += Math.abs(middle - fact) / unit;
    }
    this.#smape += smapeOf(middle, fact);
    this.#crps += crpsOf(quantiles, fact);
    const [low, high] = [quantileAt(quantiles, 0.1), quantileAt(quantiles, 0.9)];
    this.#width80 += high - low;
    if (fact >= low && fact <= high) this.#inside80++;
    if (fact >= quantileAt(quantiles, 0.025) && fact <= quantileAt(quantiles, 0.975)) this.#inside95++;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Null when nothing was measured. */
  mean(): Accuracy | null {
    if (this.#steps === 0) return null;
    return {
      mase: this.#scaledSteps === 0 ? 0 : this.#scaled / this.#scaledSteps,
      smape: this.#smape / this.#steps,
      crps: this.#crps / this.#steps,
      coverage80: this.#inside80 / this.#steps,
      coverage95: this.#inside95 / this.#steps,
      width80: this.#width80 / this.#steps,
    };
  }
}

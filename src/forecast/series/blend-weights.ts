import { at } from './series.ts';

/** Past forecasts of one group of steps ahead, with what happened: rows of `inputs` are experts. */
export interface Lessons {
  readonly inputs: readonly Float64Array[];
  readonly facts: Float64Array;
  /** Which quantile each row of the inputs states; the median where absent. */
  readonly levels?: Float64Array;
  /** How much each lesson counts. */
  readonly weights: Float64Array;
  /** How many independent lessons these are worth, in seasons; overlapping ones are not. */
  readonly seasons: number;
}

const rounds = 60;
/** Seasons of lessons at which evidence counts as much as the prior. */
const priorSeasons = 4;

/**
 * Weights of a convex blend: exponentiated gradient steps (Kivinen and Warmuth 1997) on the weighted pinball loss (the
 * absolute error, for medians) of the blend, with the Kullback–Leibler distance from `prior` as the price of leaving it. Few lessons stay near the prior.
 */
export function blendWeights(lessons: Lessons, prior: Float64Array): Float64Array {
  const total = lessons.weights.reduce((sum, weight) => sum + weight, 0);
  const weights = Float64Array.from(prior);
  if (total <= 0) return weights;
  const scale = meanError(lessons, weights, total);
  if (scale <= 0) return weights;
  const price = priorSeasons / Math.max(0.5, lessons.seasons) / 10;
  for (let round = 0; round < rounds; round++) {
    const push = pushes(lessons, weights, total * scale);
    const gradient = Float64Array.from(lessons.inputs, (input) => dot(input, push));
    step(weights, gradient, prior, price, 2 / Math.sqrt(1 + round));
  }
  return weights;
}

/** Which way, and how hard, each lesson pushes the blend. */
function pushes(lessons: Lessons, weights: Float64Array, unit: number): Float64Array {
  const { inputs, facts, levels, weights: lessonWeights } = lessons;
  const said = new Float64Array(facts.length);
  inputs.forEach((input, i) => {
    const weight = at(weights, i);
    if (weight > 0) addTimes(said, input, weight);
  });
  for (let row = 0; row < said.length; row++) {
    const error = (said[row] as number) - (facts[row] as number);
    said[row] = (slopeOf(levels, row, error) * (lessonWeights[row] as number)) / unit;
  }
  return said;
}

/** Slope of the pinball loss, twice over, so that it is that of the absolute error at the median. */
function slopeOf(levels: Float64Array | undefined, row: number, error: number): number {
  const level = levels === undefined ? 0.5 : (levels[row] as number);
  return error > 0 ? 2 * (1 - level) : error < 0 ? -2 * level : 0;
}

function addTimes(sum: Float64Array, part: Float64Array, weight: number): void {
  for (let row = 0; row < sum.length; row++) sum[row] = (sum[row] as number) + weight * (part[row] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function step(weights: Float64Array, gradient: Float64Array, prior: Float64Array, price: number, rate: number): void {
  let sum = 0;
  const mean = gradient.reduce((total, slope, i) => total + slope * at(weights, i), 0);
  for (let i = 0; i < weights.length; i++) {
    const own = at(weights, i);
    if (own === 0) continue;
    const slope = at(gradient, i) - mean + price * Math.log(own / at(prior, i));
    weights[i] = Math.max(1e-9, own * Math.exp(-rate * Math.max(-2, Math.min(2, slope))));
    sum += at(weights, i);
  }
  for (let i = 0; i < weights.length; i++) weights[i] = at(weights, i) / sum;
}

export function blended(inputs: readonly Float64Array[], weights: Float64Array, row: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = at(weights, i);
    if (weight > 0) sum += weight * (inputs[i]?.[row] as number);
  }
  return sum;
}

function meanError(lessons: Lessons, weights: Float64Array, total: number): number {
  const { inputs, facts, levels, weights: lessonWeights } = lessons;
  let sum = 0;
  for (let row = 0; row < facts.length; row++) {
    const error = blended(inputs, weights, row) - at(facts, row);
    sum += at(lessonWeights, row) * error * slopeOf(levels, row, error);
  }
  return sum / total;
}

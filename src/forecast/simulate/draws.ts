import { type Distribution, valueAt } from '../distribution.ts';
import type { Parameter } from '../model/number.ts';
import { probit } from '../normal.ts';
import { type UniformStream, uniformStream } from './uniform-stream.ts';

/** What every scenario shares, so that their differences are not chance. */
export interface Draws {
  readonly trials: number;
  /** `columns[parameter][trial]`. */
  readonly columns: readonly Float64Array[];
  /** Rank of each draw among the draws of its parameter, from 0. */
  readonly ranks: readonly Uint32Array[];
}

/**
 * Latin hypercube sample (McKay, Beckman and Conover, 1979): each parameter's range is cut into `trials` equally likely
 * strata, one draw falls into each, and the order is shuffled, parameter by parameter.
 */
export function drawParameters(parameters: readonly Parameter[], trials: number, seed: number): Draws {
  const stream = uniformStream(seed);
  const ranks = parameters.map(() => shuffled(trials, stream));
  const columns = parameters.map((parameter, index) => sample(parameter, ranks[index] as Uint32Array, stream));
  return { trials, columns, ranks };
}

function shuffled(length: number, stream: UniformStream): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const j = stream.below(i + 1);
    order[i] = order[j] as number;
    order[j] = i;
  }
  return order;
}

function sample({ distribution, low, high }: Parameter, ranks: Uint32Array, stream: UniformStream): Float64Array {
  const trials = ranks.length;
  const column = new Float64Array(trials);
  for (let t = 0; t < trials; t++) {
    const z = probit(((ranks[t] as number) + stream.next()) / trials);
    const value = drawAt(distribution, z);
    column[t] = value < low ? low : value > high ? high : value;
  }
  return column;
}

/** The commonest kind first; the rest is `valueAt`. */
function drawAt(distribution: Distribution, z: number): number {
  return distribution.kind === 'lognormal'
    ? Math.exp(distribution.mu + distribution.sigma * z)
    : valueAt(distribution, z);
}

/** Standard normal numbers for the sampling noise. */
export function standardNormals(length: number, seed: number): Float64Array {
  const stream = uniformStream(seed);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = probit(stream.next());
  return values;
}

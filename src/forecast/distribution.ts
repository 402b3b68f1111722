import { normalCdf, z90, z95, z99 } from './normal.ts';

/**
 * What a number of the file means to the forecast, in plain numbers. A range is what somebody believes about a mean:
 * one value is drawn per trial. Quantiles of something counted per call are how calls differ: only their mean and
 * spread matter. Quantiles of a level (users, rates) are a belief again.
 */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  /** Logarithm (or value, when not `log`) linear between known quantiles, in units of z. */
  | {
      readonly kind: 'quantiles';
      readonly z: readonly number[];
      readonly at: readonly number[];
      readonly log: boolean;
    };

export const constant = (value: number): Distribution => ({ kind: 'constant', value });

/** From the ends of a 90 % range: lognormal when both are positive, else normal. */
export function fromRange(low: number, high: number): Distribution {
  if (low > 0) {
    const mu = (Math.log(low) + Math.log(high)) / 2;
    return { kind: 'lognormal', mu, sigma: (Math.log(high) - Math.log(low)) / (2 * z95) };
  }
  return { kind: 'normal', mean: (low + high) / 2, sd: (high - low) / (2 * z95) };
}

/** From measured quantiles. Below the median the slope of the nearest pair is mirrored; beyond the last it goes on. */
export function fromQuantiles(p50: number, p90?: number, p99?: number): Distribution {
  const known: (readonly [number, number])[] = [[0, p50]];
  if (p90 !== undefined) known.push([z90, p90]);
  if (p99 !== undefined) known.push([z99, p99]);
  const log = p50 > 0;
  return { kind: 'quantiles', z: known.map(([z]) => z), at: known.map(([, v]) => (log ? Math.log(v) : v)), log };
}

/** The value at `z` standard deviations of the underlying normal variable; `z = 0` is the median. */
export function valueAt(of: Distribution, z: number): number {
  switch (of.kind) {
    case 'constant':
      return of.value;
    case 'lognormal':
      return Math.exp(of.mu + of.sigma * z);
    case 'normal':
      return of.mean + of.sd * z;
    case 'quantiles':
      return quantileValue(of, z);
  }
}

function quantileValue(of: Extract<Distribution, { kind: 'quantiles' }>, z: number): number {
  const last = of.z.length - 1;
  let piece = 1;
  while (piece < last && z > (of.z[piece] ?? 0)) piece += 1;
  const [z0, z1, v0, v1] = [of.z[piece - 1] ?? 0, of.z[piece] ?? 1, of.at[piece - 1] ?? 0, of.at[piece] ?? 0];
  const value = v0 + ((v1 - v0) / (z1 - z0)) * (z - z0);
  return of.log ? Math.exp(value) : value;
}

/** The mean, in closed form. */
export function meanOf(of: Distribution): number {
  switch (of.kind) {
    case 'constant':
      return of.value;
    case 'lognormal':
      return Math.exp(of.mu + (of.sigma * of.sigma) / 2);
    case 'normal':
      return of.mean;
    case 'quantiles':
      return momentOf(of, 1);
  }
}

/** Squared coefficient of variation, in closed form. */
export function spreadOf(of: Distribution): number {
  switch (of.kind) {
    case 'constant':
      return 0;
    case 'lognormal':
      return Math.expm1(of.sigma * of.sigma);
    case 'normal':
      return of.mean === 0 ? 0 : (of.sd / of.mean) ** 2;
    case 'quantiles': {
      const mean = momentOf(of, 1);
      return mean === 0 ? 0 : Math.max(0, momentOf(of, 2) / (mean * mean) - 1);
    }
  }
}

/** Sum over the pieces of E[e^(k(c + s z)); z in piece] = e^(kc + (ks)²/2) (Φ(z1 − ks) − Φ(z0 − ks)). */
function momentOf(of: Extract<Distribution, { kind: 'quantiles' }>, k: 1 | 2): number {
  const last = of.z.length - 1;
  let sum = 0;
  for (let piece = 1; piece <= last; piece++) {
    const [z0, z1, v0, v1] = [of.z[piece - 1] ?? 0, of.z[piece] ?? 1, of.at[piece - 1] ?? 0, of.at[piece] ?? 0];
    const slope = (v1 - v0) / (z1 - z0);
    const from = piece === 1 ? Number.NEGATIVE_INFINITY : z0;
    const to = piece === last ? Number.POSITIVE_INFINITY : z1;
    sum += pieceMoment(v0 - slope * z0, slope, from, to, k, of.log);
  }
  return sum;
}

function pieceMoment(c: number, s: number, from: number, to: number, k: 1 | 2, log: boolean): number {
  if (log) return Math.exp(k * c + (k * s) ** 2 / 2) * (normalCdf(to - k * s) - normalCdf(from - k * s));
  const p = normalCdf(to) - normalCdf(from);
  const z1 = density(from) - density(to);
  if (k === 1) return c * p + s * z1;
  const z2 = p + edge(from) - edge(to);
  return c * c * p + 2 * c * s * z1 + s * s * z2;
}

const density = (z: number): number => (Number.isFinite(z) ? Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) : 0);
const edge = (z: number): number => (Number.isFinite(z) ? z * density(z) : 0);

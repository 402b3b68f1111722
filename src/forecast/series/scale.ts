import { at } from './series.ts';

/** The scale on which errors of a series are alike at all levels, and the way back. */
export interface Scale {
  readonly name: 'log' | 'identity';
  /** The least value there can be. */
  readonly lowest: number;
  to(value: number): number;
  from(scaled: number): number;
}

const identity: Scale = {
  name: 'identity',
  lowest: Number.NEGATIVE_INFINITY,
  to: (value) => value,
  from: (scaled) => scaled,
};

/**
 * What is added before the logarithm, as a share of the median: above it errors grow with the value, below it they do
 * not, and a step without traffic stays finite (Tukey's started logarithm).
 */
const shiftShare = 0.3;

/**
 * Picks the scale from the beginning of a series: a started logarithm; none where some values are negative or all are
 * zero. Decided once, so that it cannot follow what is to be forecast.
 */
export function scaleOf(beginning: Float64Array): Scale {
  const known = beginning.filter((value) => !Number.isNaN(value));
  const positive = known.filter((value) => value > 0).sort();
  if (positive.length === 0 || known.some((value) => value < 0)) return identity;
  return startedLog(shiftShare * at(positive, Math.floor(positive.length / 2)));
}

function startedLog(shift: number): Scale {
  return {
    name: 'log',
    lowest: 0,
    to: (value) => Math.log(Math.max(0, value) + shift),
    from: (scaled) => Math.max(0, Math.exp(scaled) - shift),
  };
}

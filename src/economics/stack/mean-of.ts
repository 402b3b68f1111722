import type { Quantity, UsdQuantity } from '../../config/index.ts';
import { fromPicos, type Usd } from '../../money/index.ts';

const z90 = 1.2815515655446004;
const z95 = 1.6448536269514722;
const z99 = 2.3263478740408408;

/**
 * What a number of burnrate.yaml stands for in a sum: its mean. A range is a 90 % interval, lognormal when both ends are
 * positive; quantiles are fitted by a lognormal through the median and the highest quantile given.
 * @returns null for `measured`, which the caller must measure
 */
export function meanOf(quantity: Quantity): number | null {
  switch (quantity.kind) {
    case 'value':
      return quantity.value;
    case 'measured':
      return null;
    case 'range':
      return quantity.shape === 'normal'
        ? (quantity.low + quantity.high) / 2
        : lognormalMean(Math.sqrt(quantity.low * quantity.high), Math.log(quantity.high / quantity.low) / (2 * z95));
    case 'quantiles': {
      const { p50, p90, p99 } = quantity;
      const [high, z] = p99 === undefined ? [p90 ?? p50, z90] : [p99, z99];
      return p50 <= 0 ? p50 : lognormalMean(p50, Math.log(high / p50) / z);
    }
  }
}

/** exp(μ + σ²/2) with the median exp(μ). */
function lognormalMean(median: number, sigma: number): number {
  return median * Math.exp((sigma * sigma) / 2);
}

/** The mean of an amount, exact when the file states one value. */
export function meanUsd(quantity: UsdQuantity): Usd | null {
  if (quantity.kind === 'value') return quantity.value;
  const mean = meanOf(inPicos(quantity));
  return mean === null ? null : fromPicos(BigInt(Math.round(mean)));
}

function inPicos(quantity: UsdQuantity): Quantity {
  const picos = (amount: Usd) => Number(amount.picos);
  switch (quantity.kind) {
    case 'measured':
      return quantity;
    case 'value':
      return { kind: 'value', value: picos(quantity.value) };
    case 'range':
      return { ...quantity, low: picos(quantity.low), high: picos(quantity.high) };
    case 'quantiles': {
      const { p50, p90, p99 } = quantity;
      const upper = { ...(p90 ? { p90: picos(p90) } : {}), ...(p99 ? { p99: picos(p99) } : {}) };
      return { kind: 'quantiles', p50: picos(p50), ...upper };
    }
  }
}

/** Micro-units keep six digits of a quantity that is no whole number. */
const micro = 1_000_000;

/** An amount times a number that is no money, rounded to the picodollar. */
export function timesUsd(amount: Usd, factor: number): Usd {
  const scaled = amount.picos * BigInt(Math.round(factor * micro));
  return fromPicos((scaled + BigInt(micro / 2)) / BigInt(micro));
}

/** An amount ÷ a number that is no money, rounded to the picodollar. */
export function dividedUsd(amount: Usd, divisor: number): Usd {
  const scaled = BigInt(Math.round(divisor * micro));
  return fromPicos((amount.picos * BigInt(micro) * 2n + scaled) / (scaled * 2n));
}

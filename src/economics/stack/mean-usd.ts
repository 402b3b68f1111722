import type { Quantity, UsdQuantity } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import { fromPicos, type Usd } from '../../money/index.ts';

/** The mean of an amount, exact when the file states one value. */
export function meanUsd(quantity: UsdQuantity): Usd | null {
  if (quantity.kind === 'value') return quantity.value;
  const mean = meanOfQuantity(inPicos(quantity));
  return mean === null ? null : fromPicos(BigInt(Math.round(mean)));
}

/** Whether a quantity is a guess: a range, or quantiles. What nobody states is none. */
export function isEstimate(quantity: Pick<Quantity, 'kind'> | undefined): boolean {
  return quantity !== undefined && quantity.kind !== 'value' && quantity.kind !== 'measured';
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

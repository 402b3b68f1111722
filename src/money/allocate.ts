import { BurnrateError } from '../base/index.ts';
import type { Usd } from './usd.ts';

/** Weights become integers at this scale, so that the split is the same on every machine. */
const weightScale = 2 ** 40;

/**
 * Splits `total` in proportion to `weights`; the parts sum to `total` exactly (largest remainder).
 * Ties go to the earlier part. A negative total is split as its magnitude and negated.
 * @throws BurnrateError ALLOCATION_EMPTY when no weight is above zero, or one is negative or not finite
 */
export function allocate(total: Usd, weights: readonly number[]): Usd[] {
  const scaled = integerWeights(weights);
  const sum = scaled.reduce((a, b) => a + b, 0n);
  const negative = total.picos < 0n;
  const magnitude = negative ? -total.picos : total.picos;
  const parts = scaled.map((weight) => (magnitude * weight) / sum);
  distribute(parts, scaled, magnitude, sum);
  return parts.map((picos) => ({ picos: negative ? -picos : picos }));
}

function integerWeights(weights: readonly number[]): bigint[] {
  const largest = Math.max(0, ...weights);
  const valid = weights.every((weight) => Number.isFinite(weight) && weight >= 0);
  if (!valid || largest === 0) {
    throw new BurnrateError('ALLOCATION_EMPTY', { message: 'weights must be finite, not negative, and not all zero' });
  }
  if (weights.every((weight) => Number.isSafeInteger(weight))) return weights.map((weight) => BigInt(weight));
  return weights.map((weight) => BigInt(Math.round((weight / largest) * weightScale)));
}

/** Hands out what flooring left over, one picodollar each, to the largest remainders. */
function distribute(parts: bigint[], weights: readonly bigint[], magnitude: bigint, sum: bigint): void {
  const left = Number(magnitude - parts.reduce((a, b) => a + b, 0n));
  const order = weights
    .map((weight, index) => ({ index, remainder: (magnitude * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of order.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
}

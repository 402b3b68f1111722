import { fromPicos, type Usd } from '../../money/index.ts';

/** Cost ÷ count, rounded half up to the picodollar; null when there is nothing to divide by. */
export function perOne(cost: Usd, count: number): Usd | null {
  if (count <= 0) return null;
  const divisor = BigInt(Math.round(count));
  return divisor === 0n ? null : fromPicos((cost.picos * 2n + divisor) / (divisor * 2n));
}

/** Part ÷ whole; null when there is no whole. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

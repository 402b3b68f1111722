import type { Random } from '../../base/index.ts';
import type { Distribution } from './scenario.ts';

/** z of the 99th percentile of the normal distribution. */
const z99 = 2.326_347_874;

/** Draws from a constant or from the lognormal with the two quantiles given. */
export function draw(distribution: Distribution, random: Random): number {
  if (typeof distribution === 'number') return distribution;
  const sigma = Math.log(distribution.p99 / distribution.p50) / z99;
  return distribution.p50 * Math.exp(sigma * normal(random));
}

/** Box–Muller transform of two uniform numbers. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

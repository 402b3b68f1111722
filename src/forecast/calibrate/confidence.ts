/** A figure from a sample with the 95 % interval in which the true one lies. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the standard normal distribution. */
const normal975 = 1.959963984540054;

/**
 * A quantile and its distribution-free interval: the order statistics between which the true one lies in 95 of 100
 * samples, their ranks by the normal approximation of the binomial (Conover 1999, section 3.2). Ends that fall outside
 * the sample are the sample's own ends.
 * @param sorted at least one value, rising
 */
export function quantileEstimate(sorted: Float64Array, level: number): Estimate {
  const n = sorted.length;
  const spread = normal975 * Math.sqrt(n * level * (1 - level));
  const at = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, rank))] ?? Number.NaN;
  return {
    value: at(Math.ceil(n * level) - 1),
    low: at(Math.floor(n * level - spread) - 1),
    high: at(Math.ceil(n * level + spread) - 1),
  };
}

/** A share and its interval by Wilson's score (1927), which stays within 0 and 1 and holds for small counts. */
export function shareEstimate(hits: number, of: number): Estimate {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const share = hits / of;
  const z2 = normal975 ** 2;
  const centre = (share + z2 / (2 * of)) / (1 + z2 / of);
  const reach = (normal975 / (1 + z2 / of)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of));
  return { value: share, low: hits === 0 ? 0 : centre - reach, high: hits === of ? 1 : centre + reach };
}

/** A mean and its interval by the normal approximation. */
export function meanEstimate(values: Float64Array): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, n);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const reach = n < 2 ? Number.POSITIVE_INFINITY : normal975 * Math.sqrt(squares / (n - 1) / n);
  return { value: mean, low: mean - reach, high: mean + reach };
}

/** z of the 95th percentile: a 90 % range lies within this many standard deviations of its centre. */
export const z95 = 1.6448536269514722;
export const z90 = 1.2815515655446004;
export const z99 = 2.3263478740408408;

const lower = 0.02425;
const a = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
] as const;
const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572] as const;
const c = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const;
const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416] as const;

/** Inverse of the standard normal distribution, relative error below 1.2e-9 (P. J. Acklam's rational approximation). */
export function probit(p: number): number {
  if (p < lower) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - lower) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  const above = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q;
  return above / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

function tail(q: number): number {
  const above = ((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5];
  return above / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
}

const p = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429] as const;

/** The standard normal distribution function, absolute error below 7.5e-8 (Abramowitz and Stegun, 26.2.17). */
export function normalCdf(x: number): number {
  const k = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = k * (p[0] + k * (p[1] + k * (p[2] + k * (p[3] + k * p[4]))));
  const upper = 0.3989422804014327 * Math.exp((-x * x) / 2) * series;
  return x >= 0 ? 1 - upper : upper;
}

/** sigma² of a lognormal variable with coefficient of variation squared `cv2`. */
export const logVariance = (cv2: number): number => Math.log1p(cv2);

/**
 * E[min(X, cap)] of a lognormal X: the limited expected value (Klugman, Panjer and Willmot, Loss Models, A.5).
 * @param cv2 squared coefficient of variation of X
 */
export function cappedMean(mean: number, cv2: number, cap: number): number {
  if (mean <= 0) return 0;
  if (cv2 <= 0) return Math.min(mean, cap);
  const sigma = Math.sqrt(logVariance(cv2));
  const z = (Math.log(cap / mean) + (sigma * sigma) / 2) / sigma;
  return mean * normalCdf(z - sigma) + cap * (1 - normalCdf(z));
}

/** P(X > limit) of a lognormal X. */
export function shareAbove(mean: number, cv2: number, limit: number): number {
  if (mean <= 0) return 0;
  if (limit <= 0) return 1;
  if (cv2 <= 0) return mean > limit ? 1 : 0;
  const sigma = Math.sqrt(logVariance(cv2));
  return 1 - normalCdf((Math.log(limit / mean) + (sigma * sigma) / 2) / sigma);
}

/** E[X; X > limit] ÷ E[X] of a lognormal X. */
export function massAbove(mean: number, cv2: number, limit: number): number {
  if (mean <= 0) return 0;
  if (cv2 <= 0) return mean > limit ? 1 : 0;
  const sigma = Math.sqrt(logVariance(cv2));
  return 1 - normalCdf((Math.log(limit / mean) - (sigma * sigma) / 2) / sigma);
}

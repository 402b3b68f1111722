/**
 * Quantile of Student's t from the normal one, by the first terms of its expansion (Abramowitz and Stegun 26.7.5); within
 * one percent for four degrees of freedom and levels from 0.01 to 0.99, better above.
 */
export function studentQuantile(normalQuantile: number, freedom: number): number {
  const x = normalQuantile;
  const x3 = x ** 3;
  const x5 = x ** 5;
  const x7 = x ** 7;
  return (
    x +
    (x3 + x) / 4 / freedom +
    (5 * x5 + 16 * x3 + 3 * x) / 96 / freedom ** 2 +
    (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / 384 / freedom ** 3
  );
}

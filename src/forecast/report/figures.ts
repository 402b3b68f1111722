import { toDecimal, type Usd, usd } from '../../money/index.ts';
import type { Stats } from '../simulate/statistics.ts';

/** Significant digits an estimate is shown with: more would be noise of floating point. */
const digitsShown = 12;

/** An estimate as money, rounded at the edge. @param dollars floating-point US dollars */
export function shownUsd(dollars: number): Usd {
  return usd(Number.isFinite(dollars) ? dollars.toPrecision(digitsShown) : 0);
}

/** Decimal text of an estimate, to a millionth of a dollar, and finer below a cent. */
export function usdText(dollars: number): string {
  const rounded = Math.abs(dollars) >= 0.01 ? Math.round(dollars * 1e6) / 1e6 : dollars;
  return toDecimal(shownUsd(rounded));
}

/** Percentiles of money as decimal texts. */
export interface UsdStats {
  readonly mean: string;
  readonly p10: string;
  readonly p50: string;
  readonly p90: string;
}

export function usdStats({ mean, p10, p50, p90 }: Stats): UsdStats {
  return { mean: usdText(mean), p10: usdText(p10), p50: usdText(p50), p90: usdText(p90) };
}

/** Ratios and counts: nine significant digits. */
export const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(9)) : 0);

export function countStats({ mean, p10, p50, p90 }: Stats): Stats {
  return { mean: rounded(mean), p10: rounded(p10), p50: rounded(p50), p90: rounded(p90) };
}

/** Neighbouring bins differ by this factor, so that a bin's middle is within 1 % of all that is in it. */
const factor = 1.01 / 0.99;
const logOfFactor = Math.log(factor);
/** About a fortnight; what is longer is counted there. */
const binMax = 1_050;

/**
 * The logarithmic bin of a latency, ms; null where there is none. Counts by bin add up exactly over any groups, and a
 * quantile of them is within 1 % of the exact one (DDSketch: Masson, Rim, Lee, VLDB 2019).
 */
export function latencyBin(ms: number | null): number | null {
  if (ms === null || Number.isNaN(ms)) return null;
  return ms <= 1 ? 0 : Math.min(binMax, Math.ceil(Math.log(ms) / logOfFactor));
}

/** The same as SQL, for columns that are written by a statement. */
export function latencyBinSql(column: string): string {
  return `CAST(CASE WHEN ${column} <= 1 THEN 0 ELSE least(${binMax}, ceil(ln(${column}) / ${logOfFactor})) END AS SMALLINT)`;
}

/** The latency a bin stands for, ms. */
export function latencyOfBin(bin: number): number {
  return (2 * factor ** bin) / (factor + 1);
}

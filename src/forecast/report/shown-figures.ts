import { formatUsd, usd } from '../../money/index.ts';
import type { UsdStats } from './figures.ts';

/** Decimal text of US dollars, or nothing, as people read it. */
export const money = (text: string | null): string => (text === null ? 'none' : formatUsd(usd(text)));

/** A part of a whole, 0 to 1, as per cent. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** How many, to three digits below a hundred. */
export const count = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** From the 10th to the 90th percentile. */
export const range = (stats: UsdStats | null): string =>
  stats ? `${money(stats.p10)} to ${money(stats.p90)}` : 'none';

/** A line of the cost as people read it: `operationalDebt` is operational debt. */
export const lineName = (line: string): string => line.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

import {
  addUsd,
  compareUsd,
  formatUsd,
  fromPicos,
  toApproximateNumber,
  toDecimal,
  usd,
} from '../../../src/money/index.ts';

/** What stands where a figure is not known; never zero. */
export const unknownText = '—';

/** An amount for people: `$5,000.00`, `$0.0001234`. */
export function showMoney(decimal: string | null): string {
  return decimal === null ? unknownText : formatUsd(usd(decimal));
}

/**
 * The price of one thing: four significant digits below a dollar, because there the cents do not tell things apart.
 * `$0.03125` stays readable as `$0.0313`.
 */
export function showUnitMoney(decimal: string | null): string {
  if (decimal === null) return unknownText;
  const value = toApproximateNumber(usd(decimal));
  const magnitude = Math.abs(value);
  if (magnitude === 0 || magnitude >= 1 || magnitude < 0.01) return showMoney(decimal);
  return `${value < 0 ? '-' : ''}$${magnitude.toFixed(4)}`;
}

const wholeDollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const shortDollars = new Intl.NumberFormat('en-US', {
  ...{ style: 'currency', currency: 'USD', notation: 'compact', maximumFractionDigits: 1 },
});

/** An estimate: its cents say nothing from a hundred dollars up. */
export function showEstimate(decimal: string): string {
  const value = toApproximateNumber(usd(decimal));
  return Math.abs(value) < 100 ? showMoney(decimal) : wholeDollars.format(value);
}

/** Dollars beside an axis: `$120K`. */
export function axisMoney(dollars: number): string {
  return shortDollars.format(dollars);
}

/** Decimals that tell the amounts of one column apart: `of` is the largest of them. */
export function moneyDigits(of: string): number {
  const magnitude = Math.abs(toApproximateNumber(usd(of)));
  if (magnitude === 0) return 2;
  return magnitude >= 100 ? 2 : magnitude >= 1 ? 4 : 6;
}

/** An amount with a fixed number of decimals, so that a column lines up; rounded half away from zero. */
export function alignMoney(decimal: string | null, digits: number): string {
  if (decimal === null) return unknownText;
  const { picos } = usd(decimal);
  const unit = 10n ** BigInt(12 - digits);
  const rounded = ((picos < 0n ? -picos : picos) + unit / 2n) / unit;
  if (rounded === 0n && picos !== 0n) return `${picos < 0n ? '-' : ''}<$${(10 ** -digits).toFixed(digits)}`;
  const text = rounded.toString().padStart(digits + 1, '0');
  const whole = text.slice(0, -digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${picos < 0n ? '-' : ''}$${whole}.${text.slice(-digits)}`;
}

/** The largest of some amounts, whichever way they go; '0' when there is none. */
export function maxMoney(amounts: readonly (string | null)[]): string {
  return amounts
    .map((each) => each?.replace(/^-/, '') ?? '0')
    .reduce((most, each) => (compareUsd(usd(each), usd(most)) > 0 ? each : most), '0');
}

/** Dollars as a floating-point number, for the lengths of bars only. */
export function chartDollars(decimal: string): number {
  return toApproximateNumber(usd(decimal));
}

/** `part` of `whole` between 0 and 1; 0 when the whole is nothing. For bars and percentages only. */
export function shareOf(part: string, whole: string): number {
  const total = usd(whole).picos;
  return total === 0n ? 0 : Number((usd(part).picos * 1_000_000n) / total) / 1_000_000;
}

/** Exact sum of two decimal strings. */
export function addMoney(a: string, b: string): string {
  return toDecimal(addUsd(usd(a), usd(b)));
}

/** Exact difference of two decimal strings. */
export function subtractMoney(a: string, b: string): string {
  return toDecimal(fromPicos(usd(a).picos - usd(b).picos));
}

/** Exact product with a whole number. */
export function scaleMoney(amount: string, factor: number): string {
  return toDecimal(fromPicos(usd(amount).picos * BigInt(factor)));
}

/** `amount` ÷ `count`, rounded down to the picodollar; null when there is nothing to divide by. */
export function divideMoney(amount: string, count: number): string | null {
  return count === 0 ? null : toDecimal(fromPicos(usd(amount).picos / BigInt(count)));
}

/** A share of an amount, taken in millionths and rounded half up. */
export function portionOf(amount: string, share: number): string {
  return toDecimal(fromPicos((usd(amount).picos * BigInt(Math.round(share * 1e6)) + 500_000n) / 1_000_000n));
}

import { BurnrateError } from '../base/index.ts';

/** US dollars as an integer count of picodollars: 1 USD = 1_000_000_000_000n. */
export interface Usd {
  readonly picos: bigint;
}

export const picosPerUsd = 1_000_000_000_000n;
const fractionDigits = 12;
const decimalPattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export const zeroUsd: Usd = { picos: 0n };

export function fromPicos(picos: bigint): Usd {
  return { picos };
}

/**
 * Reads a decimal number of dollars exactly; digits beyond the twelfth are rounded half away from zero.
 * @throws BurnrateError MONEY_INVALID when the text is not a decimal number
 */
export function usd(amount: string | number): Usd {
  return { picos: decimalToScaled(String(amount), fractionDigits) };
}

/**
 * A decimal text times 10^digits as an integer, without passing through floating point.
 * @throws BurnrateError MONEY_INVALID when the text is not a decimal number
 */
export function decimalToScaled(text: string, digits: number): bigint {
  const match = decimalPattern.exec(text.trim());
  if (!match) throw new BurnrateError('MONEY_INVALID', { message: `"${text}" is not a decimal number` });
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = digits + Number(exponent) - fraction.length;
  if (Math.abs(shift) > 400) throw new BurnrateError('MONEY_INVALID', { message: `"${text}" is out of range` });
  const magnitude = shiftDecimal(BigInt(whole + fraction), shift);
  return sign === '-' ? -magnitude : magnitude;
}

function shiftDecimal(value: bigint, places: number): bigint {
  if (places >= 0) return value * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (value + divisor / 2n) / divisor;
}

export function addUsd(a: Usd, b: Usd): Usd {
  return { picos: a.picos + b.picos };
}

export function subtractUsd(a: Usd, b: Usd): Usd {
  return { picos: a.picos - b.picos };
}

export function sumUsd(amounts: Iterable<Usd>): Usd {
  let picos = 0n;
  for (const amount of amounts) picos += amount.picos;
  return { picos };
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compareUsd(a: Usd, b: Usd): number {
  return a.picos < b.picos ? -1 : a.picos > b.picos ? 1 : 0;
}

/** The exact decimal text of an amount, without trailing zeros: `1.25`, `0.000000000001`, `-3`. This is what JSON carries. */
export function toDecimal(amount: Usd): string {
  const negative = amount.picos < 0n;
  const magnitude = negative ? -amount.picos : amount.picos;
  const whole = magnitude / picosPerUsd;
  const fraction = (magnitude % picosPerUsd).toString().padStart(fractionDigits, '0').replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** An amount as a floating-point number of dollars, for charts and statistics only; never for arithmetic on money. */
export function toApproximateNumber(amount: Usd): number {
  return Number(amount.picos) / 1e12;
}

/** For people: `$5,000.00`, and four significant digits below a cent (`$0.0001234`). */
export function formatUsd(amount: Usd): string {
  const value = toApproximateNumber(amount);
  const magnitude = Math.abs(value);
  const sign = value < 0 ? '-' : '';
  if (magnitude !== 0 && magnitude < 0.01) return `${sign}$${trimZeros(smallDecimal(magnitude))}`;
  const cents = roundToCents(amount.picos < 0n ? -amount.picos : amount.picos);
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}$${whole}.${(cents % 100n).toString().padStart(2, '0')}`;
}

function roundToCents(picos: bigint): bigint {
  const perCent = picosPerUsd / 100n;
  return (picos + perCent / 2n) / perCent;
}

function smallDecimal(value: number): string {
  const digits = Math.min(fractionDigits, 3 - Math.floor(Math.log10(value)));
  return value.toFixed(digits);
}

function trimZeros(text: string): string {
  return text.replace(/0+$/, '').replace(/\.$/, '');
}

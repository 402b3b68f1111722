import { BurnrateError } from '../base/index.ts';
import { compareUsd, type Usd, usd, zeroUsd } from '../money/index.ts';
import { apiLimits } from './ports.ts';
import { FieldsRefused } from './refusals.ts';

/** A JSON number is a double; one of up to 15 significant digits is still exactly the decimal that was written. */
const exactDigitsMax = 15;

/**
 * An amount a client tells, from 0 up to `maxUsd`.
 * @throws FieldsRefused naming `field`
 */
export function readTold(value: string | number, field: string, maxUsd: number): Usd {
  const refused = (message: string) => new FieldsRefused([{ field, message }]);
  if (typeof value === 'number' && significantDigits(value) > exactDigitsMax) {
    throw refused(`has more than ${exactDigitsMax} significant digits; send it as a string`);
  }
  const amount = parseUsd(value, refused);
  if (compareUsd(amount, zeroUsd) < 0) throw refused('must not be negative');
  if (compareUsd(amount, usd(maxUsd)) > 0) throw refused(`must be at most ${maxUsd}`);
  return amount;
}

function significantDigits(value: number): number {
  const digits = value.toExponential().split('e')[0] ?? '';
  return digits.replace(/[-.]/g, '').length;
}

function parseUsd(value: string | number, refused: (message: string) => FieldsRefused): Usd {
  try {
    return usd(value);
  } catch (error) {
    if (error instanceof BurnrateError) throw refused(error.message);
    throw error;
  }
}

/**
 * A moment a client tells. One ahead of ours by more than clocks usually differ would hide what really comes later.
 * @throws FieldsRefused naming `field`
 */
export function readMoment(told: string, nowMs: number, field: string): number {
  const atMs = Date.parse(told);
  if (atMs <= nowMs + apiLimits.clockSkewMsMax) return atMs;
  const aheadSeconds = Math.round((atMs - nowMs) / 1_000);
  throw new FieldsRefused([{ field, message: `is ${aheadSeconds} s ahead of this server's clock (300 s at most)` }]);
}

import { InvalidArgumentError } from 'commander';

/** A whole number between two, both allowed. @throws InvalidArgumentError, which ends the command as wrong use */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = numberIn(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number ${within(least, most)}.`);
  };
}

/** A number between two, both allowed. @throws InvalidArgumentError */
export function anyNumber(least: number, most = Number.MAX_VALUE): (text: string) => number {
  return (text) => {
    const value = numberIn(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number ${within(least, most)}.`);
  };
}

function within(least: number, most: number): string {
  return most >= Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
}

/** Seconds of a trace in one second; 0 is as fast as it can. @throws InvalidArgumentError */
export function speed(text: string): number {
  const value = numberIn(text);
  if (value === 0) return Number.POSITIVE_INFINITY;
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, or 0 for as fast as it can.');
}

/** A share written as `5%` or `0.05`. @throws InvalidArgumentError */
export function share(text: string): number {
  const value = text.endsWith('%') ? numberIn(text.slice(0, -1)) / 100 : numberIn(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a share like 5% or 0.05.');
}

/** `dimension=value`, gathered. @throws InvalidArgumentError */
export function dimensionValue(
  text: string,
  before: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It must be dimension=value, like plan=free.');
  return [...before, [text.slice(0, at), text.slice(at + 1)] as const];
}

/** Gathers the values of an option that takes several. */
export function many<T>(one: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before) => [...(before ?? []), one(text)];
}

/** Blank is no number, though `Number` takes it for 0. */
const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

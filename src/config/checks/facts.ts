import { nearest } from '../../base/index.ts';
import { parseNumber } from '../numbers.ts';
import { type Finding, valueAt } from '../schema-problems.ts';
import type { Path } from '../source.ts';

/**
 * What every check sees: the file as plain data, whatever else is wrong with it, so that one run reports all problems.
 * A check passes over what has the wrong shape; the schema reports that.
 */
export interface Facts {
  readonly raw: unknown;
  /** The same before environment values were put in; only this may appear in messages. */
  readonly written: unknown;
  readonly findings: Finding[];
}

export function entries(raw: unknown, ...path: Path): [string, unknown][] {
  const value = valueAt(raw, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

export function items(raw: unknown, ...path: Path): unknown[] {
  const value = valueAt(raw, path);
  return Array.isArray(value) ? value : [];
}

export function names(raw: unknown, ...path: Path): string[] {
  return entries(raw, ...path).map(([name]) => name);
}

export function has(raw: unknown, ...path: Path): boolean {
  return valueAt(raw, path) !== undefined;
}

/** One text or a list of them, with the path of each. */
export function texts(raw: unknown, path: Path): { readonly path: Path; readonly text: string }[] {
  const value = valueAt(raw, path);
  if (typeof value === 'string') return [{ path, text: value }];
  return items(raw, ...path).flatMap((text, index) =>
    typeof text === 'string' ? [{ path: [...path, index], text }] : [],
  );
}

/** Refuses a reference to what does not exist, naming the nearest that does. The value itself is shown as written. */
export function refer(
  facts: Facts,
  path: Path,
  name: unknown,
  known: readonly string[],
  what: string,
  shown: readonly string[] = known,
): void {
  if (typeof name !== 'string' || known.includes(name)) return;
  const meant = nearest(name, shown);
  const hint =
    meant === null
      ? shown.length > 0
        ? `; there is ${shown.join(', ')}`
        : '; there is none'
      : `; did you mean "${meant}"?`;
  // Where the name is itself the key, the key is what to point at, and the value beside it says nothing.
  const place = path.at(-1) === name ? { atKey: true } : { showValue: true };
  facts.findings.push({ path, message: `names no ${what}${hint}`, ...place });
}

/** The least a probability or share is known to be: a value, or the low end of a range; null when it says neither. */
export function lowerBound(raw: unknown): number | null {
  if (typeof raw === 'string' && raw.includes(' to ')) return parseNumber(raw.split(/\s+to\s+/)[0]);
  return parseNumber(raw);
}

const tolerance = 1e-9;

/** Refuses shares that cannot all be true: what they are at least sums to more than 1. */
export function sharesFit(facts: Facts, path: Path, shares: readonly unknown[], what: string): void {
  const sum = shares.reduce<number>((total, share) => total + (lowerBound(share) ?? 0), 0);
  if (sum > 1 + tolerance) facts.findings.push({ path, message: `${what} sum to ${round(sum)}; expected at most 1` });
}

export const round = (value: number): number => Number(value.toPrecision(6));

/** Refuses the second of two equal names in a list. */
export function distinct(facts: Facts, path: Path, key: (item: unknown) => unknown, at: string, what: string): void {
  const seen = new Map<unknown, number>();
  for (const [index, item] of items(facts.raw, ...path).entries()) {
    const name = key(item);
    const first = seen.get(name);
    if (name === undefined || name === null) continue;
    if (first === undefined) seen.set(name, index);
    else
      facts.findings.push({
        path: [...path, index, at],
        message: `repeats the ${what} of entry ${first + 1}`,
        showValue: true,
      });
  }
}

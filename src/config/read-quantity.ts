import type { Parse } from './numbers.ts';
import type { Quantity } from './quantity.ts';

export interface QuantityProblem {
  readonly path: readonly string[];
  readonly expected: string;
  /** Keys that are no quantiles; `expected` then lists those that are, separated by spaces. */
  readonly unknownKeys?: readonly string[];
}

export type QuantityResult<T> =
  | { readonly ok: true; readonly quantity: Quantity<T> }
  | { readonly ok: false; readonly problems: readonly QuantityProblem[] };

export interface QuantityReading<T> {
  readonly expected: string;
  readonly parse: Parse<T>;
  /** Puts values in order, for bounds and for low < high. */
  readonly order: (value: T) => number;
  readonly low: number;
  readonly high?: number;
}

/** Reads the four forms a number may have in the file. */
export function quantityParser<T>(reading: QuantityReading<T>): (raw: unknown) => QuantityResult<T> {
  const bounded: Parse<T> = (raw) => {
    const value = reading.parse(raw);
    if (value === null) return null;
    const place = reading.order(value);
    return place < reading.low || place > (reading.high ?? Number.POSITIVE_INFINITY) ? null : value;
  };
  return (raw) => {
    if (raw === 'measured') return { ok: true, quantity: { kind: 'measured' } };
    if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return readQuantiles(raw, reading, bounded);
    const ends = typeof raw === 'string' ? raw.trim().split(/\s+to\s+/) : [raw];
    if (ends.length === 2) return readRange(ends, reading, bounded);
    const value = ends.length === 1 ? bounded(raw) : null;
    return value === null ? refused(reading.expected) : { ok: true, quantity: { kind: 'value', value } };
  };
}

const refused = (expected: string, path: readonly string[] = []): { ok: false; problems: QuantityProblem[] } => ({
  ok: false,
  problems: [{ path, expected }],
});

function readRange<T>(ends: readonly unknown[], reading: QuantityReading<T>, bounded: Parse<T>): QuantityResult<T> {
  const low = bounded(ends[0]);
  const high = bounded(ends[1]);
  if (low === null || high === null) return refused(reading.expected);
  if (reading.order(low) >= reading.order(high)) return refused('a range whose low end is below its high end');
  const shape = reading.order(low) > 0 ? 'lognormal' : 'normal';
  return { ok: true, quantity: { kind: 'range', low, high, shape } };
}

const quantileNames = ['p50', 'p90', 'p99'] as const;

function readQuantiles<T>(raw: object, reading: QuantityReading<T>, bounded: Parse<T>): QuantityResult<T> {
  const unknown = Object.keys(raw).filter((key) => !quantileNames.some((name) => name === key));
  const problems: QuantityProblem[] =
    unknown.length > 0 ? [{ path: [], expected: quantileNames.join(' '), unknownKeys: unknown }] : [];
  const given = new Map<string, T>();
  for (const [key, text] of Object.entries(raw)) {
    if (unknown.includes(key)) continue;
    const value = bounded(text);
    if (value === null) problems.push({ path: [key], expected: reading.expected.replace(/, a range.*$/, '') });
    else given.set(key, value);
  }
  if (problems.length > 0) return { ok: false, problems };
  return orderedQuantiles(given, reading);
}

function orderedQuantiles<T>(given: ReadonlyMap<string, T>, reading: QuantityReading<T>): QuantityResult<T> {
  const [p50, p90, p99] = quantileNames.map((name) => given.get(name));
  if (p50 === undefined) return refused('the median', ['p50']);
  if (given.size < 2) return refused('p90 or p99 beside p50', ['p90']);
  const present = quantileNames.filter((name) => given.has(name));
  const fallen = present.find(
    (name, index) => place(given, name, reading) < place(given, present[index - 1] ?? name, reading),
  );
  if (fallen) return refused('quantiles that do not fall: p50 ≤ p90 ≤ p99', [fallen]);
  return {
    ok: true,
    quantity: { kind: 'quantiles', p50, ...(p90 === undefined ? {} : { p90 }), ...(p99 === undefined ? {} : { p99 }) },
  };
}

function place<T>(given: ReadonlyMap<string, T>, name: string, reading: QuantityReading<T>): number {
  const value = given.get(name);
  return value === undefined ? Number.NaN : reading.order(value);
}

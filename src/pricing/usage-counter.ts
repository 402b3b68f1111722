import type { Bucket, Usage } from '../tree/index.ts';
import type { UsageReading } from './usage-reading.ts';

/** No single report counts more; beyond it a field is garbage, and sums stay exact. */
const countMax = 1_000_000_000_000;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A nested object, or an empty one when it is missing or null. */
export function objectAt(from: JsonObject, field: string): JsonObject {
  const value = from[field];
  return isObject(value) ? value : {};
}

export function textAt(from: JsonObject, field: string): string | null {
  const value = from[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function listAt(from: JsonObject, field: string): readonly JsonObject[] {
  const value = from[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Reads counts out of a report and remembers the first field that is not one, so that garbage never becomes money. */
export interface UsageCounter {
  /** The field's count; 0 when it is absent or null, and when it is garbage (which `problem` then names). */
  count(from: JsonObject, field: string): number;
  readonly problem: string | null;
  /** Whether any field asked for was there; a report without one says nothing, which is not zero. */
  readonly sawAny: boolean;
}

export function usageCounter(): UsageCounter {
  let problem: string | null = null;
  let sawAny = false;
  return {
    count(from, field) {
      const value = from[field];
      if (value === undefined || value === null) return 0;
      sawAny = true;
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= countMax) return value;
      problem ??= `${field} is not a count`;
      return 0;
    },
    get problem() {
      return problem;
    },
    get sawAny() {
      return sawAny;
    },
  };
}

export const absentReading: UsageReading = { ok: false, reason: 'absent', message: 'the answer reports no usage' };

/** Closes a reading: refuses garbage and negative remainders (parts larger than their whole), drops empty buckets. */
export function closeReading(
  counter: UsageCounter,
  quantities: { readonly [bucket in Bucket]?: number },
  named: { readonly tier: string | null; readonly model: string | null },
): UsageReading {
  if (counter.problem !== null) return { ok: false, reason: 'invalid', message: counter.problem };
  const usage: { [bucket in Bucket]?: number } = {};
  for (const [bucket, quantity] of Object.entries(quantities) as [Bucket, number][]) {
    if (quantity < 0) return { ok: false, reason: 'invalid', message: `the parts of ${bucket} exceed their whole` };
    if (quantity > 0) usage[bucket] = quantity;
  }
  if (!counter.sawAny && Object.keys(usage).length === 0) return absentReading;
  return { ok: true, usage: usage satisfies Usage, ...named };
}

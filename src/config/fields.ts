import { z } from 'zod';
import type { Usd } from '../money/index.ts';
import { isTimeZone, type ListenAddress, parseListen } from './listen.ts';
import {
  type Parse,
  parseByteSize,
  parseBytes,
  parseCalendarSpan,
  parseDecimal,
  parseDuration,
  parseDurationMs,
  parseInstant,
  parseNumber,
  parseRate,
  parseUsd,
} from './numbers.ts';
import type { ByteSize, CalendarSpan, Duration, Instant, Quantity, Rate } from './quantity.ts';
import { quantityParser } from './read-quantity.ts';

type JsonShape = Readonly<Record<string, unknown>>;

/** Marks an issue raised here: its message is what was expected, and the value itself is never part of it. */
function field<T>(id: string, expected: string, json: JsonShape, parse: Parse<T>): z.ZodType<T, unknown> {
  return z
    .unknown()
    .transform((raw, context): T => {
      const value = parse(raw);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .meta({ id, description: `${expected}.`, ...json });
}

const scalar = (pattern: string): JsonShape => ({ anyOf: [{ type: 'number' }, { type: 'string', pattern }] });
const envOr = (pattern: string): string => `\\$\\{|${pattern}`;
const atLeast =
  (low: number, high = Number.POSITIVE_INFINITY): Parse<number> =>
  (raw) => {
    const value = parseNumber(raw);
    return value === null || value < low || value > high ? null : value;
  };
const whole =
  (low: number, high: number): Parse<number> =>
  (raw) => {
    const value = parseNumber(raw);
    return value === null || !Number.isSafeInteger(value) || value < low || value > high ? null : value;
  };

const numberPattern = envOr('^[+-]?[0-9._]+([eE][+-]?[0-9]+)? ?[kKMG%]?$');
export const count: z.ZodType<number, unknown> = field(
  'Count',
  'a whole number like 800 or 4k',
  scalar(numberPattern),
  whole(0, Number.MAX_SAFE_INTEGER),
);
export const positiveCount: z.ZodType<number, unknown> = field(
  'PositiveCount',
  'a whole number above 0, like 800 or 4k',
  scalar(numberPattern),
  whole(1, Number.MAX_SAFE_INTEGER),
);
export const wholeBetween = (low: number, high: number): z.ZodType<number, unknown> =>
  field(`Whole${low}To${high}`, `a whole number from ${low} to ${high}`, scalar(numberPattern), whole(low, high));
export const factor: z.ZodType<number, unknown> = field(
  'Factor',
  'a number not below 0, like 1.5 or 150%',
  scalar(numberPattern),
  atLeast(0),
);
export const fraction: z.ZodType<number, unknown> = field(
  'Fraction',
  'a share from 0 to 1, like 0.7 or 70%',
  scalar(numberPattern),
  atLeast(0, 1),
);

export const duration: z.ZodType<Duration, unknown> = field(
  'Duration',
  'a duration with its unit, like 250ms, 1.8s, 5m, 24h or 7d',
  scalar(envOr('^[0-9._]+ ?(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)$')),
  parseDuration,
);
export const calendarSpan: z.ZodType<CalendarSpan, unknown> = field(
  'CalendarSpan',
  'a span of whole months, like "24 months" or "2 years"',
  { type: 'string' },
  parseCalendarSpan,
);
export const byteSize: z.ZodType<ByteSize, unknown> = field(
  'ByteSize',
  'a size like 40B, 12kB or 32MB',
  scalar(envOr('^[0-9._]+ ?([kMGT]?B|[KMGT]iB)?$')),
  parseByteSize,
);
export const rate: z.ZodType<Rate, unknown> = field(
  'Rate',
  'a rate like 500/m or 200k/m',
  { type: 'string', pattern: envOr('^[0-9._]+[kKMG]?/(s|m|min|h|d|w|second|minute|hour|day|week)$') },
  parseRate,
);
export const instant: z.ZodType<Instant, unknown> = field(
  'Date',
  'a date like 2026-01-31, or a time like 2026-01-31T08:00:00Z, that the calendar has',
  { type: 'string' },
  parseInstant,
);
/** A date that was checked and stays as written. */
export const dateText: z.ZodType<string, unknown> = field(
  'DateText',
  'a date like 2026-01-31, or a time like 2026-01-31T08:00:00Z, that the calendar has',
  { type: 'string' },
  (raw) => (parseInstant(raw) === null ? null : String(raw)),
);
export const flag: z.ZodType<boolean, unknown> = field(
  'Flag',
  'true or false',
  { anyOf: [{ type: 'boolean' }, { type: 'string', pattern: envOr('^(true|false)$') }] },
  (raw) => (raw === true || raw === 'true' ? true : raw === false || raw === 'false' ? false : null),
);
export const timeZone: z.ZodType<string, unknown> = field(
  'TimeZone',
  'an IANA time zone like Europe/Berlin or UTC',
  { type: 'string' },
  (raw) => (typeof raw === 'string' && isTimeZone(raw) ? raw : null),
);
export const listenAddress: z.ZodType<ListenAddress, unknown> = field(
  'ListenAddress',
  'an address and port like 127.0.0.1:4700 or [::1]:4700',
  { type: 'string' },
  parseListen,
);
export const money: z.ZodType<Usd, unknown> = field(
  'Usd',
  'an amount of US dollars not below 0, like 4.50 or 9k',
  scalar(envOr('^[0-9._]+[kM]?$')),
  (raw) => {
    const amount = parseUsd(raw);
    return amount === null || amount.picos < 0n ? null : amount;
  },
);
export const decimalRate: z.ZodType<string, unknown> = field(
  'PriceRate',
  'a decimal price not below 0, like 1.25',
  scalar(envOr('^[0-9.]+([eE][+-]?[0-9]+)?$')),
  parseDecimal,
);

interface QuantityField<T> {
  readonly id: string;
  readonly expected: string;
  readonly parse: Parse<T>;
  readonly order: (value: T) => number;
  readonly low: number;
  readonly high?: number;
}

function quantityField<T>(options: QuantityField<T>): z.ZodType<Quantity<T>, unknown> {
  const read = quantityParser(options);
  const end: JsonShape = { type: ['number', 'string'] };
  const quantiles = {
    type: 'object',
    properties: { p50: end, p90: end, p99: end },
    required: ['p50'],
    additionalProperties: false,
  };
  return z
    .unknown()
    .transform((raw, context): Quantity<T> => {
      const result = read(raw);
      if (result.ok) return result.quantity;
      for (const { path, expected, unknownKeys } of result.problems) {
        // A mapping that was read in part may still be the likelier of two alternatives; `continue` keeps it in the running.
        const where = { message: expected, path: [...path], input: raw as Record<string, unknown> };
        if (unknownKeys) context.addIssue({ code: 'unrecognized_keys', keys: [...unknownKeys], ...where });
        else context.addIssue({ code: 'custom', continue: path.length > 0, ...where });
      }
      return z.NEVER;
    })
    .meta({
      id: options.id,
      description: `${options.expected}.`,
      anyOf: [{ type: 'number' }, { type: 'string' }, quantiles],
    });
}

const same = (value: number): number => value;
/** A count or factor, not negative. */
export const quantity: z.ZodType<Quantity, unknown> = quantityField({
  id: 'Quantity',
  expected: 'a number like 800 or 4k, a range like "200 to 900", quantiles { p50, p90, p99 } or measured',
  parse: parseNumber,
  order: same,
  low: 0,
});
/** A rate of change that may be negative. */
export const signedQuantity: z.ZodType<Quantity, unknown> = quantityField({
  id: 'SignedQuantity',
  expected: 'a number like 0.08 or 8%, a range like "-0.02 to 0.1", quantiles { p50, p90, p99 } or measured',
  parse: parseNumber,
  order: same,
  low: -1,
});
/** A probability or share. */
export const fractionQuantity: z.ZodType<Quantity, unknown> = quantityField({
  id: 'FractionQuantity',
  expected: 'a share from 0 to 1 like 0.9 or 90%, a range like "0.2 to 0.4", quantiles { p50, p90, p99 } or measured',
  parse: parseNumber,
  order: same,
  low: 0,
  high: 1,
});
/** Milliseconds. */
export const durationQuantity: z.ZodType<Quantity, unknown> = quantityField({
  id: 'DurationQuantity',
  expected: 'a duration like 1.8s, a range like "1s to 4s", quantiles { p50, p90, p99 } or measured',
  parse: parseDurationMs,
  order: same,
  low: 0,
});
/** Bytes. */
export const byteQuantity: z.ZodType<Quantity, unknown> = quantityField({
  id: 'ByteQuantity',
  expected: 'a size like 12kB, a range like "4kB to 20kB", quantiles { p50, p90, p99 } or measured',
  parse: parseBytes,
  order: same,
  low: 0,
});
export const usdQuantity: z.ZodType<Quantity<Usd>, unknown> = quantityField({
  id: 'UsdQuantity',
  expected: 'US dollars like 4.50, a range like "200 to 900", quantiles { p50, p90, p99 } or measured',
  parse: parseUsd,
  order: (amount) => Number(amount.picos),
  low: 0,
});

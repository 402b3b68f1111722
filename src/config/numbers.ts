import { decimalToScaled, type Usd } from '../money/index.ts';
import type { ByteSize, CalendarSpan, Duration, Instant, Rate } from './quantity.ts';

/** Every parser here takes the scalar of the file and answers null for what it cannot read; none throws. */
export type Parse<T> = (raw: unknown) => T | null;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const plainFactors: Readonly<Record<string, number>> = { '': 1, '%': 0.01, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
const timeFactors: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: minuteMs,
  min: minuteMs,
  minute: minuteMs,
  minutes: minuteMs,
  h: hourMs,
  hour: hourMs,
  hours: hourMs,
  d: dayMs,
  day: dayMs,
  days: dayMs,
  w: 7 * dayMs,
  week: 7 * dayMs,
  weeks: 7 * dayMs,
};
const byteFactors: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const monthFactors: Readonly<Record<string, number>> = { month: 1, months: 1, mo: 1, year: 12, years: 12, y: 12 };

const scalarPattern = /^([+-]?(?:\d+(?:_\d+)*)?(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([a-zA-Z%]*)$/;

/** Splits `1.8s` into `1.8` and `s`. */
function splitScalar(raw: unknown): { readonly digits: string; readonly suffix: string } | null {
  if (typeof raw !== 'number' && typeof raw !== 'string') return null;
  const match = scalarPattern.exec(String(raw).trim());
  const digits = match?.[1]?.replaceAll('_', '') ?? '';
  if (!match || !/\d/.test(digits) || !Number.isFinite(Number(digits))) return null;
  return { digits, suffix: match[2] ?? '' };
}

function scaled(raw: unknown, factors: Readonly<Record<string, number>>): number | null {
  const parts = splitScalar(raw);
  const factor = parts && Object.hasOwn(factors, parts.suffix) ? factors[parts.suffix] : undefined;
  if (!parts || factor === undefined) return null;
  // Fifteen significant digits undo what multiplying by the factor added: 1.1h is 3,960,000 ms, not 3,960,000.0000000005.
  const value = Number((Number(parts.digits) * factor).toPrecision(15));
  return Number.isFinite(value) ? value : null;
}

/** `800`, `4k`, `1.5M`, `2G`, `70%` (0.7). */
export const parseNumber: Parse<number> = (raw) => scaled(raw, plainFactors);

/** `250ms`, `1.8s`, `5m`, `24h`, `7d`, `2w`, or `0`. @returns milliseconds */
export const parseDurationMs: Parse<number> = (raw) => (raw === 0 || raw === '0' ? 0 : scaled(raw, timeFactors));

export const parseDuration: Parse<Duration> = (raw) => {
  const ms = parseDurationMs(raw);
  return ms === null || ms < 0 ? null : { ms };
};

/** `40B`, `12kB` (1,000 bytes each), `3 GB`, `64KiB` (1,024), or a bare number of bytes. */
export const parseBytes: Parse<number> = (raw) => scaled(raw, byteFactors);

export const parseByteSize: Parse<ByteSize> = (raw) => {
  const bytes = parseBytes(raw);
  return bytes === null || !Number.isSafeInteger(bytes) || bytes < 0 ? null : { bytes };
};

/** `24 months`, `2 years`. */
export const parseCalendarSpan: Parse<CalendarSpan> = (raw) => {
  const months = scaled(raw, monthFactors);
  return months === null || !Number.isSafeInteger(months) || months < 1 ? null : { months };
};

/** `500/m`, `200k/m`, `10/s`, `1M/d`; `m` is a minute. */
export const parseRate: Parse<Rate> = (raw) => {
  const [amount, unit, ...rest] = typeof raw === 'string' ? raw.split('/') : [];
  const count = parseNumber(amount?.trim());
  const perMs = timeFactors[unit?.trim() ?? ''];
  if (rest.length > 0 || count === null || perMs === undefined || count < 0) return null;
  return { count, perMs };
};

/** Dollars, exactly: `4.50`, `9k`. Digits beyond the twelfth decimal are rounded. */
export const parseUsd: Parse<Usd> = (raw) => {
  const parts = splitScalar(raw);
  const exponent = parts ? { '': 0, k: 3, M: 6 }[parts.suffix] : undefined;
  if (!parts || exponent === undefined) return null;
  const picos = exactScaled(parts.digits, 12 + exponent);
  return picos === null ? null : { picos };
};

const decimalPattern = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;
/** Far above any sum a product will see; keeps a typing error from making numbers of unbounded size. */
const digitsMax = 60;

function exactScaled(digits: string, places: number): bigint | null {
  const text = digits.replace(/^([+-]?)\./, '$10.');
  return decimalPattern.test(text) && text.length <= digitsMax ? decimalToScaled(text, places) : null;
}

/** A price as the decimal text the price list states, never negative: `1.25`, `0.075`. */
export const parseDecimal: Parse<string> = (raw) => {
  if (typeof raw !== 'number' && typeof raw !== 'string') return null;
  const text = String(raw).trim();
  return decimalPattern.test(text) && text.length <= digitsMax && !text.startsWith('-') ? text : null;
};

const datePattern = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** `2026-01-01`, a whole day, or RFC 3339 with its offset. A day the calendar does not have is refused. */
export const parseInstant: Parse<Instant> = (raw) => {
  const match = typeof raw === 'string' ? datePattern.exec(raw) : null;
  if (!match) return null;
  const day = Number(match[3]);
  const ms = Date.parse(match[0]);
  const daysInMonth = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  if (Number.isNaN(ms) || day < 1 || day > daysInMonth) return null;
  return match[0].includes('T') ? { ms } : { ms, day: match[0] };
};

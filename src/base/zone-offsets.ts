import { BurnrateError } from './errors.ts';

/** A stretch of time through which a zone's clock is the same distance from UTC. */
export interface OffsetSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

/** No zone leaves its distance from UTC and comes back within this time. */
const stepMs = 14 * 86_400_000;
const knownFromMs = 0;
const knownToMs = Date.UTC(2100, 0);
const zonesKeptMax = 64;
const kept = new Map<string, readonly OffsetSpan[]>();

/**
 * How far a zone is from UTC throughout a range; one span at least. Times before 1970 and after 2099 have the distance
 * of those years.
 * @throws BurnrateError bad_request when there is no such zone
 */
export function offsetSpans(timeZone: string, { fromMs, toMs }: Omit<OffsetSpan, 'offsetMs'>): OffsetSpan[] {
  const spans = kept.get(timeZone) ?? readSpans(timeZone);
  if (!kept.has(timeZone)) keep(timeZone, spans);
  const inRange = spans.filter((span) => span.fromMs < toMs && span.toMs > fromMs);
  const shown = inRange.length > 0 ? inRange : spans.slice(fromMs < knownFromMs ? 0 : -1);
  return shown.map((span, index) => ({
    fromMs: index === 0 ? fromMs : span.fromMs,
    toMs: index === shown.length - 1 ? toMs : span.toMs,
    offsetMs: span.offsetMs,
  }));
}

function keep(timeZone: string, spans: readonly OffsetSpan[]): void {
  kept.set(timeZone, spans);
  const [oldest] = kept.keys();
  if (kept.size > zonesKeptMax && oldest !== undefined) kept.delete(oldest);
}

function readSpans(timeZone: string): OffsetSpan[] {
  const offsetAt = offsetReader(timeZone);
  const spans: OffsetSpan[] = [];
  let fromMs = knownFromMs;
  let offsetMs = offsetAt(fromMs);
  for (let atMs = fromMs + stepMs; atMs < knownToMs; atMs += stepMs) {
    const later = offsetAt(atMs);
    if (later === offsetMs) continue;
    const changeMs = changeBetween(offsetAt, atMs - stepMs, atMs);
    spans.push({ fromMs, toMs: changeMs, offsetMs });
    [fromMs, offsetMs] = [changeMs, later];
  }
  return [...spans, { fromMs, toMs: knownToMs, offsetMs }];
}

const secondMs = 1_000;

/** The first whole second of the later distance. */
function changeBetween(offsetAt: (ms: number) => number, fromMs: number, toMs: number): number {
  const before = offsetAt(fromMs);
  let [low, high] = [fromMs / secondMs, toMs / secondMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * secondMs) === before) low = middle;
    else high = middle;
  }
  return high * secondMs;
}

function offsetReader(timeZone: string): (ms: number) => number {
  const format = formatOf(timeZone);
  return (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    const total = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
    return (sign === '-' ? -total : total) * secondMs;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  } catch (cause) {
    throw new BurnrateError('bad_request', { message: `"${timeZone}" is not a time zone`, cause });
  }
}

import { offsetSpans } from '../../base/index.ts';
import { hourMs, type Series } from '../series/index.ts';
import type { CalibrationRow } from './calibration-row.ts';
import { type Estimate, meanEstimate } from './confidence.ts';

export interface ArrivalMeasures {
  /** Days the record covers, fractions counted. */
  readonly days: number;
  /** Calls a day, from whole days; the interval holds the true mean of such days. */
  readonly callsPerDay: Estimate;
  readonly sessionsPerDay: number | null;
  /** Traffic of the 24 clock hours over the mean; null below two whole days. */
  readonly hourOfDay: readonly number[] | null;
  /** Traffic of the seven weekdays, Monday first, over the mean; null below two whole weeks, or without a calendar. */
  readonly dayOfWeek: readonly number[] | null;
  /** The busiest hour over the mean hour. */
  readonly peakFactor: number;
  /** Variance over mean of calls a minute, each hour's level taken away: 1 for chance alone, more for bursts. */
  readonly dispersion: number;
}

const dayMs = 24 * hourMs;
const minuteMs = 60_000;
const daysForHours = 2;
const daysForWeekdays = 14;
/** Times before this are a record's own clock, which knows no weekday. */
const calendarFromMs = Date.UTC(1990, 0, 1);

/**
 * @param rows in order of time
 * @param timeZone IANA name; hours and weekdays are those of its clock
 */
export function measureArrivals(rows: readonly CalibrationRow[], timeZone: string): ArrivalMeasures {
  const times = rows.map(({ atMs }) => atMs);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const days = (last - first) / dayMs;
  const hours = countsBy(times, first, hourMs);
  const perDay = wholeDays(times, first, last);
  const sessions = new Set(rows.flatMap(({ session }) => session ?? []));
  const mean = times.length / Math.max(1, hours.length);
  const clock = clockOf(timeZone, first, last);
  const hourOf = (ms: number): number => Math.floor(clock(ms) / hourMs) % 24;
  // The Unix epoch was a Thursday, three days after a Monday.
  const weekdayOf = (ms: number): number => (Math.floor(clock(ms) / dayMs) + 3) % 7;
  return {
    days,
    callsPerDay: perDay.length === 0 ? scaledUp(times.length, days) : meanEstimate(Float64Array.from(perDay)),
    sessionsPerDay: sessions.size === 0 ? null : sessions.size / Math.max(days, 1 / 24),
    hourOfDay: days < daysForHours - 0.05 ? null : shape(times, hourOf, 24),
    dayOfWeek: days < daysForWeekdays || first < calendarFromMs ? null : shape(times, weekdayOf, 7),
    peakFactor: Math.max(...hours) / mean,
    dispersion: dispersionOf(times, first),
  };
}

/** What the clock of the zone shows, as ms; a record with a clock of its own keeps it. */
function clockOf(timeZone: string, first: number, last: number): (ms: number) => number {
  if (first < calendarFromMs) return (ms) => ms;
  const spans = offsetSpans(timeZone, { fromMs: first - dayMs, toMs: last + dayMs });
  return (ms) => ms + (spans.find(({ toMs }) => ms < toMs)?.offsetMs ?? 0);
}

function scaledUp(calls: number, days: number): Estimate {
  const factor = 1 / Math.max(days, 1 / 1_440);
  const reach = 2 * Math.sqrt(calls);
  return { value: calls * factor, low: (calls - reach) * factor, high: (calls + reach) * factor };
}

function countsBy(times: readonly number[], first: number, stepMs: number): number[] {
  const start = Math.floor(first / stepMs);
  const counts: number[] = [];
  for (const time of times) {
    const step = Math.floor(time / stepMs) - start;
    while (counts.length <= step) counts.push(0);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

/** Calls of each span of 24 hours from the first call on that the record covers whole. */
function wholeDays(times: readonly number[], first: number, last: number): number[] {
  // A record that ends minutes before midnight covered the day.
  const whole = Math.floor((last - first) / dayMs + 0.02);
  const counts = new Array<number>(whole).fill(0);
  for (const time of times) {
    const day = Math.floor((time - first) / dayMs);
    if (day < whole) counts[day] = (counts[day] ?? 0) + 1;
  }
  return counts;
}

/** Calls an hour of each phase of a cycle over the mean of all, by how many hours of the record fall into that phase. */
function shape(times: readonly number[], phaseOf: (ms: number) => number, phases: number): number[] {
  const calls = new Array<number>(phases).fill(0);
  const covered = new Array<number>(phases).fill(0);
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  for (let hour = Math.floor(first / hourMs); hour <= Math.floor(last / hourMs); hour++) {
    const phase = phaseOf(hour * hourMs);
    covered[phase] = (covered[phase] ?? 0) + 1;
  }
  for (const time of times) {
    const phase = phaseOf(time);
    calls[phase] = (calls[phase] ?? 0) + 1;
  }
  const rates = calls.map((count, phase) => count / Math.max(1, covered[phase] ?? 0));
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / phases;
  return rates.map((rate) => (mean === 0 ? 1 : rate / mean));
}

function dispersionOf(times: readonly number[], first: number): number {
  const minutes = countsBy(times, first, minuteMs);
  let squares = 0;
  let sum = 0;
  for (let start = 0; start + 60 <= minutes.length; start += 60) {
    const hour = minutes.slice(start, start + 60);
    const mean = hour.reduce((total, count) => total + count, 0) / 60;
    squares += hour.reduce((total, count) => total + (count - mean) ** 2, 0) / 59;
    sum += mean;
  }
  return sum === 0 ? 1 : squares / sum;
}

/** Requests and tokens by the hour. */
export function hourlySeries(rows: readonly CalibrationRow[]): Series[] {
  const startMs = Math.floor((rows[0]?.atMs ?? 0) / hourMs) * hourMs;
  const steps = Math.floor(((rows.at(-1)?.atMs ?? 0) - startMs) / hourMs) + 1;
  const series = (name: string, of: (row: CalibrationRow) => number): Series => {
    const values = new Float64Array(steps);
    for (const row of rows) {
      const step = Math.floor((row.atMs - startMs) / hourMs);
      values[step] = (values[step] ?? 0) + of(row);
    }
    return { name, kind: 'count', startMs, stepMs: hourMs, values };
  };
  return [
    series('requests', () => 1),
    series('input_tokens', ({ inputTokens }) => inputTokens),
    series('output_tokens', ({ outputTokens }) => outputTokens),
  ];
}

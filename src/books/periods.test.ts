import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BudgetPeriod, periodKinds } from '../tree/index.ts';
import { periodAt, periodRule } from './periods.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Africa/Cairo',
  'Pacific/Apia',
];

const calendar = (kind: BudgetPeriod['kind'], timeZone = 'UTC'): BudgetPeriod => ({ kind, timeZone, rolling: false });
const iso = (ms: number) => new Date(ms).toISOString();

describe('calendar periods', () => {
  test.each([
    // The day clocks go forward in Berlin has 23 hours, the day they go back 25.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['month', 'Europe/Berlin', '2026-03-15T00:00:00Z', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['year', 'America/New_York', '2026-06-01T00:00:00Z', '2026-01-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
    ['week', 'UTC', '2026-03-11T00:00:00Z', '2026-03-09T00:00:00.000Z', '2026-03-16T00:00:00.000Z'],
    ['quarter', 'UTC', '2026-05-20T00:00:00Z', '2026-04-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z'],
    // In Cairo midnight of this day does not exist: it begins at one.
    ['day', 'Africa/Cairo', '2026-04-24T10:00:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
    // Samoa skipped 30 December 2011 when it crossed the date line.
    ['day', 'Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    // Clocks in St. John's went back at one minute past midnight: the new day had already begun.
    ['day', 'America/St_Johns', '2006-10-29T02:45:00Z', '2006-10-29T02:30:00.000Z', '2006-10-30T03:30:00.000Z'],
    ['hour', 'Asia/Kathmandu', '2026-03-10T12:59:00Z', '2026-03-10T12:00:00.000Z', '2026-03-10T13:00:00.000Z'],
  ] as const)('%s in %s at %s', (kind, zone, at, start, end) => {
    const period = periodAt(calendar(kind, zone), Date.parse(at));
    expect([iso(period.startMs), iso(period.endMs)]).toEqual([start, end]);
    expect(period.countsUntilMs).toBe(period.endMs);
  });

  const anyPeriod = fc.record({
    kind: fc.constantFrom(...periodKinds),
    timeZone: fc.constantFrom(...zones),
    rolling: fc.boolean(),
  });
  const anyInstant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });

  test('periods hold their instant, and follow one another without gap or overlap', () => {
    fc.assert(
      fc.property(anyPeriod, anyInstant, (rule, atMs) => {
        const period = periodAt(rule, atMs);
        expect(period.startMs <= atMs && atMs < period.endMs).toBe(true);
        expect(period.countsUntilMs).toBeGreaterThanOrEqual(period.endMs);
        if (rule.kind === 'total') return;
        expect(periodAt(rule, period.startMs)).toEqual(period);
        expect(periodAt(rule, period.endMs - 1)).toEqual(period);
        expect(periodAt(rule, period.endMs).startMs).toBe(period.endMs);
        expect(periodAt(rule, period.startMs - 1).endMs).toBe(period.startMs);
      }),
      { numRuns: 400 },
    );
  });

  test('every day around a clock change starts at a local midnight or the first instant after a skipped one', () => {
    for (const timeZone of zones) {
      const clock = new Intl.DateTimeFormat('en-GB', {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      });
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 12 * 3_600_000) {
        expect(['00:00', '01:00']).toContain(clock.format(periodAt(calendar('day', timeZone), at).startMs));
      }
    }
  });
});

describe('rolling periods', () => {
  test('what is spent counts for at least one whole window, and at most one bucket longer', () => {
    for (const kind of periodKinds.filter((name) => name !== 'total')) {
      const bucket = periodAt({ kind, timeZone: 'UTC', rolling: true }, Date.UTC(2026, 2, 10, 12, 34, 56));
      const windowMs = bucket.countsUntilMs - bucket.endMs;
      const lengthMs = bucket.endMs - bucket.startMs;
      expect(windowMs / lengthMs).toBeGreaterThanOrEqual(12);
      expect(Number.isInteger(windowMs / lengthMs)).toBe(true);
    }
  });
});

test.each([
  [calendar('total', 'Europe/Berlin'), 'total'],
  [calendar('hour', 'Europe/Berlin'), 'hour'],
  [calendar('day', 'Europe/Berlin'), 'day@Europe/Berlin'],
  [{ kind: 'day', timeZone: 'Europe/Berlin', rolling: true } as const, 'rolling-day'],
])('%j counts under the rule %s', (period, rule) => expect(periodRule(period)).toBe(rule));

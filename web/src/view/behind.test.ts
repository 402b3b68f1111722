import { expect, test } from 'vitest';
import { behindRow, bucketRange, startOfDayMs, startOfMonthMs, startOfNextMonthMs } from './behind.ts';

const fixed = (from: string, to: string) => ({ kind: 'fixed', fromMs: Date.parse(from), toMs: Date.parse(to) });

test.each([
  ['minute', '2026-03-01T10:05:00Z', 'Europe/Berlin', '2026-03-01T10:05:00Z', '2026-03-01T10:06:00Z'],
  ['hour', '2026-03-01T10:00:00Z', 'UTC', '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z'],
  ['day', '2026-03-01', 'UTC', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
  ['day', '2026-03-01', 'Europe/Berlin', '2026-02-28T23:00:00Z', '2026-03-01T23:00:00Z'],
  ['day', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
  ['week', '2026-03-02', 'America/New_York', '2026-03-02T05:00:00Z', '2026-03-09T04:00:00Z'],
  ['month', '2026-12', 'Asia/Kolkata', '2026-11-30T18:30:00Z', '2026-12-31T18:30:00Z'],
])('%s %s in %s is %s to %s', (unit, text, zone, from, to) => {
  expect(bucketRange(unit, text, zone)).toEqual(fixed(from, to));
});

test('a row narrows filters by its values and the range by its time', () => {
  const base = { where: { team: ['a'], plan: ['free'] }, range: { kind: 'last', preset: '24h' } as const };
  expect(
    behindRow({ hour: '2026-03-01T10:00:00Z', plan: 'pro', stage: null }, ['hour', 'plan', 'stage'], base, 'UTC'),
  ).toEqual({
    where: { team: ['a'], plan: ['pro'], stage: [''] },
    range: fixed('2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z'),
  });
});

test.each([
  ['2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
  ['2026-03-01T01:00:00Z', 'America/New_York', '2026-02-28T05:00:00Z', '2026-02-01T05:00:00Z', '2026-03-01T05:00:00Z'],
  ['2026-03-01T01:00:00Z', 'UTC', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'],
])('at %s in %s the day began at %s, the month at %s, and the next begins at %s', (at, zone, day, month, next) => {
  expect(startOfDayMs(Date.parse(at), zone)).toBe(Date.parse(day));
  expect(startOfMonthMs(Date.parse(at), zone)).toBe(Date.parse(month));
  expect(startOfNextMonthMs(Date.parse(at), zone)).toBe(Date.parse(next));
});

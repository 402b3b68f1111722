import { expect, test } from 'vitest';
import type { Budget } from '../api/schema.ts';
import { paceOf, rungText } from './pace.ts';

const endMs = Date.UTC(2026, 3, 1);
const startMs = Date.UTC(2026, 2, 1);
const dayMs = 86_400_000;

function budget(usedShare: number, more: Partial<Budget> = {}): Budget {
  const fullest = { ...({} as NonNullable<Budget['fullest']>), usedShare, resetsAt: new Date(endMs).toISOString() };
  return {
    ...{
      name: 'company',
      source: 'file',
      scope: {} as Budget['scope'],
      per: [],
      unit: 'usd',
      limit: '100',
      period: 'month',
    },
    ...{
      window: 'calendar',
      timeZone: 'UTC',
      hard: true,
      whenBooksAreLost: 'closed',
      changedAt: '2026-03-01T00:00:00Z',
      instances: 1,
      brake: [
        { at: 0.5, model: 'small' },
        { at: 0.9, stop: true },
      ],
    },
    fullest,
    ...more,
  };
}

test.each([
  ['spent twice as fast as time goes by', 0.2, 3.1, startMs + 15.5 * dayMs],
  ['spent as time goes by', 0.1, 3.1, null],
  ['all of it gone', 1, 3.1, startMs + 3.1 * dayMs],
])('%s', (_, used, days, expected) => {
  expect(paceOf(budget(used), startMs + days * dayMs)?.usedUpAtMs ?? null).toBe(expected);
});

test('the brake that holds, else the next that will', () => {
  const at = startMs + 3.1 * dayMs;
  expect(paceOf(budget(0.2), at)?.brake).toMatchObject({ rung: { at: 0.5 }, atMs: startMs + 7.75 * dayMs });
  expect(paceOf(budget(0.6), at)?.brake?.rung.at).toBe(0.5);
  expect(paceOf(budget(0.95), at)?.brake?.rung.at).toBe(0.9);
  expect(paceOf(budget(0.01), at)?.brake).toBeNull();
});

test.each([
  ['a rolling window', { window: 'rolling' as const }],
  ['a budget for ever', { period: 'total' as const }],
  ['nothing counted', { fullest: null }],
])('%s has no pace', (_, more) => {
  expect(paceOf(budget(0.2, more), startMs + 3 * dayMs)).toBeNull();
});

test('the first minutes of a month say nothing', () => {
  expect(paceOf(budget(0.2), startMs + 60_000)).toBeNull();
});

test('what a brake does is said in words', () => {
  expect(rungText({ at: 0.8, maxOutputTokens: 200, model: 'small' })).toBe(
    'answers of 200 tokens at most, model small',
  );
});

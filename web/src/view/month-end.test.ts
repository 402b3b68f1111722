import { expect, test } from 'vitest';
import { chanceAbove, type ExpectedMonths, expectedBetween, outlookWords, spentAndExpected } from './month-end.ts';

const interval = (mean: string) => ({ mean, p10: mean, p50: mean, p90: mean });
const month = (name: string, billed: string) => ({
  month: name,
  lines: [
    { line: 'inference' as const, totalUsd: { mean: billed, p10: '0', p50: billed, p90: billed } },
    { line: 'retries' as const, totalUsd: interval('31') },
    { line: 'human' as const, totalUsd: interval('5000') },
  ],
});
const forecast: ExpectedMonths = {
  report: { scenarios: { expected: { months: [month('2026-03', '310'), month('2026-04', '300')] } } },
};
const at = (text: string) => Date.parse(text);

test('a month counts by its share of time, and only what providers bill', () => {
  const rest = expectedBetween(forecast, at('2026-03-22T00:00:00Z'), at('2026-04-01T00:00:00Z'));
  // Ten of thirty-one days; shares are taken in millionths.
  expect(Number(rest?.p50)).toBeCloseTo(110, 2);
  expect(Number(rest?.p10)).toBeCloseTo(10, 2);
});

test('months of another zone reach into two months of the forecast', () => {
  const rest = expectedBetween(forecast, at('2026-03-31T00:00:00Z'), at('2026-04-02T00:00:00Z'));
  expect(Number(rest?.mean)).toBeCloseTo(341 / 31 + 331 / 30, 2);
});

test.each([
  ['2026-02-28T00:00:00Z', '2026-03-02T00:00:00Z'],
  ['2026-04-30T00:00:00Z', '2026-05-02T00:00:00Z'],
])('from %s to %s it does not speak of all', (from, to) => {
  expect(expectedBetween(forecast, at(from), at(to))).toBeNull();
});

test('what is spent moves every future alike', () => {
  expect(spentAndExpected('2.5', { mean: '4', p10: '1', p50: '3', p90: '9' })).toEqual({
    ...{ mean: '6.5', p10: '3.5', p50: '5.5', p90: '11.5' },
  });
});

test.each([
  ['9', 'passed in nine futures of ten'],
  ['10', 'more likely passed than not'],
  ['20', 'more likely holds than not'],
  ['30', 'holds in nine futures of ten'],
])('a limit of $%s against an end of 10, 20 and 30', (limit, words) => {
  expect(outlookWords(chanceAbove(limit, { mean: '20', p10: '10', p50: '20', p90: '30' }))).toBe(words);
});

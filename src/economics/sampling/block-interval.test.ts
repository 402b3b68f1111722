import { expect, test } from 'vitest';
import { blockSpread } from './block-interval.ts';

const dayMs = 86_400_000;
const tenDays = { fromMs: 0, toMs: 10 * dayMs };
/** So much saved of 100 on some days. */
const days = (...saved: (number | null)[]) =>
  saved.flatMap((each, day) => (each === null ? [] : [{ atMs: day * dayMs, saved: each, recorded: 100 }]));

test('a single day tells nothing of how a share varies', () => {
  expect(blockSpread(days(30), tenDays).share).toBe(1);
  expect(blockSpread([], tenDays)).toEqual({ saved: 0, share: 0 });
});

test('days without a call are no days on which nothing was saved', () => {
  const four = blockSpread(days(30, 20, 40, 30), { fromMs: 0, toMs: 4 * dayMs });
  const fourOfTen = blockSpread(days(30, null, 20, null, 40, null, null, 30), tenDays);
  expect(fourOfTen.share).toBeCloseTo(four.share, 12);
  // t(3) × √8 × s ÷ 400, where s² = 200 ÷ 3.
  expect(four.share).toBeCloseTo((2.353 * Math.sqrt(8) * Math.sqrt(200 / 3)) / 400, 3);
});

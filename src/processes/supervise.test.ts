import { expect, test } from 'vitest';
import { restartDelayMs } from './supervise.ts';

test.each([
  [0, 100],
  [1, 200],
  [3, 800],
  [7, 10_000],
  [1_000, 10_000],
])('after %i failures in a row a child is started again after %i ms', (failures, delayMs) => {
  expect(restartDelayMs(failures)).toBe(delayMs);
});

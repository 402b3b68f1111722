import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RefusedCall } from '../tree/index.ts';
import { aRefusedCall } from './refused-calls.contract.ts';
import { refusedCallLimits } from './refused-calls.ts';
import { refusedReporter } from './refused-reporter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { atOnceMax, perCallerMax } = refusedCallLimits;

function openReporter() {
  const books = {
    kept: [] as (readonly RefusedCall[])[],
    away: false,
    async keep(refused: readonly RefusedCall[]) {
      if (books.away) throw new Error('away');
      books.kept.push(refused);
    },
  };
  const failures: unknown[] = [];
  return { books, failures, reporter: refusedReporter(books, (error) => failures.push(error)) };
}

describe('telling the books of refused calls', () => {
  test('in one go, and nothing when there is nothing', async () => {
    const { books, reporter } = openReporter();
    reporter.note(aRefusedCall(1));
    reporter.note(aRefusedCall(2));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(books.kept).toEqual([[aRefusedCall(1), aRefusedCall(2)]]);
    await reporter.close();
  });

  test('what they did not take is sent again, before what came since', async () => {
    const { books, failures, reporter } = openReporter();
    books.away = true;
    reporter.note(aRefusedCall(1));
    await vi.advanceTimersByTimeAsync(1_000);
    books.away = false;
    reporter.note(aRefusedCall(2));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(books.kept).toEqual([[aRefusedCall(1), aRefusedCall(2)]]);
    expect(failures).toHaveLength(1);
    await reporter.close();
  });

  test('an orderly end writes what waits', async () => {
    const { books, reporter } = openReporter();
    reporter.note(aRefusedCall(1));
    await reporter.close();
    expect(books.kept).toEqual([[aRefusedCall(1)]]);
  });

  test('a storm of one caller is bounded and hides nobody else', async () => {
    const { books, reporter } = openReporter();
    reporter.note(aRefusedCall(0, { attribution: { user: 'bob' } }));
    for (let number = 1; number <= 10 * atOnceMax; number++) reporter.note(aRefusedCall(number));
    await reporter.close();
    const [batch = []] = books.kept;
    expect(batch.length).toBeLessThanOrEqual(atOnceMax);
    expect(batch.filter(({ attribution }) => attribution.user === 'bob')).toHaveLength(1);
    expect(batch.length).toBeGreaterThan(perCallerMax);
    expect(batch.at(-1)).toEqual(aRefusedCall(10 * atOnceMax));
  });
});

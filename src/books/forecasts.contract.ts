import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../base/index.ts';
import type { BooksHarness } from './books.contract.ts';
import type { Books } from './books.ts';
import { type ForecastRecord, forecastsMax } from './forecasts.ts';

const startMs = Date.UTC(2026, 2, 2);

function version(id: string, changes: Partial<ForecastRecord> = {}): ForecastRecord {
  return {
    ...{ id, madeAtMs: startMs, madeBy: 'scheduler', automatic: true, reasons: ['prices'], inputs: { file: 'a' } },
    ...{ summary: { from: '2026-04' }, report: { seed: 7, scenarios: { expected: { totalUsd: { mean: '1.5' } } } } },
    ...changes,
  };
}

/** What every engine promises about kept forecasts. */
export function forecastsContract(name: string, makeHarness: () => BooksHarness): void {
  describe(`forecasts in the books: ${name}`, () => {
    let clock: ManualClock;
    let harness: BooksHarness;
    let books: Books;
    beforeEach(async () => {
      clock = manualClock(startMs);
      harness = makeHarness();
      books = await harness.open(clock);
    });
    afterEach(async () => {
      await books.close();
      await harness.cleanUp();
    });

    test('a version comes back whole, also after the books were closed, and leaves an audit entry', async () => {
      expect(await books.forecasts.keep(version('a'))).toBe(true);
      const again = await harness.reopen(clock);
      expect(await again.forecasts.get('a')).toEqual(version('a'));
      await again.close();
      expect(await books.forecasts.get('none')).toBeNull();
      expect(await books.audit.list({ subject: 'a' })).toMatchObject([
        { actor: 'scheduler', action: 'forecast.make', after: { reasons: ['prices'] } },
      ]);
    });

    test('a version never changes: keeping its id again leaves what is there', async () => {
      await books.forecasts.keep(version('a'));
      expect(await books.forecasts.keep(version('a', { report: { seed: 8 } }))).toBe(false);
      expect(await books.forecasts.get('a')).toEqual(version('a'));
      expect(await books.audit.list({ subject: 'a' })).toHaveLength(1);
    });

    test('the latest is the newest that was made by itself', async () => {
      expect(await books.forecasts.latest()).toBeNull();
      await books.forecasts.keep(version('a'));
      await books.forecasts.keep(version('b', { madeAtMs: startMs + 1 }));
      await books.forecasts.keep(version('c', { madeAtMs: startMs + 2, automatic: false, madeBy: 'ada' }));
      expect((await books.forecasts.latest())?.id).toBe('b');
    });

    test('the list is newest first, pages, and leaves the figures out', async () => {
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
        await books.forecasts.keep(version(id, { madeAtMs: startMs + Math.floor(index / 2) }));
      }
      const first = await books.forecasts.list({ limit: 3 });
      expect(first.map(({ id }) => id)).toEqual(['d', 'c', 'b']);
      expect(first[0]).not.toHaveProperty('report');
      expect(first[0]).toMatchObject({ summary: { from: '2026-04' }, automatic: true });
      expect((await books.forecasts.list({ limit: 3, beforeId: 'b' })).map(({ id }) => id)).toEqual(['a']);
    });

    test('the oldest beyond the most that are kept are forgotten', async () => {
      const versions = Array.from({ length: forecastsMax + 2 }, (_, index) => index);
      for (const index of versions) await books.forecasts.keep(version(`v${index}`, { madeAtMs: startMs + index }));
      expect(await books.forecasts.get('v1')).toBeNull();
      expect(await books.forecasts.get('v2')).not.toBeNull();
      expect(await books.forecasts.list({ limit: 5_000 })).toHaveLength(forecastsMax);
    }, 30_000);
  });
}

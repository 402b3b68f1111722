import { describe, expect } from 'vitest';
import { type BooksHarness, booksTest, contractStartMs as startMs } from './books.contract.ts';
import { type ForecastRecord, forecastsMax } from './forecasts.ts';

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
    const test = booksTest(makeHarness);

    test('a version comes back whole, also after the books were closed, and leaves an audit entry', async ({
      books,
      clock,
      harness,
    }) => {
      expect(await books.forecasts.keep(version('a'))).toBe(true);
      const again = await harness.reopen(clock);
      expect(await again.forecasts.get('a')).toEqual(version('a'));
      await again.close();
      expect(await books.forecasts.get('none')).toBeNull();
      expect(await books.audit.list({ subject: 'a' })).toMatchObject([
        { actor: 'scheduler', action: 'forecast.make', after: { reasons: ['prices'] } },
      ]);
    });

    test('a version never changes: keeping its id again leaves what is there', async ({ books }) => {
      await books.forecasts.keep(version('a'));
      expect(await books.forecasts.keep(version('a', { report: { seed: 8 } }))).toBe(false);
      expect(await books.forecasts.get('a')).toEqual(version('a'));
      expect(await books.audit.list({ subject: 'a' })).toHaveLength(1);
    });

    test('the latest is the newest that was made by itself', async ({ books }) => {
      expect(await books.forecasts.latest()).toBeNull();
      await books.forecasts.keep(version('a'));
      await books.forecasts.keep(version('b', { madeAtMs: startMs + 1 }));
      await books.forecasts.keep(version('c', { madeAtMs: startMs + 2, automatic: false, madeBy: 'ada' }));
      expect((await books.forecasts.latest())?.id).toBe('b');
    });

    test('the list is newest first, pages, and leaves the figures out', async ({ books }) => {
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
        await books.forecasts.keep(version(id, { madeAtMs: startMs + Math.floor(index / 2) }));
      }
      const first = await books.forecasts.list({ limit: 3 });
      expect(first.map(({ id }) => id)).toEqual(['d', 'c', 'b']);
      expect(first[0]).not.toHaveProperty('report');
      expect(first[0]).toMatchObject({ summary: { from: '2026-04' }, automatic: true });
      expect((await books.forecasts.list({ limit: 3, beforeId: 'b' })).map(({ id }) => id)).toEqual(['a']);
    });

    test('the oldest beyond the most that are kept are forgotten', async ({ books }) => {
      // Three at a time are of the same moment: among those the id decides.
      const ids = Array.from({ length: forecastsMax + 2 }, (_, index) => `v${String(index).padStart(3, '0')}`);
      for (const [index, id] of ids.entries()) {
        await books.forecasts.keep(version(id, { madeAtMs: startMs + Math.floor(index / 3) }));
      }
      const kept = await books.forecasts.list({ limit: forecastsMax + 2 });
      expect(kept.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
    }, 30_000);
  });
}

import { afterEach, expect, test } from 'vitest';
import { BurnrateError } from '../base/index.ts';
import { type BudgetDirectory, budgetDirectory } from './budget-directory.ts';
import { dailyBudget } from './budgets.contract.ts';
import type { BudgetRecord } from './budgets.ts';

let directory: BudgetDirectory | null = null;
afterEach(() => directory?.close());

const record = (name: string, version: number, removedAtMs: number | null = null): BudgetRecord => ({
  definition: dailyBudget({ name }),
  source: 'api',
  version,
  changedAtMs: 0,
  removedAtMs,
});

test('follows what is created, changed and removed', async () => {
  let records = [record('b', 1), record('a', 2)];
  directory = budgetDirectory({ changedSince: async (version) => records.filter((one) => one.version > version) });
  expect(directory.ready).toBe(false);
  await directory.refresh();
  expect(directory.definitions.map((definition) => definition.name)).toEqual(['a', 'b']);
  const before = directory.definitions;
  await directory.refresh();
  expect(directory.definitions).toBe(before);
  records = [record('b', 3, 1)];
  await directory.refresh();
  expect(directory.definitions.map((definition) => definition.name)).toEqual(['a']);
  expect(directory).toMatchObject({ version: 3, ready: true });
});

test('keeps what it knows while the books are lost', async () => {
  let lost = false;
  directory = budgetDirectory({
    changedSince: async (version) => {
      if (lost) throw new BurnrateError('books_unavailable', { message: 'lost' });
      return version === 0 ? [record('a', 1)] : [];
    },
  });
  await directory.refresh();
  lost = true;
  await expect(directory.refresh()).rejects.toMatchObject({ code: 'books_unavailable' });
  expect(directory.definitions).toHaveLength(1);
});

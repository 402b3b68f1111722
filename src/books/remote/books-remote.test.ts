import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idSource, systemClock } from '../../base/index.ts';
import type { RemoteServer } from '../../remote/index.ts';
import { BudgetAccount } from '../account/index.ts';
import type { Books } from '../books.ts';
import { budgetDirectory } from '../budget-directory.ts';
import { dailyBudget } from '../budgets.contract.ts';
import { keyDirectory } from '../key-directory.ts';
import { openSqliteBooks } from '../sqlite/index.ts';
import { connectBooks, serveBooks } from './books-remote.ts';

describe('books in another process', () => {
  const ids = idSource(systemClock);
  let folder: string;
  let served: Books;
  let server: RemoteServer;
  let books: ReturnType<typeof connectBooks>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'books-'));
    served = await openSqliteBooks({ path: join(folder, 'books.db'), clock: systemClock, ids });
    server = await serveBooks(served, join(folder, 'b.sock'));
    books = connectBooks(join(folder, 'b.sock'), systemClock, { connectWaitMs: 50 });
  });
  afterEach(async () => {
    await books.close();
    await server.close();
    await served.close();
    rmSync(folder, { recursive: true });
  });

  const account = () =>
    new BudgetAccount({
      books: books.budgets,
      holder: 'journal',
      nextLeaseId: () => ids.next('lease'),
      clock: systemClock,
    });
  const pot = { budget: 'daily', instance: '', unit: 'usd', hard: true, failOpen: false, limit: 100n } as const;
  const need = (amount: bigint) => ({ need: { usd: amount }, expected: { usd: amount } });

  test('keys and budgets are followed over the socket', async () => {
    const made = await served.keys.create({ name: 'k' }, 'ada');
    await served.budgets.put(dailyBudget({ limit: 10n ** 30n }), 'ada');
    const keys = keyDirectory(books.keys, systemClock);
    const budgets = budgetDirectory(books.budgets);
    await Promise.all([keys.refresh(), budgets.refresh()]);
    expect(keys.identify(made.ok ? made.secret : '')).toMatchObject({ name: 'k' });
    expect(budgets.definitions).toEqual([dailyBudget({ limit: 10n ** 30n })]);
    keys.close();
    budgets.close();
  });

  test('money is leased, held, posted and settled over the socket', async () => {
    await served.budgets.put(dailyBudget(), 'ada');
    const money = account();
    const held = await money.hold({
      holdId: 'h',
      pots: [pot],
      size: () => need(40n),
      admitted: false,
      waitMsMax: 5_000,
    });
    expect(held).toMatchObject({ ok: true });
    money.post('h', { usd: 25n }, false);
    await money.close();
    expect(await served.budgets.balances()).toMatchObject([{ posted: 25n, estimated: 0n, leased: 0n }]);
  });

  test('without the books what is not leased is refused', async () => {
    await served.budgets.put(dailyBudget(), 'ada');
    await server.close();
    const money = account();
    const ask = { holdId: 'h', pots: [pot], size: () => need(40n), admitted: false, waitMsMax: 300 };
    await expect(money.hold(ask)).rejects.toMatchObject({ code: 'books_unavailable' });
    expect(money.state.booksLost).toBe(true);
    await money.close();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import { idSource, manualClock } from '../../base/index.ts';
import { alertsContract } from '../alerts.contract.ts';
import { type BooksHarness, booksContract } from '../books.contract.ts';
import { budgetsContract } from '../budgets.contract.ts';
import { forecastsContract } from '../forecasts.contract.ts';
import { refusedCallsContract } from '../refused-calls.contract.ts';
import { reviewsContract } from '../reviews.contract.ts';
import { usersContract } from '../users.contract.ts';
import { openSqliteBooks } from './index.ts';

function sqliteHarness(): BooksHarness {
  let folder = '';
  const path = () => join(folder, 'books.db');
  return {
    async open(clock) {
      folder = await mkdtemp(join(tmpdir(), 'burnrate-books-'));
      return openSqliteBooks({ path: path(), clock, ids: idSource(clock) });
    },
    reopen: (clock) => openSqliteBooks({ path: path(), clock, ids: idSource(clock) }),
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  };
}

booksContract('sqlite', sqliteHarness);
budgetsContract('sqlite', sqliteHarness);
alertsContract('sqlite', sqliteHarness);
reviewsContract('sqlite', sqliteHarness);
forecastsContract('sqlite', sqliteHarness);
usersContract('sqlite', sqliteHarness);
refusedCallsContract('sqlite', sqliteHarness);

describe('opening a SQLite file', () => {
  test('a file that cannot be opened is an operational failure', async () => {
    const clock = manualClock(0);
    const opening = openSqliteBooks({ path: '/nonexistent/folder/books.db', clock, ids: idSource(clock) });
    await expect(opening).rejects.toMatchObject({ code: 'books_unavailable' });
  });

  test('a file written by a newer version is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'burnrate-books-'));
    const path = join(folder, 'books.db');
    const clock = manualClock(0);
    await (await openSqliteBooks({ path, clock, ids: idSource(clock) })).close();
    const file = new Libsql(path);
    file.exec('insert into schema_version values (999)');
    file.close();
    await expect(openSqliteBooks({ path, clock, ids: idSource(clock) })).rejects.toMatchObject({
      code: 'books_unavailable',
      message: expect.stringContaining('newer'),
    });
    await rm(folder, { recursive: true });
  });

  test('several openers of a new file migrate it once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'burnrate-books-'));
    const clock = manualClock(0);
    const open = () => openSqliteBooks({ path: join(folder, 'books.db'), clock, ids: idSource(clock) });
    const all = await Promise.all([open(), open(), open()]);
    await all[0]?.keys.create({ id: 'k', name: 'k' }, 'ada');
    expect(await all[2]?.keys.get('k')).not.toBeNull();
    await Promise.all(all.map((books) => books.close()));
    await rm(folder, { recursive: true });
  });
});

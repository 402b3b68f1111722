import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { caseAttempt } from '../../test/cases/attempts.ts';
import { MemoryLedger } from '../../test/cases/memory-ledger.ts';
import { idSource, systemClock, systemRandom } from '../base/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { defaultConfig } from '../config/index.ts';
import { openJournal, startShipper } from '../journal/index.ts';
import type { BudgetDefinition } from '../tree/index.ts';
import { openWorkerMoney } from './worker-money.ts';

const definition: BudgetDefinition = {
  ...{ name: 'all', scope: {}, per: [], unit: 'usd', limit: 10n ** 9n, hard: true, failOpen: false, brake: [] },
  period: { kind: 'total', timeZone: 'UTC', rolling: false },
};
const pot = { budget: 'all', instance: '', unit: 'usd', hard: true, failOpen: false, limit: definition.limit } as const;

test('a journal with money sheds what is shipped, and goes when the books know of all of it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'worker-money-'));
  const [clock, ids, log] = [systemClock, idSource(systemClock), () => undefined];
  const books = await openSqliteBooks({ path: join(dir, 'books.db'), clock, ids });
  await books.budgets.adoptFile([definition], 'test');
  const journals = join(dir, 'journal');
  mkdirSync(journals);
  const journal = await openJournal({ dir: journals, ids, log, syncIntervalMs: 2 });
  const money = await openWorkerMoney({ config: defaultConfig({}), books, journal, clock, ids });
  const shipper = startShipper({
    source: journal.source,
    ledger: new MemoryLedger(),
    clock,
    random: systemRandom,
    log,
  });
  const { account } = money.port;
  const call = async (id: string): Promise<void> => {
    const size = () => ({ need: { usd: 5n }, expected: { usd: 5n } });
    const held = await account.hold({ holdId: id, pots: [pot], size, admitted: false, waitMsMax: 5_000 });
    if (!held.ok) throw new Error(`no money for ${id}`);
    await journal.begin(caseAttempt(id), held.entry);
    await journal.end(caseAttempt(id), account.post(id, { usd: 3n }, false));
  };
  for (let round = 0; round < 4; round++) {
    for (let part = 0; part < 16; part++) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => call(`${round}-${part}-${i}`)));
    }
    await journal.sync();
    await shipper.drain(10_000);
  }
  const [oldest] = journal.source.readAfter(0, 1)?.attempts ?? [];
  expect(oldest?.attemptId).not.toBe(caseAttempt('0-0-0').attemptId);
  await money.close();
  await shipper.stop();
  expect((await books.budgets.balances({ budget: 'all' })).map(({ posted, leased }) => [posted, leased])).toEqual([
    [19_200n, 0n],
  ]);
  await journal.close();
  expect(readdirSync(journals)).toEqual([]);
  await books.close();
  rmSync(dir, { recursive: true });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caseAttempt } from '../../test/cases/attempts.ts';
import { MemoryLedger } from '../../test/cases/memory-ledger.ts';
import { runUntilKilled } from '../../test/cases/run-child.ts';
import { idSource, systemClock, systemRandom } from '../base/index.ts';
import { openDuckDbLedger } from '../ledger/duckdb/index.ts';
import { type JournalNotice, type LedgerPort, openJournal, takeOverJournals } from './index.ts';

let dir: string;
const notices: JournalNotice[] = [];
const takeOver = (ledger: LedgerPort, folder = dir) =>
  takeOverJournals({
    dir: folder,
    ledger,
    clock: systemClock,
    random: systemRandom,
    log: (notice) => notices.push(notice),
  });
const dbFiles = () => readdirSync(dir).filter((name) => name.endsWith('.db'));

/** A journal whose process is gone: two attempts ended, one in flight. */
async function leaveJournal(): Promise<string> {
  const journal = await openJournal({ dir, ids: idSource(systemClock), log: () => {} });
  await Promise.all(['1', '2', '3'].map((id) => journal.begin(caseAttempt(id))));
  void journal.end(caseAttempt('1'));
  void journal.end(caseAttempt('2'));
  await journal.close();
  return join(dir, `${journal.id}.db`);
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'takeover-'));
  notices.length = 0;
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what was in flight is booked as a crash, all of it ships, and the files go', async () => {
  await leaveJournal();
  const ledger = new MemoryLedger();
  const taken = await takeOver(ledger);
  expect(taken).toMatchObject({ journals: 1, crashedAttempts: 1, setAside: 0 });
  await taken.done;
  const crashed = {
    ...caseAttempt('3'),
    status: 0,
    failure: 'crash',
    usageSource: 'estimated',
    firstByteMs: null,
    firstTokenMs: null,
    durationMs: 0,
    responseBytes: 0,
    providerRequestId: '',
  };
  expect(ledger.attempts).toEqual([caseAttempt('1'), caseAttempt('2'), crashed]);
  expect(readdirSync(dir)).toEqual([]);
});

test('a journal whose owner lives is left alone, also by takers that race', async () => {
  const owned = await openJournal({ dir, ids: idSource(systemClock), log: () => {} });
  await owned.begin(caseAttempt('mine'));
  await leaveJournal();
  const ledger = new MemoryLedger();
  const takers = await Promise.all([takeOver(ledger), takeOver(ledger), takeOver(ledger)]);
  expect(takers.map((taker) => taker.journals).sort()).toEqual([0, 0, 1]);
  await Promise.all(takers.map((taker) => taker.done));
  expect(ledger.attempts).toHaveLength(3);
  expect(dbFiles()).toEqual([`${owned.id}.db`]);
  void owned.end(caseAttempt('mine'));
  await owned.close();
});

test('a taker that stops before the ledger has all leaves the rest to the next', async () => {
  await leaveJournal();
  const away = new MemoryLedger();
  away.down = true;
  const first = await takeOver(away);
  await first.stop();
  expect(dbFiles()).toHaveLength(1);
  const ledger = new MemoryLedger();
  const second = await takeOver(ledger);
  expect(second).toMatchObject({ journals: 1, crashedAttempts: 0 });
  await second.done;
  expect(ledger.attempts).toHaveLength(3);
});

test.each<[string, (path: string) => void]>([
  ['garbage', (path) => writeFileSync(path, 'this is no database'.repeat(1_000))],
  ['a file cut within a page', (path) => truncateSync(path, 2_048)],
  ['a file that lost pages', (path) => truncateSync(path, 8_192)],
  [
    'an entry that was changed',
    (path) => {
      const database = new Database(path);
      database.exec('UPDATE entries SET body = substr(body, 1, 100)');
      database.close();
    },
  ],
])('%s is set aside, said so, and the others are taken', async (_, damage) => {
  const path = await leaveJournal();
  const database = new Database(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  damage(path);
  await leaveJournal();
  const ledger = new MemoryLedger();
  const taken = await takeOver(ledger);
  expect(taken).toMatchObject({ journals: 1, setAside: 1 });
  await taken.done;
  expect(ledger.attempts).toHaveLength(3);
  expect(notices.map((notice) => notice.code)).toEqual(['JOURNAL_DAMAGED']);
  expect(existsSync(`${path}.damaged`)).toBe(true);
  expect(dbFiles()).toEqual([]);
});

test('an empty file, left by a process killed while it made it, is removed', async () => {
  writeFileSync(join(dir, 'jnl_x.db'), '');
  await (await takeOver(new MemoryLedger())).done;
  expect(readdirSync(dir)).toEqual([]);
});

test('kill −9 of the owner, then of takers at every stage: each safe start is in the ledger exactly once', async () => {
  const rounds = (await runUntilKilled('journal-child.ts', ['write', dir], 150)).length;
  const script = fileURLToPath(new URL('../../test/cases/journal-child.ts', import.meta.url));
  for (const when of ['booked', 'before', 'after']) {
    const child = spawnSync(process.execPath, ['--import', 'tsx', script, 'take', dir, when]);
    expect(child.signal, String(child.stderr)).toBe('SIGKILL');
  }
  const ledger = await openDuckDbLedger({ file: join(dir, 'ledger.duckdb'), clock: systemClock });
  await (await takeOver(ledger)).done;
  const { total } = await ledger.costs({ range: { fromMs: 0, toMs: 1e14 }, by: [], where: {} });
  expect(total.attempts).toBe(total.calls);
  expect(total.attempts).toBeGreaterThanOrEqual(rounds * 3);
  expect(total.attempts % 3).toBe(0);
  const crashed = await ledger.costs({ range: { fromMs: 0, toMs: 1e14 }, by: [], where: { failure: ['crash'] } });
  expect(crashed.total.attempts).toBeGreaterThanOrEqual(rounds);
  expect(dbFiles()).toEqual([]);
  await ledger.close();
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt } from '../../test/cases/attempts.ts';
import { MemoryLedger } from '../../test/cases/memory-ledger.ts';
import { runUntilKilled } from '../../test/cases/run-child.ts';
import { idSource, systemClock, systemRandom } from '../base/index.ts';
import { recoverLeases } from '../books/index.ts';
import { openDuckDbLedger } from '../ledger/duckdb/index.ts';
import type { HoldEntry } from '../tree/index.ts';
import { CheckpointMark } from './checkpoint-mark.ts';
import { type DeadMoney, type LedgerPort, openJournal, takeOverJournals } from './index.ts';
import type { JournalNotice } from './journal-log.ts';
import type { TakeOverOptions } from './take-over.ts';

let dir: string;
const notices: JournalNotice[] = [];
const takeOver = (ledger: LedgerPort, folder = dir, more: Partial<TakeOverOptions> = {}) =>
  takeOverJournals({
    ...more,
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

describe('money', () => {
  const share = (amount: bigint) => ({ leaseId: 'l1', budget: 'company', instance: 'user=a', amount });
  const hold = (holdId: string, amount: bigint): HoldEntry => ({ kind: 'hold', holdId, shares: [share(amount)] });

  async function leaveMoney(): Promise<void> {
    const journal = await openJournal({ dir, ids: idSource(systemClock), log: () => {} });
    await journal.begin(caseAttempt('1'), hold('1', 40n));
    await journal.begin(caseAttempt('2'), hold('2', 30n));
    await journal.extend({ kind: 'extend', holdId: '2', shares: [share(50n)] });
    void journal.end(caseAttempt('1'), { kind: 'post', holdId: '1', shares: [share(12n)], estimated: false });
    journal.checkpointWith(() => ({ kind: 'checkpoint', spent: [share(12n)], holds: [] }));
    await journal.sync();
    await journal.close();
  }

  test('of a dead journal is told to the books until they have heard, in order, and only then it goes', async () => {
    await leaveMoney();
    const told: (DeadMoney & { kinds: string[] })[] = [];
    const settle = (money: DeadMoney) => {
      told.push({ ...money, kinds: [...money.entries].map((entry) => entry.kind) });
      return told.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const taken = await takeOver(new MemoryLedger(), dir, { settle });
    await taken.done;
    expect(told.map(({ kinds }) => kinds)).toEqual(Array(2).fill(['hold', 'hold', 'extend', 'post', 'checkpoint']));
    expect(told[1]?.intact).toBe(true);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('stays in its file while nobody can settle it', async () => {
    await leaveMoney();
    await (await takeOver(new MemoryLedger())).done;
    expect(dbFiles()).toHaveLength(1);
  });

  test.each([
    ['the same run of the machine', '', true],
    ['another one, after an orderly end', 'other', true],
  ])('is whole: %s', async (_name, boot, intact) => {
    await leaveMoney();
    const seen: boolean[] = [];
    const settle = (money: DeadMoney) => Promise.resolve(void seen.push(money.intact));
    await (await takeOver(new MemoryLedger(), dir, { settle, ...(boot === '' ? {} : { boot }) })).done;
    expect(seen).toEqual([intact]);
  });

  test('held by a process that was killed is told in full; after a power cut it may not be all', async () => {
    const rounds = (await runUntilKilled('journal-child.ts', ['hold', dir], 20)).length;
    const seen: [boolean, bigint][] = [];
    const settle = (money: DeadMoney) => {
      seen.push([money.intact, recoverLeases(money.entries).finals[0]?.spent ?? 0n]);
      return Promise.reject(new Error('once more'));
    };
    for (const boot of ['', 'other']) {
      const taken = await takeOver(new MemoryLedger(), dir, { settle, ...(boot === '' ? {} : { boot }) });
      await taken.stop();
    }
    expect(seen.map(([intact]) => intact)).toEqual([true, false]);
    // Of each three attempts one was posted at 10, and two were in flight at 30.
    for (const [, spent] of seen) expect(spent).toBeGreaterThanOrEqual(70n * BigInt(rounds));
  });
});

test('entries that carry money are dropped only behind a checkpoint on disk', () => {
  const mark = new CheckpointMark();
  expect(mark.floor(10)).toBe(Number.POSITIVE_INFINITY);
  mark.noteMoney(5);
  expect([mark.floor(10), mark.wantsCheckpoint]).toEqual([-1, true]);
  mark.noteCheckpoint(8);
  expect([mark.floor(7), mark.wantsCheckpoint]).toEqual([-1, false]);
  mark.noteMoney(9);
  expect(mark.floor(8)).toBe(7);
  mark.noteCheckpoint(20);
  expect([mark.floor(19), mark.floor(20)]).toEqual([7, 19]);
});

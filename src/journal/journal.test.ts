import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt } from '../../test/cases/attempts.ts';
import { MemoryLedger } from '../../test/cases/memory-ledger.ts';
import { idSource, systemClock, systemRandom } from '../base/index.ts';
import { fromPicos } from '../money/index.ts';
import type { Attempt } from '../tree/index.ts';
import { decodeEntry, encodeEntry } from './entry-codec.ts';
import { type OpenJournal, openJournal, startShipper } from './index.ts';
import { openJournalFile } from './journal-file.ts';
import type { JournalNotice } from './journal-log.ts';
import type { JournalOptions } from './open-journal.ts';

const ids = idSource(systemClock);
let dir: string;
let notices: JournalNotice[];
let journals: OpenJournal[];

async function open(more: Partial<JournalOptions> = {}, openFile = openJournalFile): Promise<OpenJournal> {
  const log = (notice: JournalNotice) => notices.push(notice);
  const journal = await openJournal({ dir, ids, log, syncIntervalMs: 2, retryMs: 5, ...more }, openFile);
  journals.push(journal);
  return journal;
}

const ship = (journal: OpenJournal, ledger: MemoryLedger, more = {}) =>
  startShipper({
    source: journal.source,
    ledger,
    clock: systemClock,
    random: systemRandom,
    log: (notice) => notices.push(notice),
    intervalMs: 2,
    backoffMsMax: 120,
    ...more,
  });

async function record(journal: OpenJournal, ...attempts: Attempt[]): Promise<void> {
  await Promise.all(attempts.map((attempt) => journal.begin(attempt)));
  for (const attempt of attempts) void journal.end(attempt);
}

const many = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, index) => caseAttempt(`${prefix}${index}`));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
  notices = [];
  journals = [];
});
afterEach(async () => {
  await Promise.all(journals.map((journal) => journal.close()));
  rmSync(dir, { recursive: true });
});

describe('entries', () => {
  test.each([
    ['known price', caseAttempt('1')],
    ['unknown price', caseAttempt('1', { cost: null, lines: [], priceState: 'unknown' })],
    [
      'large money and odd text',
      caseAttempt('1', { cost: fromPicos(2n ** 90n), run: 'line\nbreak "é"', tags: { a: '\n' } }),
    ],
  ])('are read as they were written: %s', (_, attempt) => {
    const text = encodeEntry('end', attempt);
    expect(text).not.toContain('\n');
    expect(decodeEntry(text)).toEqual({ kind: 'end', attempt, hold: null });
  });

  test('of a kind from the future are passed over, damaged ones are an error', () => {
    expect(decodeEntry('{"k":"hold","a":{}}')).toBeNull();
    expect(() => decodeEntry('{"k":"end","a')).toThrow(SyntaxError);
    expect(() => decodeEntry('{"k":"end","a":{"cost":null}}')).toThrow(TypeError);
  });
});

describe('journal', () => {
  test('ships what ended, once, and counts what is not shipped', async () => {
    const journal = await open();
    await record(journal, caseAttempt('1'), caseAttempt('2'));
    await journal.begin(caseAttempt('3'));
    await journal.sync();
    expect(journal.unshipped).toBe(2);
    const ledger = new MemoryLedger();
    const shipper = ship(journal, ledger);
    expect(await shipper.drain(5_000)).toBe(true);
    expect(ledger.attempts).toEqual([caseAttempt('1'), caseAttempt('2')]);
    expect(journal.unshipped).toBe(0);
    expect(shipper.stats()).toEqual({ lagMs: 0, shippedAttempts: 2, failedSends: 0 });
    await shipper.stop();
    void journal.end(caseAttempt('3'));
  });

  test('nothing ships before it survives a power loss', async () => {
    const journal = await open({ syncIntervalMs: 1e6 });
    await record(journal, caseAttempt('1'));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(journal.unshipped).toBe(1);
    expect(journal.source.readAfter(0, 10)).toBeNull();
    await journal.sync();
    expect(journal.source.readAfter(0, 10)?.attempts).toEqual([caseAttempt('1')]);
  });

  test('a second begin, a second end and an end without a begin are defects', async () => {
    const journal = await open();
    await journal.begin(caseAttempt('1'));
    expect(() => journal.begin(caseAttempt('1'))).toThrow('began twice');
    void journal.end(caseAttempt('1'));
    expect(() => journal.end(caseAttempt('1'))).toThrow('without being open');
    expect(() => journal.end(caseAttempt('2'))).toThrow('without being open');
  });

  test('attempts in flight are bounded', async () => {
    const journal = await open({ openAttemptsMax: 2 });
    await Promise.all([journal.begin(caseAttempt('1')), journal.begin(caseAttempt('2'))]);
    await expect(journal.begin(caseAttempt('3'))).rejects.toMatchObject({ code: 'overloaded' });
    void journal.end(caseAttempt('1'));
    await journal.begin(caseAttempt('3'));
  });

  /** A disk that takes nothing more while it is full, though room in a file can still be freed. */
  const fullDisk = () => {
    const disk = { full: false, deletedThrough: 0 };
    const openFile: typeof openJournalFile = async (path) => {
      const file = await openJournalFile(path);
      return {
        ...file,
        write(first, texts) {
          if (disk.full) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
          file.write(first, texts);
        },
        deleteThrough(sequence) {
          disk.deletedThrough = sequence;
          file.deleteThrough(sequence);
        },
      };
    };
    return { disk, openFile };
  };
  /** Ends of all entries so far reached the ledger. */
  const released = async (journal: OpenJournal) => {
    await journal.sync();
    journal.source.release(journal.source.syncedSequence, journal.unshipped);
  };

  test('what began stays in the file until its end is there too, though the disk was full when it ended', async () => {
    const { disk, openFile } = fullDisk();
    const journal = await open({}, openFile);
    await journal.begin(caseAttempt('slow'));
    await record(journal, ...many(1_500));
    await journal.sync();
    disk.full = true;
    await journal.end(caseAttempt('slow'));
    await released(journal);
    expect(disk.deletedThrough).toBe(0);
    disk.full = false;
    await expect.poll(() => journal.unshipped).toBe(1);
    await record(journal, ...many(1_500, 'more-'));
    await released(journal);
    expect(disk.deletedThrough).toBeGreaterThan(3_000);
  });

  test('what began long ago stays in the file until it is written again', async () => {
    const { disk, openFile } = fullDisk();
    const journal = await open({ syncIntervalMs: 1_000 }, openFile);
    await journal.begin(caseAttempt('slow'));
    for (let round = 0; round < 6; round++) await record(journal, ...many(1_750, `${round}-`));
    await journal.sync();
    await journal.begin(caseAttempt('later'));
    disk.full = true;
    await released(journal);
    await new Promise((resolve) => setImmediate(resolve));
    await released(journal);
    expect(disk.deletedThrough).toBe(0);
    disk.full = false;
    await released(journal);
    await journal.sync();
    await released(journal);
    expect(disk.deletedThrough).toBeGreaterThan(20_000);
    for (const name of ['slow', 'later']) void journal.end(caseAttempt(name));
  });

  test('when the disk is full starts are refused and ends wait until there is room', async () => {
    const { disk, openFile } = fullDisk();
    const journal = await open({}, openFile);
    const begun = many(5);
    await Promise.all(begun.map((attempt) => journal.begin(attempt)));
    disk.full = true;
    for (const attempt of begun) void journal.end(attempt);
    const refused = { code: 'journal_unavailable' };
    await expect(journal.begin(caseAttempt('late'))).rejects.toMatchObject(refused);
    await expect(journal.begin(caseAttempt('late'))).rejects.toMatchObject(refused);
    expect(notices).toMatchObject([refused]);
    expect(journal.unshipped).toBe(0);
    disk.full = false;
    await expect.poll(() => journal.unshipped).toBe(5);
    await record(journal, caseAttempt('late'));
    await journal.sync();
    const ledger = new MemoryLedger();
    const shipper = ship(journal, ledger);
    expect(await shipper.drain(5_000)).toBe(true);
    await shipper.stop();
    expect(ledger.attempts).toEqual([...begun, caseAttempt('late')]);
  });

  test('the size of the file is bounded', async () => {
    const journal = await open({ fileBytesMax: 100_000 });
    const fill = async () => {
      for (let n = 0; n < 1_000; n++) await journal.begin(caseAttempt(`${n}`));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'journal_unavailable' });
  });

  test('the file does not grow while the ledger keeps up, though an attempt stays open', async () => {
    const journal = await open({ logBytesMax: 300_000 });
    const ledger = new MemoryLedger();
    const shipper = ship(journal, ledger);
    await journal.begin(caseAttempt('slow'));
    for (let round = 0; round < 60; round++) {
      await record(journal, ...many(500, `${round}-`));
      await journal.sync();
      expect(await shipper.drain(10_000)).toBe(true);
    }
    const bytes = (suffix: string) => statSync(join(dir, `${journal.id}.db${suffix}`)).size;
    // 30,000 attempts are about 75 MB of entries; what is kept is the last 20,000 entries and slack.
    expect(bytes('')).toBeLessThan(45e6);
    expect(bytes('-wal')).toBeLessThan(15e6);
    expect(ledger.attempts).toHaveLength(30_000);
    await shipper.stop();
    void journal.end(caseAttempt('slow'));
  });

  test('closing removes the files when all is shipped, and keeps them otherwise', async () => {
    const [done, kept] = [await open(), await open()];
    await Promise.all([record(done, caseAttempt('1')), record(kept, caseAttempt('2'))]);
    await done.sync();
    const shipper = ship(done, new MemoryLedger());
    await shipper.drain(5_000);
    await shipper.stop();
    await Promise.all([done.close(), kept.close()]);
    expect(existsSync(join(dir, `${done.id}.db`))).toBe(false);
    expect(readdirSync(dir).filter((name) => name.endsWith('.db'))).toEqual([`${kept.id}.db`]);
    await expect(kept.begin(caseAttempt('3'))).rejects.toMatchObject({ code: 'journal_unavailable' });
  });

  test('a folder that cannot be made is a coded failure', async () => {
    await expect(openJournal({ dir: '/dev/null/x', ids, log: () => {} })).rejects.toMatchObject({
      code: 'journal_unavailable',
    });
  });
});

describe('shipper', () => {
  test.each<[string, ('before' | 'after')[]]>([
    ['the ledger was away', ['before', 'before']],
    ['the answer was lost', ['after']],
    ['both', ['after', 'before', 'after']],
  ])('loses nothing and sends nothing twice when %s', async (_, failures) => {
    const journal = await open();
    const ledger = new MemoryLedger();
    ledger.failures = failures;
    const failed = failures.length;
    const shipper = ship(journal, ledger, { attemptsPerBatchMax: 10 });
    for (let round = 0; round < 5; round++) await record(journal, ...many(7, `${round}-`));
    await journal.sync();
    expect(await shipper.drain(10_000)).toBe(true);
    await shipper.stop();
    expect(ledger.attempts.map((attempt) => attempt.attemptId)).toEqual(
      [0, 1, 2, 3, 4].flatMap((round) => many(7, `${round}-`).map((attempt) => attempt.attemptId)),
    );
    expect(shipper.stats()).toMatchObject({ failedSends: failed, shippedAttempts: 35 });
    expect(journal.unshipped).toBe(0);
    expect(notices.map((notice) => notice.code)).toContain('LEDGER_UNAVAILABLE');
  });

  test('reads from the file what no longer fits in memory', async () => {
    const journal = await open({ recentAttemptsMax: 20 });
    const ledger = new MemoryLedger();
    ledger.down = true;
    const shipper = ship(journal, ledger, { attemptsPerBatchMax: 30 });
    for (let round = 0; round < 40; round++) await record(journal, ...many(10, `${round}-`));
    await journal.sync();
    ledger.down = false;
    expect(await shipper.drain(10_000)).toBe(true);
    await shipper.stop();
    expect(new Set(ledger.attempts.map((attempt) => attempt.attemptId)).size).toBe(400);
    expect(ledger.attempts).toHaveLength(400);
    expect(ledger.attempts[0]).toEqual(caseAttempt('0-0'));
  });

  test('drain gives up in time when the ledger stays away', async () => {
    const journal = await open();
    const ledger = new MemoryLedger();
    ledger.down = true;
    const shipper = ship(journal, ledger);
    await record(journal, caseAttempt('1'));
    await journal.sync();
    expect(await shipper.drain(30)).toBe(false);
    expect(shipper.stats().lagMs).toBeGreaterThan(0);
    await shipper.stop();
  });
});

import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BurnrateError, type Clock, type Random } from '../base/index.ts';
import { bookCrashes } from './book-crashes.ts';
import { bootId } from './boot-id.ts';
import { type DeadMoney, moneyOf } from './dead-money.ts';
import { type JournalFile, openJournalFile, pageBytes, removeJournalFile } from './journal-file.ts';
import { type JournalLog, noticeOf } from './journal-log.ts';
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
import { readBatch } from './read-batch.ts';
import type { ShipSource } from './ship-source.ts';
import { type LedgerPort, startShipper } from './shipper.ts';

export interface TakeOverOptions {
  readonly dir: string;
  readonly ledger: LedgerPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: JournalLog;
  /**
   * Tells the books what the leases of a dead journal spent; told again until it succeeds, so it must be repeatable.
   * Without it, journals that carry money are shipped and kept.
   */
  readonly settle?: (money: DeadMoney) => Promise<void>;
  /** Names the present run of the machine; for tests. */
  readonly boot?: string;
}

/** What was found when a worker started. */
export interface TakeOver {
  /** Journals whose owner is dead and that are ours now. */
  readonly journals: number;
  /** Attempts begun and never ended, booked as estimates with failure `crash`. */
  readonly crashedAttempts: number;
  /** Journals that could not be read and were set aside. */
  readonly setAside: number;
  /** Resolves when every journal taken is in the ledger and its file is gone, or after `stop`. */
  readonly done: Promise<void>;
  /** Stops shipping; what is not shipped waits for the next taker. */
  stop(): Promise<void>;
}

interface TakenJournal {
  readonly id: string;
  readonly path: string;
  readonly file: JournalFile;
  readonly lock: OwnerLock;
  readonly crashedAttempts: number;
  readonly money: DeadMoney;
}

type Claim = { state: 'taken'; journal: TakenJournal } | { state: 'owned' | 'gone' | 'set-aside' | 'failed' };

/** A lock file without a journal is a leftover when it is older than this; a younger one may be a journal being made. */
const orphanLockMs = 3_600_000;
/** Journals one start takes; what is left is taken at the next. */
const journalsPerStartMax = 256;

/**
 * Takes over the journals in `dir` whose owner is dead: books what was in flight, then ships in the background and
 * deletes each file once the ledger covers it. Safe against several takers at once and against being killed anywhere:
 * booking is one commit in the journal itself, and the ledger's watermark makes shipping idempotent.
 */
export async function takeOverJournals(options: TakeOverOptions): Promise<TakeOver> {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const claims: Claim[] = [];
  for (const id of journalIds(options.dir)) {
    if (claims.length >= journalsPerStartMax) break;
    const claim = await claimJournal(options, id);
    if (claim.state !== 'owned') claims.push(claim);
  }
  removeOrphanLocks(options);
  const journals = claims.flatMap((claim) => (claim.state === 'taken' ? [claim.journal] : []));
  const shipping = journals.map((journal) => shipAndRemove(options, journal));
  return {
    journals: journals.length,
    crashedAttempts: journals.reduce((sum, journal) => sum + journal.crashedAttempts, 0),
    setAside: claims.filter((claim) => claim.state === 'set-aside').length,
    done: Promise.all(shipping.map((one) => one.done)).then(() => undefined),
    stop: async () => {
      await Promise.all(shipping.map((one) => one.stop()));
    },
  };
}

function journalIds(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.db'));
  return names.map((name) => name.slice(0, -'.db'.length)).sort();
}

async function claimJournal(options: TakeOverOptions, id: string): Promise<Claim> {
  const path = join(options.dir, `${id}.db`);
  let lock: OwnerLock | null;
  try {
    lock = takeOwnerLock(join(options.dir, `${id}.lock`));
  } catch (cause) {
    options.log(noticeOf('journal_unavailable', id, cause));
    return { state: 'failed' };
  }
  if (!lock) return { state: 'owned' };
  // Whoever had the lock before us may have finished and removed the journal.
  if (!existsSync(path)) {
    lock.release(true);
    return { state: 'gone' };
  }
  return openTaken(options, id, path, lock);
}

async function openTaken(options: TakeOverOptions, id: string, path: string, lock: OwnerLock): Promise<Claim> {
  let file: JournalFile | null = null;
  try {
    checkLength(path);
    file = await openJournalFile(path);
    // Before the crashes are booked: they are entries too, and the last one tells of an orderly end.
    const money = moneyOf(file, id, options.boot ?? bootId());
    const crashedAttempts = bookCrashes(file);
    // Entries that survived the kill, and those just written, must survive a power loss before the ledger sees them.
    await file.sync();
    return { state: 'taken', journal: { id, path, file, lock, crashedAttempts, money } };
  } catch (cause) {
    await file?.close();
    const damaged = isDamage(cause);
    if (damaged) setAside(path);
    options.log(noticeOf(damaged ? 'JOURNAL_DAMAGED' : 'journal_unavailable', id, cause));
    lock.release(damaged);
    return { state: damaged ? 'set-aside' : 'failed' };
  }
}

/** SQLite takes a file shorter than a page for a new one, and would say nothing of what is missing. */
function checkLength(path: string): void {
  const { size } = statSync(path);
  if (size % pageBytes !== 0) throw new SyntaxError(`the file ends within a page, at ${size} bytes`);
}

/** Damage is what reading again cannot help; a full disk or a busy file is tried again at the next start. */
function isDamage(cause: unknown): boolean {
  if (cause instanceof SyntaxError || cause instanceof TypeError) return true;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB') || code === 'SQLITE_ERROR';
}

/** Keeps the file for a person to look at, under a name no taker reads. */
function setAside(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.damaged${suffix}`);
  }
}

interface Shipping {
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

function shipAndRemove(options: TakeOverOptions, journal: TakenJournal): Shipping {
  const { id, path, file, lock } = journal;
  const last = file.lastSequence();
  let finish: (covered: boolean) => void = () => {};
  const covered = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const source: ShipSource = {
    id,
    syncedSequence: last,
    readAfter(sequence) {
      const batch = sequence >= last ? null : readBatch(file, id, sequence, last);
      if (!batch) finish(true);
      return batch;
    },
    release: () => {},
  };
  const shipper = startShipper({ ...options, source });
  const settling = settleUntilDone(options, journal);
  const done = covered.then(async (complete) => {
    await shipper.stop();
    if (!complete) settling.stop();
    const gone = (await settling.done) && complete;
    await file.close();
    if (gone) removeJournalFile(path);
    lock.release(gone);
  });
  return {
    done,
    stop: () => {
      finish(false);
      settling.stop();
      return done;
    },
  };
}

/** Pause between tries to reach the books. */
const settleRetryMs = 1_000;

/** Resolves to whether the books know of everything. */
function settleUntilDone(options: TakeOverOptions, { id, money }: TakenJournal) {
  const end = new AbortController();
  const run = async (): Promise<boolean> => {
    if (money.none && !options.settle) return true;
    while (options.settle && !end.signal.aborted) {
      try {
        await options.settle(money);
        return true;
      } catch (cause) {
        options.log(noticeOf(cause instanceof BurnrateError ? cause.code : 'books_unavailable', id, cause));
        await pause(settleRetryMs, end.signal);
      }
    }
    return false;
  };
  return { done: run(), stop: () => end.abort() };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function removeOrphanLocks({ dir, clock }: TakeOverOptions): void {
  for (const name of readdirSync(dir).filter((entry) => entry.endsWith('.lock'))) {
    const path = join(dir, name);
    if (existsSync(path.replace(/\.lock$/, '.db'))) continue;
    if (clock.nowMs() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? clock.nowMs()) < orphanLockMs) continue;
    takeOwnerLock(path)?.release(true);
  }
}

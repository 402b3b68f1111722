import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert, BurnrateError, type IdSource } from '../base/index.ts';
import type { Attempt, HoldEntry, ShipBatch } from '../tree/index.ts';
import { bootId } from './boot-id.ts';
import { CheckpointMark } from './checkpoint-mark.ts';
import { closedText, encodeEntry, encodeMoney } from './entry-codec.ts';
import type { AttemptStart, Journal } from './journal.ts';
import { chunkEntriesMax, type JournalFile, openJournalFile, removeJournalFile } from './journal-file.ts';
import { type JournalLog, noticeOf } from './journal-log.ts';
import { createLogKeeper, type LogKeeper } from './log-keeper.ts';
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
import { readBatch } from './read-batch.ts';
import { RecentChunks } from './recent-chunks.ts';
import type { ShipSource } from './ship-source.ts';

export interface JournalOptions {
  /** Folder of all journals of this machine; made when missing. */
  readonly dir: string;
  readonly ids: IdSource;
  readonly log: JournalLog;
  /** Attempts begun and not ended at one time; `begin` beyond it is refused as `overloaded`. */
  readonly openAttemptsMax?: number;
  /** Ended attempts kept in memory for shipping; beyond it they are read from the file. */
  readonly recentAttemptsMax?: number;
  readonly syncIntervalMs?: number;
  /** Size of the write-ahead log at which it is moved into the file. */
  readonly logBytesMax?: number;
  /** Pause between tries to write what a full disk refused. */
  readonly retryMs?: number;
  /** Size of the file at which it counts as full: `begin` is refused until the ledger has caught up. */
  readonly fileBytesMax?: number;
}

export interface OpenJournal extends Journal {
  /** What the shipper takes from. */
  readonly source: ShipSource;
  /** Resolves when everything written so far survives a power loss and may ship. */
  sync(): Promise<void>;
  /**
   * Says how to sum up the money of this journal in one entry. Until then entries that carry money are never dropped;
   * afterwards they are dropped behind such a checkpoint that survives a power loss.
   */
  checkpointWith(checkpoint: () => HoldEntry & { kind: 'checkpoint' }): void;
}

const defaults = {
  openAttemptsMax: 10_000,
  recentAttemptsMax: 8_000,
  syncIntervalMs: 50,
  logBytesMax: 16 * 1024 * 1024,
  retryMs: 250,
  fileBytesMax: 16 * 1024 ** 3,
};
/** An open attempt this many entries behind the watermark is written again at the end, so that the file can shrink. */
const carryAfterEntries = 20_000;
/** The file is trimmed when this many entries are covered. */
const trimAfterEntries = 2_000;

/**
 * Opens a new journal `<dir>/<id>.db` owned by this process. `openFile` is a port for tests of failing disks.
 * @throws BurnrateError journal_unavailable when the file cannot be made
 */
export async function openJournal(options: JournalOptions, openFile = openJournalFile): Promise<OpenJournal> {
  const id = options.ids.next('jnl');
  const path = join(options.dir, `${id}.db`);
  try {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const lock = takeOwnerLock(join(options.dir, `${id}.lock`));
    assert(lock, 'a new journal id is owned by somebody');
    const file = await openFile(path, options.fileBytesMax ?? defaults.fileBytesMax);
    file.markBoot(bootId());
    return new SqliteJournal(id, path, file, lock, options);
  } catch (cause) {
    throw new BurnrateError('journal_unavailable', { message: `cannot open the journal ${path}`, cause });
  }
}

interface OpenAttempt {
  readonly start: AttemptStart;
  /** Of the last start entry in the file; 0 until written. */
  sequence: number;
  /** While its start waits to be written again. */
  carried: boolean;
}

interface Waiting {
  resolve: () => void;
  reject: (cause: unknown) => void;
}

/** `money` says whether the entry tells of a hold, so that it may only be dropped behind a checkpoint. */
type Queued = { text: string; money?: boolean } & (
  | ({ kind: 'start'; open: OpenAttempt } & Waiting)
  | ({ kind: 'extend' } & Waiting)
  | { kind: 'carry'; open: OpenAttempt }
  | { kind: 'end'; attempt: Attempt; open: OpenAttempt; resolve: () => void }
  | { kind: 'checkpoint' }
  | { kind: 'closed' }
);

class SqliteJournal implements OpenJournal {
  readonly id: string;
  readonly source: ShipSource;
  readonly #path: string;
  readonly #file: JournalFile;
  readonly #lock: OwnerLock;
  readonly #options: JournalOptions & typeof defaults;
  readonly #keeper: LogKeeper;
  readonly #recent: RecentChunks;
  /** In the order of their last start entry; the first is the oldest. */
  readonly #open = new Map<string, OpenAttempt>();
  /** Ended, with the end not in the file yet: until then their starts must stay there. */
  readonly #ending = new Set<OpenAttempt>();
  #queue: Queued[] = [];
  #flushPlanned = false;
  #retryTimer: NodeJS.Timeout | null = null;
  #lastSequence: number;
  #trimmedThrough = 0;
  #unshipped = 0;
  #failing = false;
  #closed = false;
  readonly #money = new CheckpointMark();
  #checkpoint: (() => HoldEntry & { kind: 'checkpoint' }) | null = null;

  constructor(id: string, path: string, file: JournalFile, lock: OwnerLock, options: JournalOptions) {
    this.id = id;
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#options = { ...defaults, ...options };
    this.#recent = new RecentChunks(this.#options.recentAttemptsMax);
    this.#lastSequence = file.lastSequence();
    this.#keeper = createLogKeeper({
      path,
      file,
      syncIntervalMs: this.#options.syncIntervalMs,
      logBytesMax: this.#options.logBytesMax,
      lastSequence: () => this.#lastSequence,
      resume: () => this.#planFlush(),
      onFailure: (cause) => options.log(noticeOf('journal_unavailable', id, cause)),
    });
    this.source = this.#shipSource();
  }

  get unshipped(): number {
    return this.#unshipped;
  }

  checkpointWith(checkpoint: () => HoldEntry & { kind: 'checkpoint' }): void {
    this.#checkpoint = checkpoint;
  }

  begin(attempt: AttemptStart, hold: HoldEntry | null = null): Promise<void> {
    if (this.#closed) return Promise.reject(unavailable('the journal is closed'));
    if (this.#open.size >= this.#options.openAttemptsMax) return Promise.reject(tooManyOpen(this.#open.size));
    assert(!this.#open.has(attempt.attemptId), `attempt ${attempt.attemptId} began twice`);
    const open = { start: attempt, sequence: 0, carried: false };
    this.#open.set(attempt.attemptId, open);
    return new Promise((resolve, reject) => {
      const text = encodeEntry('start', attempt, hold);
      this.#enqueue({ kind: 'start', text, money: hold !== null, open, resolve, reject });
    });
  }

  extend(hold: HoldEntry): Promise<void> {
    if (this.#closed) return Promise.reject(unavailable('the journal is closed'));
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'extend', text: encodeMoney(hold), money: true, resolve, reject });
    });
  }

  end(attempt: Attempt, resolution: HoldEntry | null = null): Promise<void> {
    assert(!this.#closed, 'an attempt ended after its journal was closed');
    const open = this.#open.get(attempt.attemptId);
    assert(open && open.sequence > 0, `attempt ${attempt.attemptId} ended without being open`);
    this.#open.delete(attempt.attemptId);
    this.#ending.add(open);
    return new Promise((resolve) => {
      const text = encodeEntry('end', attempt, resolution);
      this.#enqueue({ kind: 'end', text, money: resolution !== null, attempt, open, resolve });
    });
  }

  async sync(): Promise<void> {
    this.#flush();
    await this.#keeper.syncNow();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#keeper.stop();
    const owes = this.#sumUp();
    this.#flush();
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    await this.#file.sync();
    await this.#file.close();
    // Otherwise the file waits for whoever takes it over.
    const done = this.#unshipped === 0 && this.#open.size === 0 && this.#queue.length === 0 && !owes;
    if (done) removeJournalFile(this.#path);
    this.#lock.release(done);
  }

  /** Writes the last entries. @returns whether leases are left that somebody must settle with the books */
  #sumUp(): boolean {
    if (this.#money.none) return false;
    const checkpoint = this.#checkpoint?.();
    if (checkpoint) this.#queue.push({ kind: 'checkpoint', text: encodeMoney(checkpoint) });
    this.#queue.push({ kind: 'closed', text: closedText });
    return !checkpoint || checkpoint.spent.length + checkpoint.holds.length > 0;
  }

  #enqueue(entry: Queued): void {
    this.#queue.push(entry);
    this.#planFlush();
  }

  /** Everything queued in one turn of the event loop is one commit. */
  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      if (!this.#closed && !this.#keeper.paused) this.#flush();
    });
  }

  #flush(): void {
    while (this.#queue.length > 0) {
      const taken = this.#queue.splice(0, chunkEntriesMax);
      const first = this.#lastSequence + 1;
      const texts = taken.map((entry) => entry.text);
      try {
        this.#file.write(first, texts);
      } catch (cause) {
        this.#refuse(taken, cause);
        return;
      }
      this.#accept(first, taken);
    }
  }

  #accept(first: number, taken: readonly Queued[]): void {
    this.#lastSequence = first + taken.length - 1;
    this.#failing = false;
    const attempts: Attempt[] = [];
    taken.forEach((entry, index) => {
      const sequence = first + index;
      if (entry.kind === 'end') {
        attempts.push(entry.attempt);
        this.#ending.delete(entry.open);
      } else if (entry.kind === 'start') entry.open.sequence = sequence;
      else if (entry.kind === 'carry') this.#noteCarried(entry.open, sequence);
      if (entry.kind === 'checkpoint') this.#money.noteCheckpoint(sequence);
      else if (entry.money) this.#money.noteMoney(sequence);
      if ('resolve' in entry) entry.resolve();
    });
    this.#unshipped += attempts.length;
    this.#recent.add({ first, last: this.#lastSequence, attempts });
    this.#keeper.noteWrite(taken.reduce((sum, entry) => sum + entry.text.length, 0));
  }

  /** Nothing of `taken` is in the file: starts are refused, ends wait (no more than attempts were open) and are tried again. */
  #refuse(taken: readonly Queued[], cause: unknown): void {
    if (!this.#failing) this.#options.log(noticeOf('journal_unavailable', this.id, cause));
    this.#failing = true;
    const refused = [...taken, ...this.#queue];
    this.#queue = refused.filter((entry) => entry.kind === 'end');
    for (const entry of refused) {
      // The answer does not wait for a disk: an end that could not be written is in memory and is tried again.
      if (entry.kind === 'end') entry.resolve();
      if (entry.kind === 'start') this.#open.delete(entry.open.start.attemptId);
      if (entry.kind === 'carry') entry.open.carried = false;
      if ('reject' in entry) entry.reject(unavailable('the journal cannot be written', cause));
    }
    this.#planRetry();
  }

  #planRetry(): void {
    if (this.#retryTimer || this.#queue.length === 0) return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#planFlush();
    }, this.#options.retryMs).unref();
  }

  #shipSource(): ShipSource {
    const syncedSequence = () => this.#keeper.syncedSequence;
    return {
      id: this.id,
      get syncedSequence() {
        return syncedSequence();
      },
      readAfter: (sequence, attemptsMax) => this.#readAfter(sequence, attemptsMax),
      release: (watermark, attempts) => this.#release(watermark, attempts),
    };
  }

  #readAfter(sequence: number, attemptsMax: number): ShipBatch | null {
    const synced = this.#keeper.syncedSequence;
    if (sequence >= synced) return null;
    return this.#recent.covers(sequence)
      ? this.#recent.readAfter(this.id, sequence, synced, attemptsMax)
      : readBatch(this.#file, this.id, sequence, synced);
  }

  #release(watermark: number, attempts: number): void {
    this.#unshipped -= attempts;
    this.#recent.release(watermark);
    if (watermark - this.#trimmedThrough < trimAfterEntries || this.#closed) return;
    this.#trim(watermark);
  }

  #trim(watermark: number): void {
    const floor = Math.min(watermark, this.#oldestOpen() - 1, this.#money.floor(this.#keeper.syncedSequence));
    if (floor > this.#trimmedThrough) {
      try {
        this.#file.deleteThrough(floor);
        this.#trimmedThrough = floor;
        this.#keeper.noteWrite(0);
      } catch (cause) {
        this.#options.log(noticeOf('journal_unavailable', this.id, cause));
      }
    }
    this.#carryOld(watermark - carryAfterEntries);
    if (this.#checkpoint && this.#money.wantsCheckpoint) {
      this.#enqueue({ kind: 'checkpoint', text: encodeMoney(this.#checkpoint()) });
    }
  }

  #oldestOpen(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const open of this.#ending) oldest = Math.min(oldest, open.sequence);
    for (const open of this.#open.values()) if (open.sequence > 0) return Math.min(oldest, open.sequence);
    return oldest;
  }

  /** Writes long-running starts again, so that one slow stream does not hold the whole file. */
  #carryOld(below: number): void {
    for (const open of this.#open.values()) {
      if (open.sequence === 0 || open.sequence >= below) return;
      if (open.carried) continue;
      open.carried = true;
      this.#enqueue({ kind: 'carry', text: encodeEntry('start', open.start), open });
    }
  }

  /** Only now is the older entry not needed any more, and the attempt one of the newest. */
  #noteCarried(open: OpenAttempt, sequence: number): void {
    const { attemptId } = open.start;
    open.sequence = sequence;
    open.carried = false;
    if (this.#open.delete(attemptId)) this.#open.set(attemptId, open);
  }
}

function unavailable(message: string, cause?: unknown): BurnrateError {
  return new BurnrateError('journal_unavailable', { message, cause, retryAfterMs: 1_000 });
}

function tooManyOpen(count: number): BurnrateError {
  return new BurnrateError('overloaded', { message: `${count} attempts are in flight`, retryAfterMs: 1_000 });
}

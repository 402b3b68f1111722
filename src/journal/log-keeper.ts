import { createCheckpointer } from './checkpointer.ts';
import type { JournalFile } from './journal-file.ts';

export interface LogKeeperOptions {
  readonly path: string;
  readonly file: JournalFile;
  readonly syncIntervalMs: number;
  readonly logBytesMax: number;
  readonly lastSequence: () => number;
  /** Called when writing may go on after a pause. */
  readonly resume: () => void;
  readonly onFailure: (cause: unknown) => void;
}

/** Fsyncs what is written, at intervals, and keeps the write-ahead log small; all of it off the event loop. */
export interface LogKeeper {
  /** Everything up to here survives a power loss. */
  readonly syncedSequence: number;
  /** While true nothing is to be written: the last frames are being moved, so that the log can start over. */
  readonly paused: boolean;
  /** Tells how many bytes of entries a commit added. */
  noteWrite(bytes: number): void;
  syncNow(): Promise<void>;
  /** Ends the timers and the thread; waits for what is under way. */
  stop(): Promise<void>;
}

/** What a commit writes beside its entries: about two pages. */
const commitBytes = 8_192;

export function createLogKeeper(options: LogKeeperOptions): LogKeeper {
  return new WalKeeper(options);
}

class WalKeeper implements LogKeeper {
  readonly #options: LogKeeperOptions;
  readonly #checkpointer;
  #syncedSequence = 0;
  #paused = false;
  /** About how much the log has grown since it was last moved. */
  #logBytes = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | null = null;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: LogKeeperOptions) {
    this.#options = options;
    this.#checkpointer = createCheckpointer(options.path);
  }

  get syncedSequence(): number {
    return this.#syncedSequence;
  }

  get paused(): boolean {
    return this.#paused;
  }

  noteWrite(bytes: number): void {
    this.#logBytes += bytes + commitBytes;
    this.#planKeep();
  }

  #planKeep(): void {
    if (this.#timer || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#underWay = this.#keep().catch(this.#options.onFailure);
    }, this.#options.syncIntervalMs).unref();
  }

  async syncNow(): Promise<void> {
    const written = this.#options.lastSequence();
    await this.#options.file.sync();
    this.#syncedSequence = Math.max(this.#syncedSequence, written);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#underWay;
    await this.#checkpointer.stop();
  }

  /** The timer is free again only after the work, so that syncs never overlap. */
  async #keep(): Promise<void> {
    try {
      await this.syncNow();
      if (this.#logBytes > this.#options.logBytesMax) await this.#moveLog();
    } finally {
      this.#timer = null;
      if (this.#options.lastSequence() > this.#syncedSequence) this.#planKeep();
    }
  }

  /**
   * The first checkpoint moves nearly all frames while writing goes on. The log starts over only when every frame is
   * moved, so the few written meanwhile are moved during a short pause; entries wait in the queue for it.
   */
  async #moveLog(): Promise<void> {
    await this.#checkpointer.checkpoint();
    this.#paused = true;
    try {
      const { complete } = await this.#checkpointer.checkpoint();
      if (complete) this.#logBytes = 0;
    } finally {
      this.#paused = false;
      this.#options.resume();
    }
  }
}

import { BurnrateError, type Clock, type Random } from '../base/index.ts';
import type { ShipBatch } from '../tree/index.ts';
import { type JournalLog, noticeOf } from './journal-log.ts';
import type { ShipSource } from './ship-source.ts';

/** Where rows go. Appending a batch twice must have the effect of appending it once. */
export interface LedgerPort {
  append(batch: ShipBatch): Promise<number>;
  watermark(journalId: string): Promise<number>;
}

export interface ShipperOptions {
  readonly source: ShipSource;
  readonly ledger: LedgerPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: JournalLog;
  readonly attemptsPerBatchMax?: number;
  readonly intervalMs?: number;
  readonly backoffMsMax?: number;
}

export interface ShipperStats {
  /** Milliseconds since everything fsynced was last in the ledger; 0 when it is now. */
  readonly lagMs: number;
  readonly shippedAttempts: number;
  readonly failedSends: number;
}

export interface Shipper {
  stats(): ShipperStats;
  /** Resolves once everything fsynced now is in the ledger, or after `timeoutMs`. @returns whether it is */
  drain(timeoutMs: number): Promise<boolean>;
  /** Sends nothing more; a batch under way is waited for. */
  stop(): Promise<void>;
}

const defaults = { attemptsPerBatchMax: 2_000, intervalMs: 200, backoffMsMax: 5_000 };
const backoffMsMin = 100;

/** Sends a journal's fsynced attempts to the ledger in batches, in order, and starts again from its watermark. */
export function startShipper(options: ShipperOptions): Shipper {
  return new JournalShipper(options);
}

class JournalShipper implements Shipper {
  readonly #options: Required<ShipperOptions>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #wake: () => void = () => {};
  /** How far this journal is shipped; entries that need no ledger count as shipped. */
  #watermark = 0;
  /** Whether the ledger's own watermark must be asked: at the start, and after a failure left a batch in doubt. */
  #inDoubt = true;
  #inFlight: ShipBatch | null = null;
  #caughtUp = false;
  #caughtUpAtMs: number;
  #shippedAttempts = 0;
  #failedSends = 0;
  #failuresInRow = 0;

  constructor(options: ShipperOptions) {
    this.#options = { ...defaults, ...options };
    this.#caughtUpAtMs = options.clock.monotonicMs();
    this.#running = this.#run();
  }

  stats(): ShipperStats {
    return {
      lagMs: this.#caughtUp ? 0 : this.#options.clock.monotonicMs() - this.#caughtUpAtMs,
      shippedAttempts: this.#shippedAttempts,
      failedSends: this.#failedSends,
    };
  }

  async drain(timeoutMs: number): Promise<boolean> {
    const { source, clock } = this.#options;
    const target = source.syncedSequence;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const done = () => this.#watermark >= target && !this.#inDoubt;
    while (!done() && clock.monotonicMs() < deadlineMs && !this.#stop.signal.aborted) {
      this.#wake();
      await sleep(5);
    }
    return done();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const more = await this.#shipOnce();
      if (!more && !this.#stop.signal.aborted) await this.#pause(this.#waitMs());
    }
  }

  /** @returns whether the next batch should follow at once */
  async #shipOnce(): Promise<boolean> {
    const { source, attemptsPerBatchMax } = this.#options;
    try {
      if (this.#inDoubt) await this.#askWatermark();
      const batch = source.readAfter(this.#watermark, attemptsPerBatchMax);
      if (batch) await this.#send(batch);
      this.#failuresInRow = 0;
      this.#noteProgress(batch);
      return batch !== null && batch.attempts.length >= attemptsPerBatchMax / 2;
    } catch (cause) {
      this.#noteFailure(cause);
      return false;
    }
  }

  /** After a failure the batch may be in the ledger or not; its watermark tells, because both are one transaction. */
  async #askWatermark(): Promise<void> {
    const { source, ledger } = this.#options;
    const recorded = await ledger.watermark(source.id);
    if (this.#inFlight && recorded >= this.#inFlight.lastSequence) this.#acknowledge(this.#inFlight, recorded);
    this.#watermark = Math.max(this.#watermark, recorded);
    this.#inFlight = null;
    this.#inDoubt = false;
  }

  async #send(batch: ShipBatch): Promise<void> {
    // Entries that only begin attempts say nothing to the ledger; they are passed over here.
    if (batch.attempts.length === 0) return this.#acknowledge(batch, batch.lastSequence);
    this.#inFlight = batch;
    const watermark = await this.#options.ledger.append(batch);
    this.#inFlight = null;
    this.#acknowledge(batch, watermark);
  }

  #acknowledge(batch: ShipBatch, watermark: number): void {
    this.#watermark = watermark;
    this.#shippedAttempts += batch.attempts.length;
    this.#options.source.release(watermark, batch.attempts.length);
  }

  #noteProgress(batch: ShipBatch | null): void {
    this.#caughtUp = batch === null || this.#watermark >= this.#options.source.syncedSequence;
    if (this.#caughtUp) this.#caughtUpAtMs = this.#options.clock.monotonicMs();
  }

  #noteFailure(cause: unknown): void {
    const { source, log } = this.#options;
    this.#failedSends += 1;
    this.#failuresInRow += 1;
    this.#inDoubt = true;
    this.#caughtUp = false;
    // The first failure of a row is news, and then every hundredth, so that a long outage does not fill the log.
    if (this.#failuresInRow % 100 !== 1) return;
    const code = cause instanceof BurnrateError ? cause.code : 'LEDGER_UNAVAILABLE';
    log(noticeOf(code, source.id, cause));
  }

  #waitMs(): number {
    const { intervalMs, backoffMsMax, random } = this.#options;
    if (this.#failuresInRow === 0) return intervalMs;
    const ceilingMs = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(this.#failuresInRow, 16));
    return backoffMsMin + random.next() * (ceilingMs - backoffMsMin);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

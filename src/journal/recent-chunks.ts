import type { Attempt, ShipBatch } from '../tree/index.ts';

/** One commit's ended attempts, kept in memory so that the usual shipping never reads the file. */
export interface RecentChunk {
  readonly first: number;
  readonly last: number;
  readonly attempts: readonly Attempt[];
}

/**
 * The newest commits, bounded by attempts held. When the ledger is away the oldest are dropped here and read from the
 * file later; nothing depends on this memory.
 */
export class RecentChunks {
  readonly #attemptsMax: number;
  #chunks: RecentChunk[] = [];
  #attempts = 0;

  constructor(attemptsMax: number) {
    this.#attemptsMax = attemptsMax;
  }

  add(chunk: RecentChunk): void {
    this.#chunks.push(chunk);
    this.#attempts += chunk.attempts.length;
    if (this.#attempts > this.#attemptsMax) this.#dropOldest(this.#attemptsMax / 2);
  }

  /** Forgets chunks that lie wholly at or below `watermark`. */
  release(watermark: number): void {
    const kept = this.#chunks.findIndex((chunk) => chunk.last > watermark);
    this.#forget(kept === -1 ? this.#chunks.length : kept);
  }

  /** Whether the entry after `sequence` is in memory, so that nothing of the file is skipped by reading here. */
  covers(sequence: number): boolean {
    const oldest = this.#chunks[0];
    return oldest !== undefined && oldest.first <= sequence + 1;
  }

  /** The fsynced chunks above `sequence`, up to `attemptsMax` attempts; null when there is none. */
  readAfter(journalId: string, sequence: number, syncedSequence: number, attemptsMax: number): ShipBatch | null {
    const attempts: Attempt[] = [];
    let lastSequence = sequence;
    for (const chunk of this.#chunks) {
      if (chunk.last > syncedSequence || attempts.length >= attemptsMax) break;
      if (chunk.last <= sequence) continue;
      for (const attempt of chunk.attempts) attempts.push(attempt);
      lastSequence = chunk.last;
    }
    return lastSequence > sequence ? { journalId, lastSequence, afterSequence: sequence, attempts } : null;
  }

  #dropOldest(attemptsKept: number): void {
    let count = 0;
    let held = this.#attempts;
    for (const chunk of this.#chunks) {
      if (held <= attemptsKept) break;
      held -= chunk.attempts.length;
      count += 1;
    }
    this.#forget(count);
  }

  #forget(count: number): void {
    for (const chunk of this.#chunks.splice(0, count)) this.#attempts -= chunk.attempts.length;
  }
}

import type { ShipBatch } from '../tree/index.ts';

/** What the shipper ships from: the fsynced, ended attempts of one journal in the order of their entries. */
export interface ShipSource {
  readonly id: string;
  /** Number of the last entry that survives a power loss; nothing above it ships. */
  readonly syncedSequence: number;
  /**
   * The next batch above `sequence` of at most `attemptsMax` attempts (a commit is never split, so slightly more), or
   * null when nothing new is fsynced. A batch without attempts needs no ledger.
   */
  readAfter(sequence: number, attemptsMax: number): ShipBatch | null;
  /** The ledger covers everything up to `watermark`: what is not open any more may be deleted. `attempts` of it were ended ones. */
  release(watermark: number, attempts: number): void;
}

import type { Attempt, HoldEntry } from '../tree/index.ts';

/**
 * The local durable record of attempts. `begin` is committed before the first upstream byte goes out, so that whatever
 * crashes, every attempt a provider may bill is known. Append-only; entries are numbered per journal.
 */
export interface Journal {
  /** New at each start of a gateway process. */
  readonly id: string;
  /**
   * Resolves when the entry survives a kill −9 of this process (written to the file; not yet fsynced).
   * @param hold the money held for it; it is in the same entry, so that neither is ever there without the other
   * @throws BurnrateError journal_unavailable when it cannot be written (disk full)
   */
  begin(attempt: AttemptStart, hold?: HoldEntry | null): Promise<void>;
  /**
   * Records that a hold grew. What it covers must not be read before this resolves.
   * @throws BurnrateError journal_unavailable when it cannot be written
   */
  extend(hold: HoldEntry): Promise<void>;
  /**
   * Records the end of an attempt exactly once. Resolves when the entry survives a kill −9, so that an answer that was
   * given is an answer that is known. Never rejects: what a full disk refuses is kept in memory (bounded by the open
   * attempts), resolves at once and is written when space returns.
   * @param resolution how the attempt's hold ended; it is in the same entry
   */
  end(attempt: Attempt, resolution?: HoldEntry | null): Promise<void>;
  /** Entries written and not yet shipped, for metrics and back-pressure. */
  readonly unshipped: number;
  /** Flushes, fsyncs and closes. */
  close(): Promise<void>;
}

/**
 * What is known before the first upstream byte: everything of an attempt but its end. If no end follows (a crash), the
 * start is booked as an estimate with failure `crash`.
 */
export type AttemptStart = Omit<
  Attempt,
  'status' | 'failure' | 'firstByteMs' | 'firstTokenMs' | 'durationMs' | 'responseBytes' | 'providerRequestId'
>;

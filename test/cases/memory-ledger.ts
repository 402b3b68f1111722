import type { LedgerPort } from '../../src/journal/index.ts';
import type { Attempt, ShipBatch } from '../../src/tree/index.ts';

/** A ledger in memory that keeps the one promise a shipper needs: what is at or below the watermark is not added again. */
export class MemoryLedger implements LedgerPort {
  readonly attempts: Attempt[] = [];
  readonly batches: ShipBatch[] = [];
  readonly watermarks = new Map<string, number>();
  /** Thrown instead of taking the next batches; `after` makes the batch take effect although the sender hears nothing. */
  failures: ('before' | 'after')[] = [];
  down = false;

  async append(batch: ShipBatch): Promise<number> {
    const failure = this.failures.shift();
    if (this.down || failure === 'before') throw new Error('the ledger is away');
    const known = await this.watermark(batch.journalId);
    if (batch.lastSequence > known) {
      this.batches.push(batch);
      this.attempts.push(...batch.attempts);
      this.watermarks.set(batch.journalId, batch.lastSequence);
    }
    if (failure === 'after') throw new Error('the answer was lost');
    return Math.max(known, batch.lastSequence);
  }

  async watermark(journalId: string): Promise<number> {
    if (this.down) throw new Error('the ledger is away');
    return this.watermarks.get(journalId) ?? 0;
  }
}

import type { HoldEntry } from '../tree/index.ts';
import type { JournalFile } from './journal-file.ts';

/** The money a dead process left in its journal. */
export interface DeadMoney {
  readonly journalId: string;
  /** Every hold entry in journal order; read from the file as it is taken. */
  readonly entries: Iterable<HoldEntry>;
  /** False when entries may be missing: the machine lost power and the journal had not been closed. */
  readonly intact: boolean;
  /** True when no call held any; leases may have been granted all the same. */
  readonly none: boolean;
}

const chunksPerRead = 64;

export function moneyOf(file: JournalFile, journalId: string, boot: string): DeadMoney {
  const entries: Iterable<HoldEntry> = { [Symbol.iterator]: () => holdsIn(file) };
  const none = entries[Symbol.iterator]().next().done === true;
  const sameBoot = boot !== '' && file.boot() === boot;
  return { journalId, entries, intact: sameBoot || endsInOrder(file), none };
}

function* holdsIn(file: JournalFile): Generator<HoldEntry> {
  let sequence = 0;
  for (let more = true; more; ) {
    more = false;
    for (const chunk of file.readAfter(sequence, chunksPerRead)) {
      for (const entry of chunk.entries) if (entry && entry.kind !== 'closed' && entry.hold) yield entry.hold;
      sequence = chunk.last;
      more = true;
    }
  }
}

function endsInOrder(file: JournalFile): boolean {
  const last = file.lastSequence();
  for (const chunk of file.readAfter(last - 1, 1)) return chunk.entries.at(-1)?.kind === 'closed';
  return false;
}

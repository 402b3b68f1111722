import type { Attempt, ShipBatch } from '../tree/index.ts';
import type { JournalFile } from './journal-file.ts';

const chunksPerRead = 64;
/** Attempts decoded in one go; more would hold the event loop for many milliseconds. */
const attemptsPerRead = 500;

/** Reads the next ended attempts from the file, whole chunks up to `syncedSequence`; null when there is none. */
export function readBatch(
  file: JournalFile,
  journalId: string,
  sequence: number,
  syncedSequence: number,
): ShipBatch | null {
  const attempts: Attempt[] = [];
  let lastSequence = sequence;
  for (const chunk of file.readAfter(sequence, chunksPerRead)) {
    if (chunk.last > syncedSequence || attempts.length >= attemptsPerRead) break;
    const skipped = Math.max(0, sequence + 1 - chunk.first);
    for (const entry of chunk.entries.slice(skipped)) if (entry?.kind === 'end') attempts.push(entry.attempt);
    lastSequence = chunk.last;
  }
  return lastSequence > sequence ? { journalId, lastSequence, afterSequence: sequence, attempts } : null;
}

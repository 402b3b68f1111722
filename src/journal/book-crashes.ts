import type { Attempt } from '../tree/index.ts';
import { encodeEntry } from './entry-codec.ts';
import type { AttemptStart } from './journal.ts';
import { chunkEntriesMax, type JournalFile } from './journal-file.ts';

/**
 * Ends every attempt of a dead journal that has none, in the journal itself: a taker killed between two commits leaves
 * the rest to the next, which finds the first part ended.
 * @returns how many attempts were ended
 * @throws when the file is damaged or cannot be written
 */
export function bookCrashes(file: JournalFile): number {
  const texts = findOpen(file).map((start) => encodeEntry('end', crashed(start)));
  for (let at = 0; at < texts.length; at += chunkEntriesMax) {
    file.write(file.lastSequence() + 1, texts.slice(at, at + chunkEntriesMax));
  }
  return texts.length;
}

const chunksPerRead = 64;

function findOpen(file: JournalFile): AttemptStart[] {
  const open = new Map<string, AttemptStart>();
  let sequence = 0;
  for (let more = true; more; ) {
    more = false;
    for (const chunk of file.readAfter(sequence, chunksPerRead)) {
      for (const entry of chunk.entries) {
        if (entry?.kind === 'start') open.set(entry.attempt.attemptId, entry.attempt);
        else if (entry?.kind === 'end') open.delete(entry.attempt.attemptId);
      }
      sequence = chunk.last;
      more = true;
    }
  }
  return [...open.values()];
}

/** The provider may have billed it, so it is an estimate with what the start knew; how long it took nobody knows. */
function crashed(start: AttemptStart): Attempt {
  return {
    ...start,
    status: 0,
    failure: 'crash',
    usageSource: 'estimated',
    firstByteMs: null,
    firstTokenMs: null,
    durationMs: 0,
    responseBytes: 0,
    providerRequestId: '',
  };
}

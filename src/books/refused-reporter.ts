import type { RefusedCall } from '../tree/index.ts';
import { type RefusedCallBooks, refusedCaller, refusedCallLimits } from './refused-calls.ts';

interface RefusedReporter {
  /** Takes it down; it is in the books within a second. Never throws, never waits. */
  note(refused: RefusedCall): void;
  /** Writes what waits and ends; what the books do not take then is lost. */
  close(): Promise<void>;
}

/** What is refused within this time is written in one go. */
const gatherMs = 250;
/** When the books are asked again that did not take it. */
const againMs = 1_000;
const { atOnceMax, perCallerMax } = refusedCallLimits;

/** Brings refusals of a gateway to the books, in batches, so that a storm of them costs the books no more than a trickle. */
export function refusedReporter(
  books: Pick<RefusedCallBooks, 'keep'>,
  onFailure: (error: unknown) => void,
): RefusedReporter {
  const waiting: RefusedCall[] = [];
  let timer: NodeJS.Timeout | null = null;
  let sending = Promise.resolve();
  let closed = false;
  const send = async () => {
    const batch = waiting.splice(0);
    try {
      if (batch.length > 0) await books.keep(batch);
    } catch (error) {
      // Known by their ids: what was written after all is not written twice.
      waiting.unshift(...batch);
      shorten(waiting);
      onFailure(error);
      arm(againMs);
    }
  };
  const flush = () => {
    timer = null;
    sending = sending.then(send);
    return sending;
  };
  const arm = (ms: number) => {
    if (!closed) timer ??= setTimeout(() => void flush(), ms).unref();
  };
  return {
    note(refused) {
      waiting.push(refused);
      if (waiting.length > atOnceMax) shorten(waiting);
      arm(gatherMs);
    },
    close() {
      closed = true;
      if (timer) clearTimeout(timer);
      return flush();
    },
  };
}

/** Of callers with more than are kept of one, the oldest go first; then the oldest of all. */
function shorten(waiting: RefusedCall[]): void {
  const seen = new Map<string, number>();
  const kept = waiting.toReversed().filter((refused) => {
    const caller = refusedCaller(refused);
    const newer = seen.get(caller) ?? 0;
    seen.set(caller, newer + 1);
    return newer < perCallerMax;
  });
  // Half of the room stays free, so that this is done once in a while and not for each.
  waiting.splice(0, waiting.length, ...kept.slice(0, atOnceMax / 2).toReversed());
}

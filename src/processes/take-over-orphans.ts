import type { Clock, Random } from '../base/index.ts';
import { type TakeOver, takeOverJournals } from '../journal/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { journalLog } from './journal-log.ts';
import type { Log } from './log.ts';

/** How often journals without an owner are looked for, besides whenever a worker ends. */
const lookMs = 30_000;

export interface OrphanTaker {
  /** Looks again soon; for when a worker has just ended. */
  look(): void;
  stop(): Promise<void>;
}

/**
 * Takes over what dead workers left. The control process does it, because it has no journal of its own: a process that
 * opened the lock file of its own journal again would lose its lock. One round ends before the next begins, for the
 * same reason.
 */
export function takeOverOrphans(options: {
  readonly dir: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}): OrphanTaker {
  const { log } = options;
  let round: TakeOver | null = null;
  let busy: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const look = () => {
    again = true;
    if (busy !== null || stopped) return;
    busy = rounds().finally(() => {
      busy = null;
    });
  };
  const rounds = async () => {
    while (again && !stopped) {
      again = false;
      await oneRound().catch((error: unknown) => log('error', 'take_over_failed', { error }));
    }
  };
  const oneRound = async () => {
    round = await takeOverJournals({ ...options, log: journalLog(log) });
    const { journals, crashedAttempts, setAside } = round;
    if (journals + setAside > 0) log('warn', 'journals_taken_over', { journals, crashedAttempts, setAside });
    if (stopped) await round.stop();
    await round.done;
    round = null;
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  look();
  return {
    look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await round?.stop();
      await busy;
    },
  };
}

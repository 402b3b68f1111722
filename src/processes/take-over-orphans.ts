import type { Clock, Random } from '../base/index.ts';
import { type BudgetBooks, recoverLeases } from '../books/index.ts';
import { type DeadMoney, type TakeOver, takeOverJournals } from '../journal/index.ts';
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
  readonly budgets: Pick<BudgetBooks, 'takeOver'>;
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
    round = await takeOverJournals({ ...options, log: journalLog(log), settle: (money) => settle(options, money) });
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

/** Who ended the leases of a dead gateway, in the audit record. */
const actor = 'takeover';

/** Tells the books what a dead gateway spent: all that was posted, and what was held for calls in flight in full. */
async function settle(
  { budgets, log }: { readonly budgets: Pick<BudgetBooks, 'takeOver'>; readonly log: Log },
  { journalId, entries, intact }: DeadMoney,
): Promise<void> {
  const { finals, openHolds } = recoverLeases(entries);
  const leases = await budgets.takeOver({ holder: journalId, finals, intact }, actor);
  if (leases.length > 0) {
    log('warn', 'leases_taken_over', { journalId, leases: leases.length, openHolds: openHolds.length, intact });
  }
}

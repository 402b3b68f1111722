import type { Clock } from '../base/index.ts';
import { type Books, refusedCallLimits } from '../books/index.ts';
import type { Log } from './log.ts';

const expireEveryMs = 5_000;
const pruneEveryMs = 3_600_000;
/** How long counts of past periods and ended leases stay to be looked at. */
const keepPastMs = 35 * 24 * 3_600_000;

/** Turns leases nobody renews into estimated spending, and forgets what is long past, refused calls too. @returns how to stop */
export function tidyBooks(options: {
  readonly books: {
    readonly budgets: Pick<Books['budgets'], 'expireOverdue' | 'prune'>;
    readonly refusedCalls: Pick<Books['refusedCalls'], 'prune'>;
  };
  /** How long attempts are kept; what is known of a refused call stays no longer, ms. */
  readonly keepAttemptsMs: () => number;
  readonly clock: Clock;
  readonly log: Log;
}): () => void {
  const { clock, log } = options;
  const { budgets, refusedCalls } = options.books;
  const attempt = async (event: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      // The next round tries again; until then such money stays leased, which is the safe side.
      log('warn', event, { error });
    }
  };
  const expire = () =>
    attempt('lease_expiry_failed', async () => {
      const leases = await budgets.expireOverdue();
      if (leases > 0) log('warn', 'leases_expired', { leases });
    });
  const prune = () =>
    attempt('books_pruning_failed', async () => {
      await budgets.prune(clock.nowMs() - keepPastMs);
      await refusedCalls.prune(clock.nowMs() - Math.min(refusedCallLimits.keepMs, options.keepAttemptsMs()));
    });
  void expire();
  void prune();
  const timers = [setInterval(() => void expire(), expireEveryMs), setInterval(() => void prune(), pruneEveryMs)];
  for (const timer of timers) timer.unref();
  return () => timers.forEach(clearInterval);
}

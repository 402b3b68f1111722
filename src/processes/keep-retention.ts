import type { Clock } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Log } from './log.ts';

const everyMs = 3_600_000;

/** Deletes what is older than the configuration keeps, at the start and every hour; daily sums stay. @returns how to stop */
export function keepRetention(options: {
  readonly ledger: Pick<Ledger, 'applyRetention'>;
  readonly keepAttemptsMs: number;
  readonly clock: Clock;
  readonly log: Log;
}): () => void {
  const { ledger, keepAttemptsMs, clock, log } = options;
  const apply = async () => {
    try {
      const { attemptsDeleted } = await ledger.applyRetention({ keepAttemptsMs }, clock.nowMs());
      if (attemptsDeleted > 0) log('info', 'retention_applied', { attemptsDeleted });
    } catch (error) {
      // The next hour tries again; nothing is lost by keeping rows longer.
      log('warn', 'retention_failed', { error });
    }
  };
  void apply();
  const timer = setInterval(() => void apply(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

import type { ApiPorts, HeldMoney } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import type { WorkerStats } from './instance-metrics.ts';
import type { Supervised } from './supervise.ts';

/** The workers are asked at most this often, however many look. */
const askMs = 250;

/** What calls in flight hold, asked of every worker; one that does not answer in time is left out. */
export function heldMoney(workers: readonly Supervised[], clock: Clock): ApiPorts['heldMoney'] {
  let kept: Promise<readonly HeldMoney[]> = Promise.resolve([]);
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonicMs() - askedAtMs >= askMs) {
      askedAtMs = clock.monotonicMs();
      kept = ask(workers);
    }
    return kept;
  };
}

async function ask(workers: readonly Supervised[]): Promise<readonly HeldMoney[]> {
  const stats = (await Promise.all(workers.map((worker) => worker.stats()))) as (WorkerStats | null)[];
  return stats.flatMap((each) => each?.money.held ?? []);
}

import type { ApiPorts } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import type { WorkerStats } from './instance-metrics.ts';
import type { Supervised } from './supervise.ts';

/** The workers are asked at most this often, however many look. */
const askMs = 250;

/** What calls in flight hold, asked of every worker; one that does not answer in time is left out. */
export function askWorkers(workers: readonly Supervised[], clock: Clock): Pick<ApiPorts, 'heldMoney'> {
  let kept: Promise<readonly WorkerStats[]> = Promise.resolve([]);
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const stats = () => {
    if (clock.monotonicMs() - askedAtMs >= askMs) {
      askedAtMs = clock.monotonicMs();
      kept = ask(workers);
    }
    return kept;
  };
  return {
    heldMoney: async () => (await stats()).flatMap(({ money }) => money.held),
  };
}

async function ask(workers: readonly Supervised[]): Promise<readonly WorkerStats[]> {
  const stats = (await Promise.all(workers.map((worker) => worker.stats()))) as (WorkerStats | null)[];
  return stats.filter((each) => each !== null);
}

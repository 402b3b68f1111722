import type { Ledger } from '../../src/ledger/index.ts';
import { instanceMetrics, type WorkerStats } from '../../src/processes/instance-metrics.ts';
import type { Supervised } from '../../src/processes/supervise.ts';
import { plainPorts } from './plain-api.ts';

const nothing = { bounds: [1], counts: [0, 0], sum: 0 };
const controls = { held: 0, waited: 0, posted: 0, voided: 0, expired: 0, endedEarly: 0, brakes: {} };
const stats: WorkerStats = {
  slot: 0,
  gateway: {
    ...{ requests: 0, inFlight: 0, bytesIn: 0, bytesOut: 0, attempts: 0, disconnects: 0, errors: {} },
    ...{ upstreamStatuses: {}, durationSeconds: nothing, overheadSeconds: nothing, controls },
  },
  journal: { unshipped: 0 },
  shipper: { lagMs: 0, shippedAttempts: 0, failedSends: 0 },
  money: { budgets: 0, openHolds: 0, waiting: 0, booksLost: false, refreshFailures: 0, held: [] },
};
const worker: Supervised = {
  ...{ ready: Promise.resolve(null), alive: true, pid: 1, restarts: 0 },
  ...{ configure: async () => true, stats: async () => stats, stop: async () => undefined },
};

/** The metrics of an instance whose one worker has done nothing, as Prometheus reads them. */
export async function plainMetrics(): Promise<string> {
  const { clock, ledger, books, heldMoney } = plainPorts();
  const scrape = instanceMetrics({
    ...{ version: '1.2.3', clock, log: () => undefined, ledger: ledger as Ledger, ledgerProcess: null },
    ...{ workers: [worker], budgets: { books, clock, heldMoney } },
  });
  return (await scrape()).text;
}

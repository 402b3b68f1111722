import type { ApiPorts, BudgetPorts } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import { type MetricFamily, processMetrics, prometheusText } from '../exchange/index.ts';
import type { GatewayStats } from '../gateway/index.ts';
import type { ShipperStats } from '../journal/index.ts';
import type { CostAnswer, CostQuery, Ledger } from '../ledger/index.ts';
import { toApproximateNumber } from '../money/index.ts';
import { budgetFamilies, moneyFamilies } from './budget-metrics.ts';
import type { Log } from './log.ts';
import type { Supervised } from './supervise.ts';
import type { MoneyStats } from './worker-money.ts';

/** What a worker says of itself when asked. */
export interface WorkerStats {
  readonly slot: number;
  readonly gateway: GatewayStats;
  readonly journal: { readonly unshipped: number };
  readonly shipper: ShipperStats;
  readonly money: MoneyStats;
}

/** Rows of the spending gauge; the dearest are shown, the rest are one row of their own. */
const spendingRowsMax = 200;
/** Spending is asked of the ledger at most this often, however many scrape. */
const spendingMsMax = 10_000;
const spendingWindowMs = 3_600_000;
const spendingBy = ['workflow', 'provider', 'model', 'simulated'] as const satisfies CostQuery['by'];

export interface MetricsSources {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly workers: readonly Supervised[];
  readonly ledgerProcess: Supervised | null;
  readonly budgets: BudgetPorts;
}

/** The Prometheus text of the whole instance, asked of every process anew at each scrape. */
export function instanceMetrics(sources: MetricsSources): ApiPorts['metrics'] {
  const own = processMetrics('burnrate_control_');
  const spending = recentSpending(sources);
  return async () => {
    const asked = await Promise.all(sources.workers.map((worker) => worker.stats()));
    const workers = asked.filter((stats): stats is WorkerStats => stats !== null);
    const families = [
      ...instanceFamilies(sources),
      ...(workers.length ? [...gatewayFamilies(workers), ...controlFamilies(workers), ...moneyFamilies(workers)] : []),
      ...(await budgetFamilies(sources.budgets, sources.log)),
      ...(await spending()),
    ];
    return prometheusText(families, own);
  };
}

function instanceFamilies({ version, workers, ledgerProcess }: MetricsSources): MetricFamily[] {
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  return [
    gauge('burnrate_build_info', 'Version of this build; always 1.', 1, { version }),
    gauge(
      'burnrate_workers_alive',
      'Gateway workers that take calls.',
      workers.filter((worker) => worker.alive).length,
    ),
    gauge('burnrate_ledger_alive', 'Whether the ledger process is up.', ledgerProcess?.alive ? 1 : 0),
    {
      name: 'burnrate_process_restarts_total',
      help: 'Restarts of child processes.',
      type: 'counter',
      samples: [
        { labels: { process: 'gateway' }, value: restarts },
        { labels: { process: 'ledger' }, value: ledgerProcess?.restarts ?? 0 },
      ],
    },
  ];
}

function gauge(name: string, help: string, value: number, labels: Record<string, string> = {}): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ labels, value }] };
}

/** What the controls of the data plane did. */
function controlFamilies(workers: readonly WorkerStats[]): MetricFamily[] {
  const outcomes = ['posted', 'voided', 'expired'] as const;
  const count = (name: string, help: string, read: (stats: WorkerStats) => number): MetricFamily => ({
    ...{ name: `burnrate_${name}`, help, type: 'counter' },
    samples: workers.map((stats) => ({ labels: { worker: String(stats.slot) }, value: read(stats) })),
  });
  return [
    count('holds_total', 'Calls that money was held for.', ({ gateway }) => gateway.controls.held),
    count(
      'holds_waited_total',
      'Calls that did not find their money at once.',
      ({ gateway }) => gateway.controls.waited,
    ),
    labelled(workers, 'holds_ended_total', 'Holds by how they ended.', 'end', ({ gateway }) =>
      Object.fromEntries(outcomes.map((end) => [end, gateway.controls[end]])),
    ),
    count('ended_early_total', 'Streams a budget cut short.', ({ gateway }) => gateway.controls.endedEarly),
    labelled(
      workers,
      'brakes_total',
      'Calls each rung of a brake was in force for.',
      'rung',
      ({ gateway }) => gateway.controls.brakes,
    ),
  ];
}

function gatewayFamilies(workers: readonly WorkerStats[]): MetricFamily[] {
  const per = (
    type: 'gauge' | 'counter',
    name: string,
    help: string,
    read: (stats: WorkerStats) => number,
  ): MetricFamily => ({
    name: `burnrate_${name}`,
    help,
    type,
    samples: workers.map((stats) => ({ labels: { worker: String(stats.slot) }, value: read(stats) })),
  });
  return [
    per('counter', 'requests_total', 'Requests of the data plane.', (stats) => stats.gateway.requests),
    per('gauge', 'requests_in_flight', 'Requests under way.', (stats) => stats.gateway.inFlight),
    per('counter', 'attempts_total', 'Requests sent upstream.', (stats) => stats.gateway.attempts),
    per('counter', 'client_bytes_in_total', 'Bytes read from clients.', (stats) => stats.gateway.bytesIn),
    per('counter', 'client_bytes_out_total', 'Bytes sent to clients.', (stats) => stats.gateway.bytesOut),
    per('counter', 'client_disconnects_total', 'Streams whose client went away.', (stats) => stats.gateway.disconnects),
    per('gauge', 'journal_unshipped', 'Journal entries not yet in the ledger.', (stats) => stats.journal.unshipped),
    per('gauge', 'ship_lag_seconds', 'Time since the ledger had everything.', (stats) => stats.shipper.lagMs / 1_000),
    per('counter', 'shipped_attempts_total', 'Attempts sent to the ledger.', (stats) => stats.shipper.shippedAttempts),
    per('counter', 'ship_failures_total', 'Sends to the ledger that failed.', (stats) => stats.shipper.failedSends),
    labelled(workers, 'errors_total', 'Refusals by code.', 'code', (stats) => stats.gateway.errors),
    labelled(
      workers,
      'upstream_responses_total',
      'Attempts by upstream status class.',
      'status',
      (stats) => stats.gateway.upstreamStatuses,
    ),
    histogram(workers, 'request_duration_seconds', 'Whole requests.', (stats) => stats.gateway.durationSeconds),
    histogram(
      workers,
      'overhead_seconds',
      'Time Burnrate adds before a request goes upstream.',
      (stats) => stats.gateway.overheadSeconds,
    ),
  ];
}

function labelled(
  workers: readonly WorkerStats[],
  name: string,
  help: string,
  label: string,
  read: (stats: WorkerStats) => Readonly<Partial<Record<string, number>>>,
): MetricFamily {
  const samples = workers.flatMap((stats) =>
    Object.entries(read(stats)).map(([key, value = 0]) => ({
      labels: { worker: String(stats.slot), [label]: key },
      value,
    })),
  );
  return { name: `burnrate_${name}`, help, type: 'counter', samples };
}

function histogram(
  workers: readonly WorkerStats[],
  name: string,
  help: string,
  read: (stats: WorkerStats) => GatewayStats['durationSeconds'],
): MetricFamily {
  const histograms = workers.map((stats) => ({ labels: { worker: String(stats.slot) }, of: read(stats) }));
  return { name: `burnrate_${name}`, help, type: 'histogram', histograms };
}

/** Spending of the last hour by workflow, provider and model: what an alert on the burn rate needs. */
function recentSpending({ ledger, clock, log }: MetricsSources): () => Promise<MetricFamily[]> {
  let kept: MetricFamily[] = [];
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.monotonicMs() - askedAtMs < spendingMsMax) return kept;
    askedAtMs = clock.monotonicMs();
    const range = { fromMs: clock.nowMs() - spendingWindowMs, toMs: clock.nowMs() + 1 };
    try {
      kept = spendingFamilies(await ledger.costs({ range, by: spendingBy, where: {}, limit: spendingRowsMax }));
    } catch (error) {
      // A ledger that restarts must not hide the gateway's own figures; `burnrate_ledger_alive` tells of it.
      log('warn', 'spending_metrics_failed', { error });
    }
    return kept;
  };
}

function spendingFamilies({ rows, total, rowsLeftOut }: CostAnswer): MetricFamily[] {
  const shown = rows.map((row) => ({
    labels: Object.fromEntries(spendingBy.map((name) => [name, row.dimensions[name] ?? ''])),
    row,
  }));
  const per = (name: string, help: string, read: (row: CostAnswer['total']) => number): MetricFamily => {
    const samples = shown.map(({ labels, row }) => ({ labels, value: read(row) }));
    const rest = read(total) - samples.reduce((sum, sample) => sum + sample.value, 0);
    const left = rowsLeftOut > 0 ? [{ labels: { workflow: '(other)' }, value: rest }] : [];
    return { name: `burnrate_last_hour_${name}`, help, type: 'gauge', samples: [...samples, ...left] };
  };
  return [
    per('cost_usd', 'US dollars spent in the last hour.', (row) => toApproximateNumber(row.cost)),
    per('attempts', 'Attempts of the last hour.', (row) => row.attempts),
    per('input_tokens', 'Input tokens of the last hour.', (row) => row.inputTokens),
    per('output_tokens', 'Output tokens of the last hour.', (row) => row.outputTokens),
  ];
}

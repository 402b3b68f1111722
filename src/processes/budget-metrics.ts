import { type BudgetPorts, readStandings, type Standing } from '../api/index.ts';
import type { MetricFamily } from '../exchange/index.ts';
import { fromPicos, toApproximateNumber } from '../money/index.ts';
import type { AmountUnit } from '../tree/index.ts';
import type { WorkerStats } from './instance-metrics.ts';
import type { Log } from './log.ts';

/** Budgets shown, the fullest first; each is one row of every family. */
const rowsMax = 200;

/** How every budget stands: for one with `per`, its fullest instance. */
export async function budgetFamilies(ports: BudgetPorts, log: Log): Promise<MetricFamily[]> {
  try {
    return familiesOf(await readStandings(ports));
  } catch (error) {
    // The gateway's own figures must not wait for the books; `burnrate_books_lost` tells of them.
    log('warn', 'budget_metrics_failed', { error });
    return [];
  }
}

function familiesOf({ budgets }: Awaited<ReturnType<typeof readStandings>>): MetricFamily[] {
  const rows = budgets.flatMap(({ record, instances }) =>
    instances.slice(0, 1).map((standing) => ({ definition: record.definition, standing })),
  );
  const shown = rows.slice(0, rowsMax);
  const per = (name: string, help: string, read: (standing: Standing, limit: bigint) => bigint): MetricFamily => ({
    name: `burnrate_budget_${name}`,
    help,
    type: 'gauge',
    samples: shown.map(({ definition: { name: budget, unit, limit }, standing }) => ({
      labels: { budget, instance: standing.instance, unit },
      value: plain(unit, read(standing, limit)),
    })),
  });
  return [
    per('limit', 'Limit of the period, in the unit of the budget.', (_, limit) => limit),
    per('posted', 'Spent and settled, of the fullest instance.', ({ posted }) => posted),
    per('estimated', 'What lost gateways may have spent.', ({ estimated }) => estimated),
    per('held', 'Set aside for calls in flight.', ({ held }) => held),
    per('leased_idle', 'With gateways and not held.', ({ leasedIdle }) => leasedIdle),
    per('available', 'What is left; negative when overdrawn.', ({ available }) => available),
  ];
}

const plain = (unit: AmountUnit, amount: bigint): number =>
  unit === 'usd' ? toApproximateNumber(fromPicos(amount)) : Number(amount);

/** What every worker says of its own money. */
export function moneyFamilies(workers: readonly WorkerStats[]): MetricFamily[] {
  const per = (name: string, help: string, read: (stats: WorkerStats['money']) => number): MetricFamily => ({
    name: `burnrate_${name}`,
    help,
    type: 'gauge',
    samples: workers.map(({ slot, money }) => ({ labels: { worker: String(slot) }, value: read(money) })),
  });
  return [
    per('holds_open', 'Calls in flight with money held.', ({ openHolds }) => openHolds),
    per('holds_waiting', 'Calls that wait for money.', ({ waiting }) => waiting),
    per('books_lost', 'Whether the books cannot be reached.', ({ booksLost }) => (booksLost ? 1 : 0)),
  ];
}

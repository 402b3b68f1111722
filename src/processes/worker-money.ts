import type { HeldMoney } from '../api/index.ts';
import type { Clock, IdSource } from '../base/index.ts';
import { BudgetAccount, type BudgetDirectory, budgetDirectory, type GatewayBooks } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import { type BudgetsPort, limitRules, planRules } from '../gateway/index.ts';
import type { OpenJournal } from '../journal/index.ts';

/** The money of one worker, and what it says of itself. */
export interface WorkerMoney {
  readonly port: BudgetsPort;
  stats(): MoneyStats;
  /** Limits and plans of another file, for calls that begin from now on; its budgets come from the books. */
  configure(config: Config): void;
  /** Settles with the books; what is still held stays leased for whoever takes over the journal. */
  close(): Promise<void>;
}

export interface MoneyStats {
  readonly budgets: number;
  readonly openHolds: number;
  readonly waiting: number;
  readonly booksLost: boolean;
  readonly refreshFailures: number;
  readonly held: readonly HeldMoney[];
}

/**
 * Opens a worker's account: it serves nothing before it knows which budgets are in force.
 * @throws BurnrateError books_unavailable
 */
export async function openWorkerMoney(options: {
  readonly config: Config;
  readonly books: GatewayBooks;
  /** The journal that records the holds; it drops those the account has summed up for it. */
  readonly journal: Pick<OpenJournal, 'id' | 'checkpointWith'>;
  readonly clock: Clock;
  readonly ids: IdSource;
}): Promise<WorkerMoney> {
  const { config, books, journal, clock, ids } = options;
  const directory = budgetDirectory(books.budgets);
  await directory.refresh();
  const account = new BudgetAccount({
    books: books.budgets,
    holder: journal.id,
    nextLeaseId: () => ids.next('lease'),
    clock,
  });
  journal.checkpointWith(() => account.state.checkpoint());
  let limits = limitRules(config);
  let plans = planRules(config);
  return {
    port: { definitions: () => directory.definitions, account, limits: () => limits, plans: () => plans },
    stats: () => moneyStats(directory, account),
    configure(changed) {
      limits = limitRules(changed);
      plans = planRules(changed);
    },
    async close() {
      directory.close();
      await account.close();
    },
  };
}

function moneyStats(directory: BudgetDirectory, account: BudgetAccount): MoneyStats {
  return {
    budgets: directory.definitions.length,
    openHolds: account.state.openHolds,
    waiting: account.waiting,
    booksLost: account.state.booksLost,
    refreshFailures: directory.refreshFailures,
    held: heldMoney(account),
  };
}

/** Instances told of at a time; a screen shows no more. */
const heldRowsMax = 10_000;

function heldMoney(account: BudgetAccount): HeldMoney[] {
  const rows: HeldMoney[] = [];
  for (const { ref, lease, draining } of account.state.pots) {
    const held = [lease, ...draining].reduce((sum, each) => sum + (each?.held ?? 0n), 0n);
    if (held !== 0n) rows.push({ budget: ref.budget, instance: ref.instance, held });
    if (rows.length >= heldRowsMax) break;
  }
  return rows;
}

import { type Clock, idSource, systemClock } from '../../src/base/index.ts';
import { BudgetAccount, type BudgetBooks, budgetAccountLimits } from '../../src/books/index.ts';
import { openSqliteBooks } from '../../src/books/sqlite/index.ts';
import { limitRules, planRules } from '../../src/gateway/index.ts';
import { openRig, type Rig, type RigOptions } from '../../src/gateway/test-rig.ts';
import type { BudgetDefinition } from '../../src/tree/index.ts';

/** A million picodollars: what one token of input costs at a dollar per million. */
export const perInputToken = 1_000_000n;
export const perOutputToken = 10n * perInputToken;

export function budget(name: string, limit: bigint, more: Partial<BudgetDefinition> = {}): BudgetDefinition {
  const period = { kind: 'day', timeZone: 'UTC', rolling: false } as const;
  const fixed = {
    name,
    scope: {},
    per: [],
    unit: 'usd',
    limit,
    period,
    hard: true,
    failOpen: false,
    brake: [],
  } as const;
  return { ...fixed, ...more };
}

export interface BudgetRig {
  readonly rig: Rig;
  readonly account: BudgetAccount;
  readonly books: BudgetBooks;
  close(): Promise<void>;
}

/** A gateway with budgets in books of its own, in memory. */
export async function openBudgetRig(
  definitions: readonly BudgetDefinition[],
  options: RigOptions = {},
  clock: Clock = systemClock,
): Promise<BudgetRig> {
  const ids = idSource(clock);
  const books = await openSqliteBooks({ path: ':memory:', clock, ids });
  await books.budgets.adoptFile(definitions, 'test');
  const account = new BudgetAccount({
    books: books.budgets,
    holder: 'journal_test',
    nextLeaseId: () => ids.next('lease'),
    clock,
    limits: { ...budgetAccountLimits, tickMs: 10 },
  });
  const rig = await openRig({
    ...options,
    serverYaml: options.serverYaml ?? 'budgetWait: 1s',
    budgets: (config) => {
      const limits = limitRules(config);
      const plans = planRules(config);
      return { definitions: () => definitions, account, limits: () => limits, plans: () => plans };
    },
  });
  return {
    rig,
    account,
    books: books.budgets,
    async close() {
      await rig.close();
      await account.close();
      await books.close();
    },
  };
}

import type { AmountUnit, BudgetDefinition } from '../tree/index.ts';
import type { Period } from './periods.ts';

/**
 * `open` is the holder's to use. `expired` was not renewed: what is left of it counts as spent until its holder, the
 * taker-over of its journal, or an audited release says otherwise. `released` and `closed` give no more money.
 */
export type LeaseState = 'open' | 'expired' | 'released' | 'closed';

/** A lease that is not heard of for this long expires. */
export const leaseTtlMs = 30_000;

/** A slice of one budget period granted to one gateway process. All amounts are totals since it was opened. */
export interface Lease {
  readonly id: string;
  /** The journal that records what is held against it. */
  readonly holder: string;
  readonly account: AccountKey;
  readonly periodStartMs: number;
  readonly granted: bigint;
  readonly spent: bigint;
  readonly returned: bigint;
  /** Of the last message applied; older messages are stale. */
  readonly sequence: number;
  readonly state: LeaseState;
  readonly expiresAtMs: number;
  readonly openedAtMs: number;
}

/** One count: a budget, one combination of its `per` values, and the rule of its periods. */
export interface AccountKey {
  readonly budget: string;
  /** Empty for a budget without `per`. */
  readonly instance: string;
  readonly rule: string;
}

/** What one account has posted and leased in one period. */
export interface Balance {
  readonly account: AccountKey;
  readonly period: Period;
  /** Settled. */
  readonly posted: bigint;
  /** What expired leases may have spent. */
  readonly estimated: bigint;
  /** Still open to holders: held by calls in flight, or idle. */
  readonly leased: bigint;
  /** When an ask last found the money held by others, ms; 0 is never. */
  readonly contendedAtMs: number;
}

/** What a holder tells about one lease. Totals, so that a message lost, repeated or overtaken does no harm. */
export interface Settlement {
  readonly leaseId: string;
  readonly budget: string;
  readonly instance: string;
  /** Grows with every message about this lease. */
  readonly sequence: number;
  readonly spent: bigint;
  readonly returned: bigint;
  /** True when no hold is left on it: the rest goes back. */
  readonly close: boolean;
}

/** Asks that a lease's granted total reach `need`, better `want`. A new id opens a lease in the current period. */
export interface LeaseAsk {
  readonly leaseId: string;
  readonly budget: string;
  readonly instance: string;
  readonly sequence: number;
  readonly need: bigint;
  readonly want: bigint;
  /** The whole need of the call that asks: what must fit beside what is posted, or the budget is exceeded. */
  readonly size: bigint;
}

export interface ExchangeRequest {
  readonly holder: string;
  readonly settlements: readonly Settlement[];
  /** Each inner list is granted all or none, in a fixed order of budgets. */
  readonly asks: readonly (readonly LeaseAsk[])[];
  /** Answer with every lease of the holder that has not ended, so that it can end those it does not know. */
  readonly listAll?: boolean;
}

/** How a lease and its account stand. Times are lengths from the books' now, so that clocks need not agree. */
export interface LeaseView {
  readonly leaseId: string;
  readonly budget: string;
  readonly instance: string;
  readonly state: LeaseState;
  readonly granted: bigint;
  readonly expiresInMs: number;
  readonly periodEndsInMs: number;
  readonly limit: bigint;
  /** Posted and estimated spent, over all that counts now. */
  readonly spent: bigint;
  /** Limit less all that is spent or leased; negative when overdrawn or the limit was lowered. */
  readonly room: bigint;
  /** Somebody was refused a moment ago because others hold the money: give back what is idle. */
  readonly contended: boolean;
}

/** Why an ask got nothing. */
export interface Refusal {
  /** Position of the refused list in the request's `asks`. */
  readonly group: number;
  readonly leaseId: string;
  readonly budget: string;
  readonly instance: string;
  readonly unit: AmountUnit;
  /** `period_over`: the lease belongs to an earlier period; open another. `no_budget`: it was removed. */
  readonly reason: 'exceeded' | 'contended' | 'period_over' | 'lease_ended' | 'no_budget';
  readonly limit: bigint;
  readonly spent: bigint;
  readonly leased: bigint;
  readonly resetsInMs: number;
}

export interface ExchangeAnswer {
  /** One for every lease that was settled or granted. */
  readonly leases: readonly LeaseView[];
  readonly refusals: readonly Refusal[];
}

/** Where the rules below keep their rows; all calls of one exchange run in one transaction. */
export interface LeaseTables {
  definition(budget: string): Promise<BudgetDefinition | null>;
  lease(id: string): Promise<Lease | null>;
  saveLease(lease: Lease): Promise<void>;
  balance(account: AccountKey, periodStartMs: number): Promise<Balance | null>;
  saveBalance(balance: Balance): Promise<void>;
  /** The latest period the account ever had a balance in. */
  latestPeriod(account: AccountKey): Promise<Period | null>;
  /** Balances that still count at `atMs`. */
  counting(account: AccountKey, atMs: number): Promise<readonly Balance[]>;
  /** Leases not yet ended of one holder. */
  leasesOf(holder: string): Promise<readonly Lease[]>;
  /** Remembers that a holder's journal was taken over, so that a message of it that arrives late opens nothing. */
  endHolder(holder: string, nowMs: number): Promise<void>;
  hasEnded(holder: string): Promise<boolean>;
  /** Open leases whose time is over, at most `limit`. */
  overdue(nowMs: number, limit: number): Promise<readonly Lease[]>;
}

/** What of a lease is neither spent nor returned; never below zero. */
export function remainderOf(lease: Pick<Lease, 'granted' | 'spent' | 'returned'>): bigint {
  const rest = lease.granted - lease.spent - lease.returned;
  return rest > 0n ? rest : 0n;
}

interface Contribution {
  readonly posted: bigint;
  readonly estimated: bigint;
  readonly leased: bigint;
}

/** What a lease adds to its balance: spent money is posted, the rest is where its state says. */
function contributionOf(lease: Lease | null): Contribution {
  if (!lease) return { posted: 0n, estimated: 0n, leased: 0n };
  const rest = remainderOf(lease);
  return {
    posted: lease.spent,
    estimated: lease.state === 'expired' ? rest : 0n,
    leased: lease.state === 'open' ? rest : 0n,
  };
}

/** Moves a lease from one state to the next and its balance with it: the only way either is ever written. */
export async function moveLease(
  tables: LeaseTables,
  before: Lease | null,
  after: Lease,
  balance: Balance,
): Promise<Balance> {
  const old = contributionOf(before);
  const now = contributionOf(after);
  const moved = {
    ...balance,
    posted: balance.posted + now.posted - old.posted,
    estimated: balance.estimated + now.estimated - old.estimated,
    leased: balance.leased + now.leased - old.leased,
  };
  await tables.saveLease(after);
  await tables.saveBalance(moved);
  return moved;
}

import type { HoldEntry } from '../../tree/index.ts';
import type { Balance, Lease } from '../lease.ts';
import { balanceKey, type MemoryTables } from './memory-tables.ts';

/** A call in flight, as the naive model sees it: what is held for it, on which leases, and nothing else. */
export interface TrueCall {
  /** The journal that holds it. */
  readonly holder: string;
  held: Map<string, bigint>;
}

/** What was really billed and is held, kept apart from the books, and whether the books cover it. All amounts are whole units. */
export class MoneyTruth {
  readonly calls = new Map<string, TrueCall>();
  /** Every dollar truly billed, and what the books should show for it, by lease. */
  readonly billed = new Map<string, bigint>();
  readonly posted = new Map<string, bigint>();
  /** More than held was billed, by budget: the only way past a limit. */
  readonly overdrawn = new Map<string, bigint>();
  /** A journal lost its end, so that the books may post more than was billed. */
  powerCut = false;
  readonly #tables: MemoryTables;
  readonly #limitsChange: boolean;
  readonly #fail: (condition: boolean, message: string) => void;
  readonly #ceilings = new Map<string, bigint>();

  /** @param fail throws with what happened before when the condition is false */
  constructor(tables: MemoryTables, limitsChange: boolean, fail: (condition: boolean, message: string) => void) {
    this.#tables = tables;
    this.#limitsChange = limitsChange;
    this.#fail = fail;
  }

  /** A call was posted. @param actual what was billed for it; null when nobody knows, and all that was held is posted */
  post(call: TrueCall, entry: HoldEntry & { kind: 'post' }, actual: bigint | null): void {
    for (const share of entry.shares) {
      add(this.billed, share.leaseId, share.amount);
      add(this.posted, share.leaseId, share.amount);
      const excess = share.amount - (call.held.get(share.leaseId) ?? 0n);
      if (excess > 0n) add(this.overdrawn, share.budget, excess);
    }
    if (actual !== null) this.#checkPosting(call, entry, actual);
  }

  /** Calls whose gateway died are billed some of what is held for them; the books cannot but count all of it. */
  endCallsOf(holder: string, billOf: (held: bigint) => bigint): void {
    for (const [holdId, call] of this.calls) {
      if (call.holder !== holder) continue;
      const held = this.leastHeld(call);
      let left = billOf(held);
      for (const [leaseId, amount] of call.held) {
        add(this.posted, leaseId, amount);
        add(this.billed, leaseId, min(amount, left));
        left = held;
      }
      this.calls.delete(holdId);
    }
  }

  /** Of each budget exactly what was billed is posted, however many leases the hold is spread over. */
  #checkPosting(call: TrueCall, entry: HoldEntry & { kind: 'post' }, actual: bigint): void {
    const byPot = new Map<string, bigint>();
    for (const share of entry.shares) add(byPot, `${share.budget}|${share.instance}`, share.amount);
    for (const sum of byPot.values()) this.#fail(sum === actual, 'a posting is the bill, whole and unclipped');
    this.#fail(call.held.size === entry.shares.length, 'a posting covers every share');
  }

  /** The least that is held in any budget: what the provider may bill at most. */
  leastHeld(call: TrueCall): bigint {
    const byPot = new Map<string, bigint>();
    for (const [leaseId, amount] of call.held) {
      const account = this.#tables.leases.get(leaseId)?.account;
      add(byPot, `${account?.budget}|${account?.instance}`, amount);
    }
    return [...byPot.values()].reduce(min);
  }

  /** Guarantee 1, after every step. @throws AssertionFailure */
  check(): void {
    const exposure = this.#exposureByLease();
    const byBalance = new Map<string, bigint>();
    for (const lease of this.#tables.leases.values()) {
      const billable = exposure.get(lease.id) ?? 0n;
      add(byBalance, balanceKey(lease.account, lease.periodStartMs), billable);
      if (lease.state === 'open' || lease.state === 'expired') this.#checkLease(lease, billable);
    }
    const byAccount = new Map<string, Balance[]>();
    for (const balance of this.#tables.balances.values()) {
      const key = balanceKey(balance.account, 0);
      byAccount.set(key, [...(byAccount.get(key) ?? []), balance]);
    }
    for (const rows of byAccount.values()) this.#checkAccount(rows, byBalance);
  }

  /** What was billed and what is held, by lease: the truth the books must cover. */
  #exposureByLease(): Map<string, bigint> {
    const exposure = new Map(this.billed);
    for (const call of this.calls.values()) for (const [leaseId, amount] of call.held) add(exposure, leaseId, amount);
    return exposure;
  }

  #checkLease(lease: Lease, billable: bigint): void {
    const covered = max(lease.granted, lease.spent) - lease.returned;
    const slack = this.overdrawn.get(lease.account.budget) ?? 0n;
    this.#fail(billable <= covered + slack, `lease ${lease.id} covers ${covered} of ${billable}`);
  }

  /** Guarantee 1: billed and held stay within the limit, by the truth and by the books. */
  #checkAccount(rows: readonly Balance[], exposureByBalance: ReadonlyMap<string, bigint>): void {
    const account = rows[0]?.account;
    const definition = this.#tables.definitions.get(account?.budget ?? '');
    if (!account || !definition) return;
    const latest = Math.max(...rows.map((row) => row.period.startMs));
    const counting = rows.filter((row) => row.period.countsUntilMs > latest);
    const booked = sum(counting.map((row) => row.posted + row.estimated + row.leased));
    const truth = sum(counting.map((row) => exposureByBalance.get(balanceKey(account, row.period.startMs)) ?? 0n));
    const slack = this.overdrawn.get(account.budget) ?? 0n;
    const key = `${account.budget}|${account.instance}|${definition.period.rolling ? '' : latest}`;
    // A lowered limit cannot undo what is out already; it may only not grow.
    const ceiling = max(definition.limit + slack, this.#ceilings.get(key) ?? 0n);
    this.#fail(booked <= ceiling, `${key}: books hold ${booked} of ${definition.limit}`);
    this.#fail(truth <= ceiling, `${key}: billed and held ${truth} of ${definition.limit}`);
    if (this.#limitsChange) this.#ceilings.set(key, max(booked, truth));
    for (const row of rows) {
      this.#fail(row.posted >= 0n && row.leased >= 0n && row.estimated >= 0n, `${key}: no balance is negative`);
    }
  }

  /** Guarantee 2, once every call is settled: nothing is held and every dollar is posted once. @throws AssertionFailure */
  checkSettled(): void {
    for (const balance of this.#tables.balances.values()) {
      const name = `${balance.account.budget} at ${balance.period.startMs}`;
      this.#fail(balance.leased === 0n && balance.estimated === 0n, `${name}: nothing is held when all is settled`);
    }
    for (const lease of this.#tables.leases.values()) {
      const posted = this.posted.get(lease.id) ?? 0n;
      const billed = this.billed.get(lease.id) ?? 0n;
      this.#fail(lease.spent >= billed, `${lease.id}: posted ${lease.spent} of ${billed} billed`);
      if (!this.powerCut) this.#fail(lease.spent === posted, `${lease.id}: posted ${lease.spent}, expected ${posted}`);
    }
    for (const leaseId of this.posted.keys()) this.#fail(this.#tables.leases.has(leaseId), `${leaseId} is posted`);
  }
}

export function add(map: Map<string, bigint>, key: string, amount: bigint): void {
  map.set(key, (map.get(key) ?? 0n) + amount);
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

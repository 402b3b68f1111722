import type { BudgetDefinition } from '../../tree/index.ts';
import type { AccountKey, Balance, Lease, LeaseTables } from '../lease.ts';

/** Tables in memory, with the meaning the SQL engines give them; the model runs the same rules on them. */
export class MemoryTables implements LeaseTables {
  readonly definitions = new Map<string, BudgetDefinition>();
  readonly leases = new Map<string, Lease>();
  readonly balances = new Map<string, Balance>();
  readonly #endedHolders = new Set<string>();
  readonly #byAccount = new Map<string, Map<number, Balance>>();

  async definition(budget: string) {
    return this.definitions.get(budget) ?? null;
  }
  async lease(id: string) {
    return this.leases.get(id) ?? null;
  }
  async saveLease(lease: Lease) {
    this.leases.set(lease.id, lease);
  }
  async balance(account: AccountKey, periodStartMs: number) {
    return this.balances.get(balanceKey(account, periodStartMs)) ?? null;
  }
  async saveBalance(balance: Balance) {
    this.balances.set(balanceKey(balance.account, balance.period.startMs), balance);
    const key = balanceKey(balance.account, 0);
    const own = this.#byAccount.get(key) ?? new Map<number, Balance>();
    this.#byAccount.set(key, own.set(balance.period.startMs, balance));
  }
  async latestPeriod(account: AccountKey) {
    const own = this.#of(account).sort((a, b) => b.period.startMs - a.period.startMs);
    return own[0]?.period ?? null;
  }
  async counting(account: AccountKey, atMs: number) {
    return this.#of(account).filter((balance) => balance.period.countsUntilMs > atMs);
  }
  async leasesOf(holder: string) {
    return [...this.leases.values()].filter((lease) => lease.holder === holder && lease.state !== 'closed');
  }
  async endHolder(holder: string) {
    this.#endedHolders.add(holder);
  }
  async hasEnded(holder: string) {
    return this.#endedHolders.has(holder);
  }
  async overdue(nowMs: number, limit: number) {
    const open = [...this.leases.values()].filter((lease) => lease.state === 'open' && lease.expiresAtMs < nowMs);
    return open.slice(0, limit);
  }

  #of(account: AccountKey): Balance[] {
    return [...(this.#byAccount.get(balanceKey(account, 0))?.values() ?? [])];
  }
}

export const balanceKey = (account: AccountKey, startMs: number) =>
  `${account.budget}|${account.instance}|${account.rule}|${startMs}`;

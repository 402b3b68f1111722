import type { BudgetDefinition } from '../../tree/index.ts';
import type { AccountKey, Balance, Lease, LeaseState, LeaseTables } from '../lease.ts';
import type { Period } from '../periods.ts';
import { decodeDefinition } from './definition-json.ts';
import type { BalanceRow, LeaseRow } from './schema.ts';
import type { Database, Write } from './store.ts';

/** The rows of one transaction. Definitions are read once per transaction: within it they do not change. */
export function sqlLeaseTables(transaction: Write): LeaseTables {
  const definitions = new Map<string, BudgetDefinition | null>();
  return {
    async definition(budget) {
      const known = definitions.get(budget);
      if (known !== undefined) return known;
      const read = await readDefinition(transaction, budget);
      definitions.set(budget, read);
      return read;
    },
    lease: (id) => readLease(transaction, id),
    saveLease: (lease) => saveLease(transaction, lease),
    balance: (account, periodStartMs) => readBalance(transaction, account, periodStartMs),
    saveBalance: (balance) => saveBalance(transaction, balance),
    latestPeriod: (account) => readLatestPeriod(transaction, account),
    counting: (account, atMs) => readCounting(transaction, account, atMs),
    async leasesOf(holder) {
      const rows = await transaction
        .selectFrom('leases')
        .selectAll()
        .where('holder', '=', holder)
        .where('state', '!=', 'closed')
        .orderBy('id')
        .execute();
      return rows.map(toLease);
    },
    async endHolder(holder, nowMs) {
      const row = { holder, at_ms: nowMs };
      const insert = transaction.insertInto('ended_holders').values(row);
      await insert.onConflict((conflict) => conflict.column('holder').doNothing()).execute();
    },
    async hasEnded(holder) {
      const found = transaction.selectFrom('ended_holders').select('holder').where('holder', '=', holder);
      return (await found.executeTakeFirst()) !== undefined;
    },
    async overdue(nowMs, limit) {
      const rows = await transaction
        .selectFrom('leases')
        .selectAll()
        .where('state', '=', 'open')
        .where('expires_at_ms', '<', nowMs)
        .limit(limit)
        .execute();
      return rows.map(toLease);
    },
  };
}

async function readDefinition(db: Database, budget: string): Promise<BudgetDefinition | null> {
  const row = await db
    .selectFrom('budgets')
    .select('definition')
    .where('name', '=', budget)
    .where('removed_at_ms', 'is', null)
    .executeTakeFirst();
  return row ? decodeDefinition(row.definition) : null;
}

async function readLease(db: Database, id: string): Promise<Lease | null> {
  const row = await db.selectFrom('leases').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toLease(row) : null;
}

async function saveLease(transaction: Write, lease: Lease): Promise<void> {
  const row = fromLease(lease);
  await transaction
    .insertInto('leases')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

const accountBalances = (db: Database, { budget, instance, rule }: AccountKey) =>
  db
    .selectFrom('balances')
    .selectAll()
    .where('budget', '=', budget)
    .where('instance', '=', instance)
    .where('rule', '=', rule);

async function readBalance(db: Database, account: AccountKey, periodStartMs: number): Promise<Balance | null> {
  const row = await accountBalances(db, account).where('period_start_ms', '=', periodStartMs).executeTakeFirst();
  return row ? toBalance(row) : null;
}

async function readLatestPeriod(db: Database, account: AccountKey): Promise<Period | null> {
  const row = await accountBalances(db, account).orderBy('period_start_ms', 'desc').limit(1).executeTakeFirst();
  return row ? toBalance(row).period : null;
}

async function readCounting(db: Database, account: AccountKey, atMs: number): Promise<readonly Balance[]> {
  const rows = await accountBalances(db, account).where('counts_until_ms', '>', atMs).execute();
  return rows.map(toBalance);
}

async function saveBalance(transaction: Write, balance: Balance): Promise<void> {
  const row = fromBalance(balance);
  await transaction
    .insertInto('balances')
    .values(row)
    .onConflict((conflict) => conflict.columns(['budget', 'instance', 'rule', 'period_start_ms']).doUpdateSet(row))
    .execute();
}

function fromBalance(balance: Balance): BalanceRow {
  return {
    budget: balance.account.budget,
    instance: balance.account.instance,
    rule: balance.account.rule,
    period_start_ms: balance.period.startMs,
    period_end_ms: balance.period.endMs,
    counts_until_ms: balance.period.countsUntilMs,
    posted: `${balance.posted}`,
    estimated: `${balance.estimated}`,
    leased: `${balance.leased}`,
    contended_at_ms: balance.contendedAtMs,
  };
}

export function toBalance(row: BalanceRow): Balance {
  return {
    account: { budget: row.budget, instance: row.instance, rule: row.rule },
    period: {
      startMs: Number(row.period_start_ms),
      endMs: Number(row.period_end_ms),
      countsUntilMs: Number(row.counts_until_ms),
    },
    posted: BigInt(row.posted),
    estimated: BigInt(row.estimated),
    leased: BigInt(row.leased),
    contendedAtMs: Number(row.contended_at_ms),
  };
}

function fromLease(lease: Lease): LeaseRow {
  return {
    id: lease.id,
    holder: lease.holder,
    budget: lease.account.budget,
    instance: lease.account.instance,
    rule: lease.account.rule,
    period_start_ms: lease.periodStartMs,
    granted: `${lease.granted}`,
    spent: `${lease.spent}`,
    returned: `${lease.returned}`,
    sequence: lease.sequence,
    state: lease.state,
    expires_at_ms: lease.expiresAtMs,
    opened_at_ms: lease.openedAtMs,
  };
}

export function toLease(row: LeaseRow): Lease {
  return {
    id: row.id,
    holder: row.holder,
    account: { budget: row.budget, instance: row.instance, rule: row.rule },
    periodStartMs: Number(row.period_start_ms),
    granted: BigInt(row.granted),
    spent: BigInt(row.spent),
    returned: BigInt(row.returned),
    sequence: Number(row.sequence),
    state: row.state as LeaseState,
    expiresAtMs: Number(row.expires_at_ms),
    openedAtMs: Number(row.opened_at_ms),
  };
}

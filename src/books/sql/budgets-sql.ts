import type { BudgetDefinition } from '../../tree/index.ts';
import {
  type BalanceQuery,
  type BudgetBooks,
  type BudgetRecord,
  budgetsMax,
  type DefinitionSource,
  type LeaseQuery,
  type PutBudgetResult,
} from '../budgets.ts';
import {
  exchange,
  expireOverdue,
  type ReleaseResult,
  releaseLease,
  type TakeOverRequest,
  takeOverLeases,
} from '../exchange.ts';
import type { Balance, Lease } from '../lease.ts';
import { writeAudit } from './audit-sql.ts';
import { decodeDefinition, encodeDefinition } from './definition-json.ts';
import { sqlLeaseTables, toBalance, toLease } from './lease-tables-sql.ts';
import type { BudgetRow } from './schema.ts';
import { type Database, nextSequence, type Store, type Write } from './store.ts';

const rowsPerPageMax = 10_000;
const rowsPerPageDefault = 1_000;
const expiriesMax = 1_000;

export function sqlBudgets(store: Store): BudgetBooks {
  return {
    put: (definition, actor) => store.write((transaction) => put(store, transaction, definition, actor)),
    remove: (name, actor) => store.write((transaction) => remove(store, transaction, name, actor)),
    adoptFile: (definitions, actor) => store.write((transaction) => adopt(store, transaction, definitions, actor)),
    get: (name) => store.read((db) => find(db, name)),
    list: () => list(store),
    changedSince: (version, limit) => changedSince(store, version, limit),
    exchange: (request) =>
      store.write((transaction) => exchange(sqlLeaseTables(transaction), request, store.clock.nowMs())),
    takeOver: (request, actor) => store.write((transaction) => takeOver(store, transaction, request, actor)),
    release: (id, reason, actor) => store.write((transaction) => release(store, transaction, id, reason, actor)),
    expireOverdue: () =>
      store.write((transaction) => expireOverdue(sqlLeaseTables(transaction), store.clock.nowMs(), expiriesMax)),
    balances: (query = {}) => balances(store, query),
    leases: (query = {}) => leases(store, query),
    prune: (beforeMs) => store.write((transaction) => prune(transaction, beforeMs)),
  };
}

async function put(
  store: Store,
  transaction: Write,
  definition: BudgetDefinition,
  actor: string,
): Promise<PutBudgetResult> {
  const before = await find(transaction, definition.name);
  const inForce = before?.removedAtMs === null ? before : null;
  if (inForce?.source === 'file') return { ok: false, reason: 'owned_by_file', record: inForce };
  if (inForce && encodeDefinition(inForce.definition) === encodeDefinition(definition)) {
    return { ok: true, record: inForce, changed: false };
  }
  if (!inForce && (await countInForce(transaction)) >= budgetsMax) return { ok: false, reason: 'too_many', budgetsMax };
  return { ok: true, record: await save(store, transaction, definition, 'api', inForce, actor), changed: true };
}

async function countInForce(db: Database): Promise<number> {
  const row = await db
    .selectFrom('budgets')
    .select((build) => build.fn.countAll().as('count'))
    .where('removed_at_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function adopt(
  store: Store,
  transaction: Write,
  definitions: readonly BudgetDefinition[],
  actor: string,
): Promise<number> {
  const known = (await all(transaction)).filter((record) => record.removedAtMs === null);
  const names = new Set(definitions.map((definition) => definition.name));
  const gone = known.filter((record) => record.source === 'file' && !names.has(record.definition.name));
  for (const record of gone) await markRemoved(store, transaction, record, actor);
  const byName = new Map(known.map((record) => [record.definition.name, record]));
  const changed = definitions.filter((definition) => {
    const before = byName.get(definition.name);
    return before?.source !== 'file' || encodeDefinition(before.definition) !== encodeDefinition(definition);
  });
  for (const definition of changed) {
    await save(store, transaction, definition, 'file', byName.get(definition.name) ?? null, actor);
  }
  return gone.length + changed.length;
}

async function save(
  store: Store,
  transaction: Write,
  definition: BudgetDefinition,
  source: DefinitionSource,
  before: BudgetRecord | null,
  actor: string,
): Promise<BudgetRecord> {
  const version = await nextSequence(transaction, 'budgets');
  const record: BudgetRecord = { definition, source, version, changedAtMs: store.clock.nowMs(), removedAtMs: null };
  const row = toRow(record);
  await transaction
    .insertInto('budgets')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
  const action = before ? 'budget.change' : 'budget.create';
  await writeAudit(store, transaction, {
    actor,
    action,
    subject: definition.name,
    before: before && forAudit(before),
    after: forAudit(record),
  });
  return record;
}

async function remove(store: Store, transaction: Write, name: string, actor: string): Promise<BudgetRecord | null> {
  const record = await find(transaction, name);
  if (!record || record.removedAtMs !== null || record.source === 'file') return null;
  return markRemoved(store, transaction, record, actor);
}

async function markRemoved(
  store: Store,
  transaction: Write,
  record: BudgetRecord,
  actor: string,
): Promise<BudgetRecord> {
  const version = await nextSequence(transaction, 'budgets');
  const nowMs = store.clock.nowMs();
  const removed = { ...record, version, changedAtMs: nowMs, removedAtMs: nowMs };
  const subject = record.definition.name;
  await transaction.updateTable('budgets').set(toRow(removed)).where('name', '=', subject).execute();
  await writeAudit(store, transaction, {
    actor,
    action: 'budget.remove',
    subject,
    before: forAudit(record),
    after: null,
  });
  return removed;
}

async function takeOver(
  store: Store,
  transaction: Write,
  request: TakeOverRequest,
  actor: string,
): Promise<readonly Lease[]> {
  const ended = await takeOverLeases(sqlLeaseTables(transaction), request, store.clock.nowMs());
  if (ended.length === 0) return ended;
  await writeAudit(store, transaction, {
    actor,
    action: 'lease.takeover',
    subject: request.holder,
    before: null,
    after: { leases: ended.length, intact: request.intact },
  });
  return ended;
}

async function release(
  store: Store,
  transaction: Write,
  leaseId: string,
  reason: string,
  actor: string,
): Promise<ReleaseResult> {
  const result = await releaseLease(sqlLeaseTables(transaction), leaseId);
  if (!result.ok) return result;
  const { budget, instance } = result.lease.account;
  await writeAudit(store, transaction, {
    actor,
    action: 'lease.release',
    subject: leaseId,
    before: { state: 'expired', budget, instance },
    after: { state: 'released', amount: `${result.released}`, reason },
  });
  return result;
}

async function find(db: Database, name: string): Promise<BudgetRecord | null> {
  const row = await db.selectFrom('budgets').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? fromRow(row) : null;
}

async function all(db: Database): Promise<readonly BudgetRecord[]> {
  return (await db.selectFrom('budgets').selectAll().orderBy('name').execute()).map(fromRow);
}

async function list(store: Store): Promise<readonly BudgetRecord[]> {
  return (await store.read(all)).filter((record) => record.removedAtMs === null);
}

async function changedSince(store: Store, version: number, limit: number): Promise<readonly BudgetRecord[]> {
  const rows = await store.read((db) =>
    db.selectFrom('budgets').selectAll().where('version', '>', version).orderBy('version').limit(limit).execute(),
  );
  return rows.map(fromRow);
}

async function balances(store: Store, query: BalanceQuery): Promise<readonly Balance[]> {
  const rows = await store.read((db) => {
    let select = db.selectFrom('balances').selectAll();
    if (query.budget !== undefined) select = select.where('budget', '=', query.budget);
    if (query.instance !== undefined) select = select.where('instance', '=', query.instance);
    if (query.countingAtMs !== undefined) select = select.where('counts_until_ms', '>', query.countingAtMs);
    const { after } = query;
    if (after) {
      const { budget, instance, rule } = after.account;
      select = select.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('budget', 'instance', 'rule', 'period_start_ms'),
          '>',
          tuple(budget, instance, rule, after.periodStartMs),
        ),
      );
    }
    return select
      .orderBy('budget')
      .orderBy('instance')
      .orderBy('rule')
      .orderBy('period_start_ms')
      .limit(Math.min(query.limit ?? rowsPerPageDefault, rowsPerPageMax))
      .execute();
  });
  return rows.map(toBalance);
}

async function leases(store: Store, query: LeaseQuery): Promise<readonly Lease[]> {
  const rows = await store.read((db) => {
    let select = db.selectFrom('leases').selectAll();
    if (query.budget !== undefined) select = select.where('budget', '=', query.budget);
    if (query.holder !== undefined) select = select.where('holder', '=', query.holder);
    if (query.state !== undefined) select = select.where('state', '=', query.state);
    const limit = Math.min(query.limit ?? rowsPerPageDefault, rowsPerPageMax);
    return select.orderBy('opened_at_ms', 'desc').orderBy('id', 'desc').limit(limit).execute();
  });
  return rows.map(toLease);
}

/** The newest balance of an account stays for ever: it is what keeps an older period from being opened again. */
async function prune(transaction: Write, beforeMs: number): Promise<{ balances: number; leases: number }> {
  const ended = await transaction
    .deleteFrom('leases')
    .where('state', 'in', ['closed', 'released'])
    .where('expires_at_ms', '<', beforeMs)
    .executeTakeFirst();
  await transaction.deleteFrom('ended_holders').where('at_ms', '<', beforeMs).execute();
  const past = await transaction
    .deleteFrom('balances')
    .where('counts_until_ms', '<', beforeMs)
    .where((where) =>
      where.and([
        where.not(
          where.exists(
            where
              .selectFrom('leases')
              .select('leases.id')
              .whereRef('leases.budget', '=', 'balances.budget')
              .whereRef('leases.instance', '=', 'balances.instance')
              .whereRef('leases.rule', '=', 'balances.rule')
              .whereRef('leases.period_start_ms', '=', 'balances.period_start_ms'),
          ),
        ),
        where.exists(
          where
            .selectFrom('balances as later')
            .select('later.budget')
            .whereRef('later.budget', '=', 'balances.budget')
            .whereRef('later.instance', '=', 'balances.instance')
            .whereRef('later.rule', '=', 'balances.rule')
            .whereRef('later.period_start_ms', '>', 'balances.period_start_ms'),
        ),
      ]),
    )
    .executeTakeFirst();
  return { balances: Number(past.numDeletedRows), leases: Number(ended.numDeletedRows) };
}

function forAudit(record: BudgetRecord): unknown {
  return { source: record.source, ...JSON.parse(encodeDefinition(record.definition)) };
}

function toRow(record: BudgetRecord): BudgetRow {
  return {
    name: record.definition.name,
    definition: encodeDefinition(record.definition),
    source: record.source,
    version: record.version,
    changed_at_ms: record.changedAtMs,
    removed_at_ms: record.removedAtMs,
  };
}

function fromRow(row: BudgetRow): BudgetRecord {
  return {
    definition: decodeDefinition(row.definition),
    source: row.source as DefinitionSource,
    version: Number(row.version),
    changedAtMs: Number(row.changed_at_ms),
    removedAtMs: row.removed_at_ms === null ? null : Number(row.removed_at_ms),
  };
}

import type { Kysely, Transaction } from 'kysely';
import { BurnrateError } from '../../base/index.ts';
import type { Schema } from './schema.ts';

type Step = (db: Kysely<Schema>) => Promise<void>;

/** Each step runs once, in order, in one transaction with its number. A released step is never edited: add one. */
const steps: readonly Step[] = [
  createKeysAndAudit,
  createBudgets,
  createEndedHolders,
  createAlertsAndTasks,
  createForecasts,
  createReviews,
  createUsers,
  createRefusedCalls,
];

interface VersionTable {
  schema_version: { version: number };
}

/**
 * Brings the tables up to date. Call it inside a write transaction, so that of several starting processes one migrates.
 * @throws BurnrateError books_unavailable when the file was written by a newer version
 */
export async function migrate(transaction: Transaction<Schema>): Promise<void> {
  const versions = transaction as unknown as Transaction<VersionTable>;
  await versions.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .execute();
  const applied = await versions.selectFrom('schema_version').select('version').execute();
  const current = Math.max(0, ...applied.map((row) => Number(row.version)));
  refuseNewer(current);
  for (let version = current + 1; version <= steps.length; version++) {
    await steps[version - 1]?.(transaction);
    await versions.insertInto('schema_version').values({ version }).execute();
  }
}

function refuseNewer(current: number): void {
  if (current <= steps.length) return;
  throw new BurnrateError('books_unavailable', {
    message: `the books were written by a newer Burnrate (schema ${current}, this one knows ${steps.length})`,
  });
}

async function createKeysAndAudit(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('defaults', 'text', (column) => column.notNull())
    .addColumn('allowed_models', 'text', (column) => column.notNull())
    .addColumn('budgets', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .addColumn('version', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('keys_by_version').on('keys').column('version').execute();
  await db.schema
    .createTable('audit')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('before_json', 'text', (column) => column.notNull())
    .addColumn('after_json', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_by_subject').on('audit').columns(['subject', 'sequence']).execute();
}

async function createBudgets(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('budgets')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('changed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('removed_at_ms', 'bigint')
    .execute();
  await db.schema.createIndex('budgets_by_version').on('budgets').column('version').execute();
  await createBalances(db);
  await createLeases(db);
}

async function createBalances(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('balances')
    .addColumn('budget', 'text', (column) => column.notNull())
    .addColumn('instance', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('period_start_ms', 'bigint', (column) => column.notNull())
    .addColumn('period_end_ms', 'bigint', (column) => column.notNull())
    .addColumn('counts_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('posted', 'text', (column) => column.notNull())
    .addColumn('estimated', 'text', (column) => column.notNull())
    .addColumn('leased', 'text', (column) => column.notNull())
    .addColumn('contended_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('balances_key', ['budget', 'instance', 'rule', 'period_start_ms'])
    .execute();
  await db.schema.createIndex('balances_by_end').on('balances').column('counts_until_ms').execute();
}

async function createLeases(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('leases')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('budget', 'text', (column) => column.notNull())
    .addColumn('instance', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('period_start_ms', 'bigint', (column) => column.notNull())
    .addColumn('granted', 'text', (column) => column.notNull())
    .addColumn('spent', 'text', (column) => column.notNull())
    .addColumn('returned', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('opened_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('leases_by_holder').on('leases').columns(['holder', 'state']).execute();
  await db.schema.createIndex('leases_by_expiry').on('leases').columns(['state', 'expires_at_ms']).execute();
  await db.schema.createIndex('leases_by_budget').on('leases').columns(['budget', 'instance']).execute();
}

async function createEndedHolders(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('ended_holders')
    .addColumn('holder', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createAlertsAndTasks(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('alerts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addColumn('link', 'text', (column) => column.notNull())
    .addColumn('once', 'integer', (column) => column.notNull())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('resolved_at_ms', 'bigint')
    .addColumn('silenced_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('acknowledged_by', 'text')
    .execute();
  await db.schema.createIndex('alerts_by_start').on('alerts').columns(['started_at_ms', 'id']).execute();
  await db.schema.createIndex('alerts_by_state').on('alerts').columns(['state', 'resolved_at_ms']).execute();
  await createDeliveriesAndTasks(db);
}

async function createDeliveriesAndTasks(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('alert_id', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('change', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('due_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('deliveries_by_due').on('deliveries').column('due_at_ms').execute();
  await db.schema
    .createTable('leaders')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('until_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('tasks')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('failure', 'text')
    .execute();
}

async function createForecasts(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('forecasts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('made_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('made_by', 'text', (column) => column.notNull())
    .addColumn('automatic', 'integer', (column) => column.notNull())
    .addColumn('reasons', 'text', (column) => column.notNull())
    .addColumn('inputs', 'text', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('forecasts_by_time').on('forecasts').columns(['made_at_ms', 'id']).execute();
}

async function createUsers(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .execute();
}

async function createReviews(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('reviews')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('workflow', 'text')
    .addColumn('stage', 'text')
    .addColumn('call_id', 'text')
    .addColumn('run', 'text')
    .addColumn('role', 'text')
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('link', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('reviewer', 'text')
    .addColumn('started_at_ms', 'bigint')
    .addColumn('spent_ms', 'bigint', (column) => column.notNull())
    .addColumn('decided_at_ms', 'bigint')
    .addColumn('decision', 'text')
    .addColumn('minutes', 'double precision')
    .addColumn('minutes_stated', 'integer', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('decided_as', 'text')
    .addColumn('in_ledger', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('reviews_by_age').on('reviews').columns(['state', 'created_at_ms', 'id']).execute();
  await db.schema.createIndex('reviews_to_record').on('reviews').columns(['in_ledger', 'state']).execute();
}

async function createRefusedCalls(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('refused_calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('user_name', 'text')
    .addColumn('budget', 'text')
    .addColumn('told', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('refused_calls_by_time').on('refused_calls').columns(['at_ms', 'id']).execute();
  await db.schema
    .createIndex('refused_calls_by_caller')
    .on('refused_calls')
    .columns(['caller', 'at_ms', 'id'])
    .execute();
  await db.schema
    .createIndex('refused_calls_by_user')
    .on('refused_calls')
    .columns(['user_name', 'at_ms', 'id'])
    .execute();
}

import type { Kysely, Transaction } from 'kysely';
import { BurnrateError } from '../../base/index.ts';
import type { Schema } from './schema.ts';

type Step = (db: Kysely<Schema>) => Promise<void>;

/** Each step runs once, in order, in one transaction with its number. A released step is never edited: add one. */
const steps: readonly Step[] = [createKeysAndAudit];

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

import type { Kysely, Transaction } from 'kysely';
import { AssertionFailure, BurnrateError, type Clock, type IdSource } from '../../base/index.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Write = Transaction<Schema>;

/** What an engine gives to the shared SQL: reads on their own, writes in one serialized transaction. */
export interface Store {
  readonly clock: Clock;
  readonly ids: IdSource;
  read<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction that holds the write lock from its first statement; it commits when `work` returns. */
  write<T>(work: (transaction: Write) => Promise<T>): Promise<T>;
}

/** @throws BurnrateError books_unavailable for everything the engine throws */
export function createStore(db: Database, clock: Clock, ids: IdSource): Store {
  return {
    clock,
    ids,
    read: (work) => named(() => work(db)),
    write: (work) => named(() => db.transaction().execute(work)),
  };
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof BurnrateError || cause instanceof AssertionFailure) throw cause;
    throw unavailable(cause);
  }
}

/** The one shape in which an engine's failures leave the books. */
export function unavailable(cause: unknown): BurnrateError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new BurnrateError('books_unavailable', { message: `the books failed: ${detail}`, cause, retryAfterMs: 1_000 });
}

/** Draws the next number of a named sequence; numbers are in commit order and never used twice. */
export async function nextSequence(transaction: Write, name: string): Promise<number> {
  const row = await transaction
    .insertInto('counters')
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((build) => ({ value: build('counters.value', '+', 1) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

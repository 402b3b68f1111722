import { Kysely } from 'kysely';
import Libsql from 'libsql';
import { BurnrateError, type Clock, type IdSource } from '../../base/index.ts';
import type { Books } from '../books.ts';
import { migrate } from '../sql/migrations.ts';
import type { Schema } from '../sql/schema.ts';
import { sqlBooks } from '../sql/sql-books.ts';
import { createStore, unavailable } from '../sql/store.ts';
import { ImmediateSqliteDialect } from './immediate-dialect.ts';

/** How long a statement blocks the thread for a lock; transactions wait longer, but without blocking. */
const busyTimeoutMs = 20;

export interface SqliteBooksOptions {
  /** The file, or `:memory:`. Several processes may open the same file. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * Opens the books in a SQLite file, creating and migrating it as needed.
 * Statements run on the calling thread and commits wait for the disk, so a data plane opens them on a thread of their own.
 * @throws BurnrateError books_unavailable when the file cannot be opened or is from a newer version
 */
export async function openSqliteBooks(options: SqliteBooksOptions): Promise<Books> {
  const db = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(openFile(options.path)) });
  const store = createStore(db, options.clock, options.ids);
  try {
    await store.write(migrate);
  } catch (cause) {
    await db.destroy();
    throw cause;
  }
  return sqlBooks(store, () => db.destroy());
}

function openFile(path: string): Libsql.Database {
  try {
    const file = new Libsql(path);
    file.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
    file.exec('pragma journal_mode = wal');
    // A granted lease that a power cut forgets could be granted twice, so commits reach the disk.
    file.exec('pragma synchronous = full');
    file.exec('pragma foreign_keys = on');
    return file;
  } catch (cause) {
    throw cause instanceof BurnrateError ? cause : unavailable(cause);
  }
}

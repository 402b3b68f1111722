import { setTimeout as sleep } from 'node:timers/promises';
import { type Driver, SqliteDialect, SqliteDriver } from 'kysely';
import type Libsql from 'libsql';

/** How often, and after what pause, a transaction asks for the write lock another holds: five seconds in all. */
const lockTriesMax = 500;
const lockPauseMs = 10;

/**
 * SQLite whose transactions take the write lock at once, and wait for it without blocking the thread. A deferred
 * transaction that reads first and writes later fails with "busy" when another process wrote in between, and no
 * time-out helps it.
 */
export class ImmediateSqliteDialect extends SqliteDialect {
  readonly #file: Libsql.Database;

  constructor(file: Libsql.Database) {
    super({ database: file });
    this.#file = file;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#file);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #file: Libsql.Database;

  constructor(file: Libsql.Database) {
    super({ database: file });
    this.#file = file;
  }

  override async beginTransaction(): Promise<void> {
    for (let tries = 1; !begin(this.#file, tries === lockTriesMax); tries++) await sleep(lockPauseMs);
  }
}

/** `exec`, because a prepared statement that met a lock stays in progress and would stop the commit. */
function begin(file: Libsql.Database, last: boolean): boolean {
  try {
    file.exec('begin immediate');
    return true;
  } catch (cause) {
    if (last || (cause as { code?: unknown }).code !== 'SQLITE_BUSY') throw cause;
    return false;
  }
}

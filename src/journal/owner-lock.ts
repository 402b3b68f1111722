import { rmSync } from 'node:fs';
import Database from 'libsql';

/** Held for as long as a process owns a journal, or an instance its folder; the kernel gives it back when the process dies, however it dies. */
export interface OwnerLock {
  /** Gives the lock back; `remove` deletes its file first, for a journal that is gone. */
  release(remove: boolean): void;
}

/**
 * Takes the exclusive lock of a file beside what is owned, or returns null when somebody alive holds it. The lock is SQLite's own
 * on an empty sidecar file (`BEGIN EXCLUSIVE`): it cannot outlive its process, so a reused pid or a reboot cannot
 * confuse it, and of two takers exactly one gets it. Nothing else in a process may open the sidecar: closing any
 * other descriptor of the same file would drop a POSIX lock.
 */
export function takeOwnerLock(lockPath: string): OwnerLock | null {
  const connection = new Database(lockPath);
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection.close();
    if (isBusy(cause)) return null;
    throw cause;
  }
  return {
    release(remove) {
      if (remove) rmSync(lockPath, { force: true });
      connection.close();
    },
  };
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_BUSY');
}

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { BurnrateError, type Clock } from '../../base/index.ts';

/**
 * Files open in this process. The engine opens a file twice in one process without complaint and then loses committed
 * rows, so the second opening is refused here.
 */
const openFiles = new Set<string>();
const lockRetryMs = 100;
/** What the engine may use of the machine. */
const memoryMax = '1024MB';
const threadsMax = 2;

export interface OwnedInstance {
  /** Of the database file. */
  readonly path: string;
  readonly instance: DuckDBInstance;
  close(): void;
}

export interface InstanceOptions {
  readonly file: string;
  readonly clock: Clock;
  /** How long to wait for a killed predecessor to let go of the file. */
  readonly lockWaitMs: number;
}

/**
 * Opens the file for this process alone.
 * @throws BurnrateError LEDGER_LOCKED when this or another process has it open, LEDGER_UNAVAILABLE when it cannot be read
 */
export async function openInstance(options: InstanceOptions): Promise<OwnedInstance> {
  const path = join(realpathSync(dirname(options.file)), basename(options.file));
  if (openFiles.has(path)) {
    throw new BurnrateError('LEDGER_LOCKED', { message: `${path} is open in this process already` });
  }
  openFiles.add(path);
  try {
    const instance = await createInstance(path, options);
    return {
      path,
      instance,
      close() {
        instance.closeSync();
        openFiles.delete(path);
      },
    };
  } catch (cause) {
    openFiles.delete(path);
    throw cause;
  }
}

async function createInstance(path: string, options: InstanceOptions): Promise<DuckDBInstance> {
  const settings = { memory_limit: memoryMax, threads: String(threadsMax) };
  const deadlineMs = options.clock.monotonicMs() + options.lockWaitMs;
  for (;;) {
    try {
      return await DuckDBInstance.create(path, settings);
    } catch (cause) {
      const locked = String(cause).includes('Could not set lock on file');
      const message = locked ? `${path} is open in another process` : `${path} cannot be opened`;
      if (!locked) throw new BurnrateError('LEDGER_UNAVAILABLE', { message, cause });
      if (options.clock.monotonicMs() >= deadlineMs) throw new BurnrateError('LEDGER_LOCKED', { message, cause });
    }
    await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
  }
}

/** Whether the engine answers nothing any more until the file is opened anew. */
export function isLost(cause: unknown): cause is Error {
  return cause instanceof Error && /database has been invalidated|^FATAL Error/.test(cause.message);
}

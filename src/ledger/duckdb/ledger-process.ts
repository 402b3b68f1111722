import { type LedgerServer, serveLedger } from '../remote/serve-ledger.ts';
import { type DuckDbLedgerOptions, openDuckDbLedger } from './open-duckdb-ledger.ts';

export interface LedgerProcessOptions extends DuckDbLedgerOptions {
  /** Unix socket to answer on, in a folder only this user may enter. */
  readonly socketPath: string;
}

export interface LedgerProcess {
  /** Stops answering, finishes writes under way and closes the file. */
  close(): Promise<void>;
}

/**
 * What the ledger's own process runs: opens the file and answers on the socket. Signals and exit are the caller's.
 * @throws BurnrateError LEDGER_LOCKED when the file is open elsewhere, LEDGER_UNAVAILABLE when it cannot be read
 */
export async function runLedgerProcess(options: LedgerProcessOptions): Promise<LedgerProcess> {
  const ledger = await openDuckDbLedger(options);
  let server: LedgerServer;
  try {
    server = await serveLedger(ledger, options.socketPath);
  } catch (cause) {
    await ledger.close();
    throw cause;
  }
  return {
    async close() {
      await server.close();
      await ledger.close();
    },
  };
}

import type { Clock } from '../base/index.ts';
import { serveLedger } from '../ledger/index.ts';
import { beChild, type ChildWork } from './be-child.ts';
import type { Engines } from './engines.ts';
import type { Log } from './log.ts';
import type { LedgerStart } from './messages.ts';

/** Once the control process is gone nobody asks any more; what is under way is a transaction that ends by itself. */
const orphanDrainMs = 0;

export interface LedgerProcessOptions {
  readonly engines: Pick<Engines, 'openLedger'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whoever asked is told that the connection broke, and asks the successor. */
function endToStartAnew(error: Error, log: Log): void {
  log('error', 'ledger_lost', { error });
  process.exit(1);
}

/** The process that owns the ledger's file: it opens it, and answers for it on the private socket. */
export function runLedgerProcess({ engines, clock, log }: LedgerProcessOptions): void {
  const begin = async ({ file, socket, timeZone }: LedgerStart): Promise<ChildWork> => {
    const onLost = (error: Error) => endToStartAnew(error, log);
    const ledger = await engines.openLedger({ path: file, timeZone, clock, onLost });
    const server = await serveLedger(ledger, socket);
    log('info', 'ledger_ready', { file });
    return {
      port: null,
      stats: () => null,
      async stop() {
        await server.close();
        await ledger.close();
      },
    };
  };
  beChild<LedgerStart>({ log, begin, orphanDrainMs });
}

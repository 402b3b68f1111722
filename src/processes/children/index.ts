import type { Clock, IdSource, Random } from '../../base/index.ts';
import type { Engines } from '../engines.ts';
import { jsonLog } from '../log.ts';
import { childVerbs } from './child-verbs.ts';

export interface ChildProcessOptions {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly stderr: { write(text: string): unknown };
}

/**
 * Becomes the process a forked child was told to be. Each loads only its own code: a worker that was lost is back the
 * sooner, and none carries what another needs.
 * @returns false when the verb is none of a child's
 */
export async function becomeChild(verb: string | undefined, options: ChildProcessOptions): Promise<boolean> {
  const { engines, clock, random, ids, stderr } = options;
  const log = (from: string) => jsonLog((line) => stderr.write(line), clock, from);
  if (verb === childVerbs.worker) {
    const { runGatewayWorker } = await import('../gateway-worker.ts');
    runGatewayWorker({ clock, random, ids, log: log('gateway') });
  } else if (verb === childVerbs.ledger) {
    const { runLedgerProcess } = await import('../ledger-process.ts');
    runLedgerProcess({ engines, clock, log: log('ledger') });
  } else if (verb === childVerbs.forecast) {
    const { runForecastProcess } = await import('../forecast-process.ts');
    runForecastProcess(clock);
  } else return false;
  return true;
}

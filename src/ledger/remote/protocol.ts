import type { Ledger } from '../ledger.ts';

/** What may be asked over the wire; a ledger is closed only by its own process. */
export const remoteMethods = [
  'append',
  'watermark',
  'recordOutcome',
  'costs',
  'workflow',
  'workflows',
  'call',
  'run',
  'traffic',
  'endings',
  'retries',
  'runs',
  'history',
  'newestCalls',
  'newestRuns',
  'performance',
  'lines',
  'size',
  'pulse',
  'applyRetention',
] as const satisfies readonly (keyof Ledger)[];

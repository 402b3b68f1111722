export { childVerbs } from './control.ts';
export type { Engines } from './engines.ts';
export { runGatewayWorker, type WorkerOptions } from './gateway-worker.ts';
export { type Instance, type InstanceOptions, startInstance } from './instance.ts';
export { runLedgerProcess } from './ledger-process.ts';
export { jsonLog, type Log } from './log.ts';
export { priceBookOf } from './price-book-of.ts';

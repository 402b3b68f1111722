export { childVerbs } from './control.ts';
export type { Engines } from './engines.ts';
export { runForecastProcess } from './forecast-process.ts';
export { runGatewayWorker } from './gateway-worker.ts';
export { type Instance, type InstanceOptions, startInstance } from './instance.ts';
export { runLedgerProcess } from './ledger-process.ts';
export { jsonLog } from './log.ts';
export { priceBookOf } from './price-book-of.ts';

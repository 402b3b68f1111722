export type { Engines } from './engines.ts';
export { type Instance, type InstanceOptions, startInstance } from './instance.ts';
export { jsonLog } from './log.ts';
export { priceBookOf } from './price-book-of.ts';

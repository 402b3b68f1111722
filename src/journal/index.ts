export type { DeadMoney } from './dead-money.ts';
export type { AttemptStart, Journal } from './journal.ts';
export type { JournalLog, JournalNotice } from './journal-log.ts';
export { type JournalOptions, type OpenJournal, openJournal } from './open-journal.ts';
export type { ShipSource } from './ship-source.ts';
export { type LedgerPort, type Shipper, type ShipperOptions, type ShipperStats, startShipper } from './shipper.ts';
export { type TakeOver, type TakeOverOptions, takeOverJournals } from './take-over.ts';

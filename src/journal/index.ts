export type { DeadMoney } from './dead-money.ts';
export type { AttemptStart, Journal } from './journal.ts';
export type { JournalLog } from './journal-log.ts';
export { type OpenJournal, openJournal } from './open-journal.ts';
export { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
export { type LedgerPort, type Shipper, type ShipperStats, startShipper } from './shipper.ts';
export { type TakeOver, takeOverJournals } from './take-over.ts';

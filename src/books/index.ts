export type { AuditBooks, AuditEntry, AuditQuery, NewAuditEntry } from './audit.ts';
export type { Books } from './books.ts';
export type {
  BalanceQuery,
  BudgetBooks,
  BudgetRecord,
  DefinitionSource,
  LeaseQuery,
  PutBudgetResult,
} from './budgets.ts';
export { type LeaseFinal, leaseTtlMs, type ReleaseResult, type TakeOverRequest } from './exchange.ts';
export { type KeyDirectory, type KeyDirectoryLimits, keyDirectory, keyDirectoryLimits } from './key-directory.ts';
export { hashSecret, secretPrefix } from './key-secret.ts';
export type { CreateKeyResult, KeyBooks, KeyChange, KeyDefaults, KeyRecord, NewKey } from './keys.ts';
export type {
  AccountKey,
  Balance,
  ExchangeAnswer,
  ExchangeRequest,
  Lease,
  LeaseAsk,
  LeaseState,
  LeaseView,
  Refusal,
  Settlement,
} from './lease.ts';
export { foreverMs, type Period, periodAt, periodRule } from './periods.ts';

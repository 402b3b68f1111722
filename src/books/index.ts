export {
  type AccountLimits,
  accountLimits,
  BudgetAccount,
  type BudgetAccountLimits,
  type BudgetAccountOptions,
  budgetAccountLimits,
  type HoldAsk,
  type HoldOutcome,
  type HoldRequest,
  LeaseAccount,
  type LeaseAccountOptions,
  largestHolds,
  type Pot,
  type PotRef,
  type PotStanding,
  type Recovered,
  type RefusedBudget,
  recoverLeases,
  type Sizing,
} from './account/index.ts';
export type { AlertBooks, AlertQuery, AlertRecord, Delivery } from './alerts.ts';
export type { AuditBooks, AuditEntry, AuditQuery, NewAuditEntry } from './audit.ts';
export type { Books } from './books.ts';
export {
  type BudgetDirectory,
  type BudgetDirectoryLimits,
  budgetDirectory,
  budgetDirectoryLimits,
} from './budget-directory.ts';
export {
  type BalanceQuery,
  type BudgetBooks,
  type BudgetRecord,
  budgetsMax,
  type DefinitionSource,
  type LeaseQuery,
  type PutBudgetResult,
} from './budgets.ts';
export type { LeaseFinal, ReleaseResult, TakeOverRequest } from './exchange.ts';
export type { ForecastBooks, ForecastHeading, ForecastRecord } from './forecasts.ts';
export { type KeyDirectory, type KeyDirectoryLimits, keyDirectory, keyDirectoryLimits } from './key-directory.ts';
export { hashSecret, secretPrefix } from './key-secret.ts';
export type { CreateKeyResult, KeyBooks, KeyChange, KeyDefaults, KeyRecord, NewKey } from './keys.ts';
export {
  type AccountKey,
  type Balance,
  type ExchangeAnswer,
  type ExchangeRequest,
  type Lease,
  type LeaseAsk,
  type LeaseState,
  type LeaseView,
  leaseTtlMs,
  type Refusal,
  type Settlement,
} from './lease.ts';
export { foreverMs, type Period, periodAt, periodRule } from './periods.ts';
export { connectBooks, type GatewayBooks, serveBooks } from './remote/books-remote.ts';
export {
  type NewReview,
  type ReviewBooks,
  type ReviewChange,
  type ReviewRecord,
  reviewDecisions,
  reviewKinds,
  reviewLimits,
  reviewStates,
  spentUntil,
} from './reviews.ts';
export type { TaskBooks, TaskRecord } from './tasks.ts';

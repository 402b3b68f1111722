export {
  BudgetAccount,
  budgetAccountLimits,
  largestHolds,
  type PotRef,
  type RefusedBudget,
  recoverLeases,
} from './account/index.ts';
export type { AlertBooks, AlertRecord, Delivery } from './alerts.ts';
export type { AuditEntry, NewAuditEntry } from './audit.ts';
export type { Books } from './books.ts';
export { type BudgetDirectory, budgetDirectory } from './budget-directory.ts';
export type { BudgetBooks, BudgetRecord, PutBudgetResult } from './budgets.ts';
export { type KeyDirectory, keyDirectory } from './key-directory.ts';
export { hashSecret, secretPrefix } from './key-secret.ts';
export type { CreateKeyResult, KeyRecord, NewKey } from './keys.ts';
export type { Balance, Lease, LeaseAsk } from './lease.ts';
export { foreverMs, periodAt, periodRule } from './periods.ts';
export { type RefusedCallBooks, refusedCallLimits } from './refused-calls.ts';
export { refusedReporter } from './refused-reporter.ts';
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
export type { TaskBooks } from './tasks.ts';
export {
  type UserBooks,
  type UserRecord,
  type UserRole,
  userRoles,
} from './users.ts';

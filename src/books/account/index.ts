export { type AccountLimits, accountLimits } from './account-limits.ts';
export {
  BudgetAccount,
  type BudgetAccountLimits,
  type BudgetAccountOptions,
  budgetAccountLimits,
  type HoldAsk,
  type HoldOutcome,
  type RefusedBudget,
} from './budget-account.ts';
export { type HoldRequest, largestHolds, type Sizing } from './hold.ts';
export { LeaseAccount, type LeaseAccountOptions } from './lease-account.ts';
export type { Pot, PotRef, PotStanding } from './pot.ts';
export { type Recovered, recoverLeases } from './recover.ts';

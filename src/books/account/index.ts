export { BudgetAccount, budgetAccountLimits, type RefusedBudget } from './budget-account.ts';
export { largestHolds } from './hold.ts';
export type { PotRef } from './pot.ts';
export { recoverLeases } from './recover.ts';

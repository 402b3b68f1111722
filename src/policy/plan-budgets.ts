import type { AmountUnit, BudgetDefinition, PeriodKind } from '../tree/index.ts';

/** What each user of a plan may use. */
export interface PlanQuota {
  readonly unit: AmountUnit;
  readonly period: PeriodKind;
  /** In whole units. */
  readonly limit: bigint;
}

export const planBudgetPrefix = 'plan:';

/** A plan's quotas as hard budgets per user, so that quotas have the guarantees of budgets and no code of their own. */
export function planBudgets(plan: string, quotas: readonly PlanQuota[], timeZone: string): BudgetDefinition[] {
  return quotas.map(({ unit, period, limit }) => ({
    name: `${planBudgetPrefix}${plan}:${unit}-per-${period}`,
    scope: { plan: [plan] },
    per: ['user'],
    unit,
    limit,
    period: { kind: period, timeZone, rolling: false },
    hard: true,
    failOpen: false,
    brake: [],
  }));
}

/** The code of a refusal: a plan's budget is a quota to its user. */
export function refusalCode(budget: string): 'quota_exceeded' | 'budget_exceeded' {
  return budget.startsWith(planBudgetPrefix) ? 'quota_exceeded' : 'budget_exceeded';
}

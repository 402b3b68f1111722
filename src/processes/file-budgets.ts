import type { BrakeStep, Budget, Config, Plan } from '../config/index.ts';
import type { Usd } from '../money/index.ts';
import { type PlanQuota, planBudgets } from '../policy/index.ts';
import type { BrakeRung, BudgetDefinition } from '../tree/index.ts';

/** Every budget the file means: those it names, and the quotas of its plans. */
export function fileBudgets(config: Pick<Config, 'budgets' | 'plans' | 'timeZone'>): BudgetDefinition[] {
  const { budgets, plans, timeZone } = config;
  return [
    ...budgets.map((budget) => definitionOf(budget, timeZone)),
    ...Object.entries(plans).flatMap(([name, plan]) => planBudgets(name, quotasOf(plan), timeZone)),
  ];
}

function definitionOf(budget: Budget, timeZone: string): BudgetDefinition {
  return {
    name: budget.name,
    scope: budget.scope,
    per: budget.per,
    unit: 'usd',
    limit: budget.limitUsd.picos,
    period: { kind: budget.period, timeZone, rolling: budget.window === 'rolling' },
    hard: budget.hard,
    failOpen: budget.whenBooksAreLost === 'open',
    brake: budget.brake.map(rungOf),
  };
}

function rungOf({ at, maxOutputTokens, model, queue, cooldown, stop }: BrakeStep): BrakeRung {
  return {
    atShare: at,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(model === undefined ? {} : { model }),
    ...(queue === undefined ? {} : { queueMs: queue.ms }),
    ...(cooldown === undefined ? {} : { cooldownMs: cooldown.ms }),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** What each user of a plan may use. */
export function quotasOf(plan: Plan): PlanQuota[] {
  const counted = (unit: 'interactions' | 'tokens', period: 'day' | 'month', limit: number | undefined): PlanQuota[] =>
    limit === undefined ? [] : [{ unit, period, limit: BigInt(limit) }];
  const money = (period: 'day' | 'month', limit: Usd | undefined): PlanQuota[] =>
    limit === undefined ? [] : [{ unit: 'usd', period, limit: limit.picos }];
  return [
    ...counted('interactions', 'day', plan.interactionsPerDay),
    ...counted('interactions', 'month', plan.interactionsPerMonth),
    ...counted('tokens', 'day', plan.tokensPerDay),
    ...counted('tokens', 'month', plan.tokensPerMonth),
    ...money('day', plan.usdPerDay),
    ...money('month', plan.usdPerMonth),
  ];
}

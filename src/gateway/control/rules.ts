import { AssertionFailure } from '../../base/index.ts';
import type { Config, Limit, Plan } from '../../config/index.ts';
import type { LimitRule } from '../../policy/index.ts';
import type { BudgetsPort, MoneyAccount, PlanRule } from '../ports.ts';

/** The file's limits as rules; one without a name is named for what it counts by. */
export function limitRules(config: Pick<Config, 'limits'>): LimitRule[] {
  return config.limits.map(limitRule);
}

function limitRule(limit: Limit, index: number): LimitRule {
  return {
    name: limit.name ?? (limit.per.length === 0 ? `limit-${index + 1}` : `per-${limit.per.join('-')}`),
    scope: limit.scope,
    per: limit.per,
    requests: limit.requests ?? null,
    tokens: limit.tokens ?? null,
    concurrent: limit.concurrent ?? null,
    cooldownMs: limit.cooldown?.ms ?? 0,
  };
}

/** The file's plans as what they allow a call; their quotas are budgets (`planBudgets` in the policy room). */
export function planRules(config: Pick<Config, 'plans'>): ReadonlyMap<string, PlanRule> {
  return new Map(Object.entries(config.plans).map(([name, plan]) => [name, planRule(plan)]));
}

function planRule(plan: Plan): PlanRule {
  return { maxOutputTokens: plan.maxOutputTokens ?? null, models: plan.models ?? [] };
}

/** For instances without the books: nothing is budgeted, limits and plans are the file's. */
export function withoutBudgets(config: Pick<Config, 'limits' | 'plans'>): BudgetsPort {
  const limits = limitRules(config);
  const plans = planRules(config);
  return { definitions: () => [], account: noMoney, limits: () => limits, plans: () => plans };
}

const never = (): never => {
  throw new AssertionFailure('without budgets nothing is held');
};

const noMoney: MoneyAccount = {
  tryHold: never,
  hold: never,
  tryExtend: never,
  extend: never,
  post: never,
  void: never,
  expire: never,
  waiting: 0,
  state: {
    pots: [].values(),
    openHolds: 0,
    openHoldsOf: never,
    holds: [].values(),
    booksLost: false,
    heldFor: never,
    headroom: never,
    standing: never,
    checkpoint: never,
  },
};

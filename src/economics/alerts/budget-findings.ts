import type { Finding, WatchRule, WatchSettings } from './alert.ts';
import { BudgetSpending } from './budget-spending.ts';
import { burnFindings } from './burn-rate.ts';
import type { Look } from './look.ts';
import { thresholdFindings } from './threshold-findings.ts';
import { whereOf } from './where-of.ts';

/** Budgets that burn too fast, or levels of budgets passed, as the rule's kind says. */
export async function budgetFindings(rule: WatchRule, settings: WatchSettings, look: Look): Promise<Finding[]> {
  const budgets = settings.budgets.filter(({ definition }) => !rule.budget || definition.name === rule.budget);
  const watch = rule.kind === 'threshold' ? thresholdFindings : burnFindings;
  const found: Finding[] = [];
  for (const budget of budgets) {
    const where = { ...rule.where, ...whereOf(budget.definition.scope) };
    const spending = new BudgetSpending(look, budget.definition, where);
    found.push(...(await watch(rule, budget, spending, where, look)));
  }
  return found;
}

import type { CostQuery } from '../../ledger/index.ts';
import { costsLink, type Finding, type WatchedBudget, type WatchRule } from './alert.ts';
import { budgetName, minimumOf, shownAmount } from './budget-amounts.ts';
import type { BudgetSpending, Spent } from './budget-spending.ts';
import type { Look } from './look.ts';

const levels = [1, 0.8, 0.5] as const;
/** A level of a rolling budget stays passed while what is spent is above this share of it. */
const keepShare = 0.95;

/**
 * Levels of a budget that were passed. Of a period the highest, told once in it; a rolling budget has no period, so each
 * level is told when it is passed and again when that is over. A budget counted for each user tells only that it is used up.
 */
export async function thresholdFindings(
  rule: WatchRule,
  budget: WatchedBudget,
  spending: BudgetSpending,
  where: CostQuery['where'],
  look: Look,
): Promise<Finding[]> {
  const { definition } = budget;
  const fromMs = budget.countedFromMs ?? budget.period.startMs;
  const range = { fromMs, toMs: look.nowMs };
  const spent = (await spending.since(fromMs)).filter(({ amount }) => amount >= minimumOf(rule, definition));
  return spent.flatMap((one) =>
    levelsPassed(budget, shareOf(one, budget)).map((level) => ({
      ...finding(rule, budget, one, level),
      link: costsLink({ range, by: ['day'], where }),
    })),
  );
}

const shareOf = ({ amount }: Spent, { definition }: WatchedBudget): number => Number(amount) / Number(definition.limit);

function levelsPassed({ definition }: WatchedBudget, share: number): readonly number[] {
  const watched = definition.per.length > 0 ? [1] : levels;
  if (definition.period.rolling) return watched.filter((level) => share >= level * keepShare);
  return watched.filter((level) => share >= level).slice(0, 1);
}

function finding(rule: WatchRule, budget: WatchedBudget, spent: Spent, level: number): Omit<Finding, 'link'> {
  const { definition, period } = budget;
  const { name, unit, limit } = definition;
  const { rolling } = definition.period;
  const share = shareOf(spent, budget);
  const percent = `${Math.round(level * 100)} %`;
  const ofPeriod = rolling ? {} : { period: new Date(period.startMs).toISOString() };
  return {
    ...{ rule: rule.name, kind: rule.kind, severity: level === 1 ? 'page' : rule.severity },
    ...{ fires: share >= level, once: !rolling },
    subject: { budget: name, ...spent.instance, level: percent, ...ofPeriod },
    summary: `${percent} of budget ${budgetName(name, spent.instance)} is spent`,
    evidence: { spent: shownAmount(spent.amount, unit), limit: shownAmount(limit, unit), share },
  };
}

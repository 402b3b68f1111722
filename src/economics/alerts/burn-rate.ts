import type { CostQuery } from '../../ledger/index.ts';
import { costsLink, type Finding, type WatchedBudget, type WatchRule } from './alert.ts';
import { dayMs, hourMs, minuteMs } from './baseline.ts';
import { budgetName, minimumOf, shownAmount } from './budget-amounts.ts';
import type { BudgetSpending, Spent } from './budget-spending.ts';
import type { Look } from './look.ts';

/** One pair of windows; all for a period of 30 days, from Google's SRE workbook, "Alerting on SLOs". */
interface BurnWindow {
  readonly severity: 'page' | 'ticket';
  /** Share of the budget that is gone when the long window burnt at the factor throughout. */
  readonly budgetShare: number;
  readonly longMs: number;
  readonly shortMs: number;
}

const referenceMs = 30 * dayMs;
const burnWindows: readonly BurnWindow[] = [
  { severity: 'page', budgetShare: 0.02, longMs: hourMs, shortMs: 5 * minuteMs },
  { severity: 'page', budgetShare: 0.05, longMs: 6 * hourMs, shortMs: 30 * minuteMs },
  { severity: 'ticket', budgetShare: 0.1, longMs: dayMs, shortMs: 2 * hourMs },
  { severity: 'ticket', budgetShare: 0.1, longMs: 3 * dayMs, shortMs: 6 * hourMs },
];

/** Weekly and shorter budgets have their windows shortened in proportion, down to what can still be told apart. */
const windowMsMin = 2 * minuteMs;
const scaledBelowMs = 28 * dayMs;

type FiringWindow = BurnWindow & { readonly burn: number };

/**
 * The windows of a period and the burn at which each fires: budget share × period ÷ long window. A month keeps the
 * windows and has its factors recomputed (1 h and 2 % are 14.4 at 30 days, 14.88 at 31).
 */
export function windowsOf(periodMs: number): FiringWindow[] {
  const scale = periodMs < scaledBelowMs ? periodMs / referenceMs : 1;
  return burnWindows.map((window) => {
    const longMs = Math.max(windowMsMin, window.longMs * scale);
    const shortMs = Math.max(windowMsMin, window.shortMs * scale);
    return { ...window, longMs, shortMs, burn: (window.budgetShare * periodMs) / longMs };
  });
}

/** An alert ends only when the burn is below this share of what began it. */
const keepShare = 0.8;

/** Budgets of which a long and a short window burn too fast. */
export async function burnFindings(
  rule: WatchRule,
  budget: WatchedBudget,
  spending: BudgetSpending,
  where: CostQuery['where'],
  look: Look,
): Promise<Finding[]> {
  const { definition, period } = budget;
  // What never ends has no rate to burn at.
  if (definition.period.kind === 'total') return [];
  const found: Finding[] = [];
  for (const spent of await spending.since(period.startMs)) {
    for (const window of windowsOf(period.endMs - period.startMs)) {
      const watched = { rule, budget, window, spent, nowMs: look.nowMs };
      const pair = await burningPair(watched, spending);
      if (pair) found.push({ ...finding(watched, pair), link: linkOf(window, where, look.nowMs) });
    }
  }
  return found;
}

interface Watched {
  readonly rule: WatchRule;
  readonly budget: WatchedBudget;
  readonly window: FiringWindow;
  readonly spent: Spent;
  readonly nowMs: number;
}

interface WindowPair {
  readonly long: bigint;
  readonly short: bigint;
}

/** What the two windows hold when both burn. Each is asked for only where it may: mostly the first test ends it. */
async function burningPair(watched: Watched, spending: BudgetSpending): Promise<WindowPair | null> {
  const { window, spent } = watched;
  if (!longBurns(watched, await spending.atMostWithin(window.longMs, spent))) return null;
  const long = await spending.within(window.longMs, spent);
  if (!longBurns(watched, long)) return null;
  const short = await spending.within(window.shortMs, spent);
  return burnOf(watched, short, window.shortMs) > window.burn * keepShare ? { long, short } : null;
}

function longBurns(watched: Watched, long: bigint): boolean {
  const { rule, budget, window } = watched;
  if (burnOf(watched, long, window.longMs) <= window.burn * keepShare) return false;
  if (long < minimumOf(rule, budget.definition)) return false;
  return window.severity !== 'ticket' || projectedShare(watched, long) > 1;
}

/** How many times its even pace the budget burns, over the rule's factor. */
function burnOf({ rule, budget: { definition, period } }: Watched, amount: bigint, windowMs: number): number {
  const pace = Number(definition.limit) / (period.endMs - period.startMs);
  return Number(amount) / windowMs / pace / rule.factor;
}

/** How many times over the rest of the budget is used by the end of the period if the window's rate holds. */
function projectedShare({ budget: { definition, period }, window, spent, nowMs }: Watched, long: bigint): number {
  const rest = Number(definition.limit - spent.amount);
  const ratePerMs = Number(long) / window.longMs;
  return rest <= 0 ? Number.MAX_VALUE : (ratePerMs * (period.endMs - nowMs)) / rest;
}

function finding(watched: Watched, { long, short }: WindowPair): Omit<Finding, 'link'> {
  const { rule, window, spent } = watched;
  const { definition } = watched.budget;
  const burns = { long: burnOf(watched, long, window.longMs), short: burnOf(watched, short, window.shortMs) };
  const burn = Math.min(burns.long, burns.short);
  const { name, unit, limit } = definition;
  return {
    ...{ rule: rule.name, kind: rule.kind, severity: window.severity, fires: burn > window.burn },
    subject: { budget: name, ...spent.instance, window: `${Number((window.longMs / hourMs).toFixed(2))} h` },
    summary: `budget ${budgetName(name, spent.instance)} burns at ${(burns.long * rule.factor).toFixed(1)} times its pace`,
    evidence: {
      burn: round(burn * rule.factor),
      firesAt: round(window.burn * rule.factor),
      inLongWindow: shownAmount(long, unit),
      inShortWindow: shownAmount(short, unit),
      spent: shownAmount(spent.amount, unit),
      limit: shownAmount(limit, unit),
      projectedShareOfRest: round(projectedShare(watched, long)),
    },
  };
}

const linkOf = ({ longMs }: BurnWindow, where: CostQuery['where'], nowMs: number): string =>
  costsLink({ range: { fromMs: nowMs - longMs, toMs: nowMs }, by: ['workflow'], where });
const round = (value: number): number => Number(value.toPrecision(4));

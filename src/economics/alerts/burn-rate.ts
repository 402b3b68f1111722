import type { CostQuery, CostRow, Dimension } from '../../ledger/index.ts';
import { fromPicos, toDecimal } from '../../money/index.ts';
import type { AmountUnit, BudgetDefinition } from '../../tree/index.ts';
import {
  type AlertFeed,
  costsLink,
  type Finding,
  type WatchedBudget,
  type WatchRule,
  type WatchSettings,
} from './alert.ts';
import { dayMs, hourMs, minuteMs } from './baseline.ts';
import { whereOf } from './where-of.ts';

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

/**
 * The windows of a period and the burn at which each fires: budget share × period ÷ long window. A month keeps the
 * windows and has its factors recomputed (1 h and 2 % are 14.4 at 30 days, 14.88 at 31).
 */
export function windowsOf(periodMs: number): (BurnWindow & { readonly burn: number })[] {
  const scale = periodMs < scaledBelowMs ? periodMs / referenceMs : 1;
  return burnWindows.map((window) => {
    const longMs = Math.max(windowMsMin, window.longMs * scale);
    const shortMs = Math.max(windowMsMin, window.shortMs * scale);
    return { ...window, longMs, shortMs, burn: (window.budgetShare * periodMs) / longMs };
  });
}

const instancesMax = 50;
const amounts: Readonly<Record<AmountUnit, (row: CostRow) => bigint>> = {
  usd: (row) => row.cost.picos,
  tokens: (row) => BigInt(row.inputTokens + row.outputTokens),
  requests: (row) => BigInt(row.calls),
  interactions: (row) => BigInt(row.interactions),
};

/** What is spent of a budget so far in its period, for each instance of it, dearest first. */
interface Spent {
  readonly row: CostRow;
  readonly amount: bigint;
}

/** Budgets that burn too fast, and thresholds of budgets passed. */
export async function budgetFindings(
  rule: WatchRule,
  settings: WatchSettings,
  feed: AlertFeed,
  nowMs: number,
): Promise<Finding[]> {
  const budgets = settings.budgets.filter(({ definition }) => !rule.budget || definition.name === rule.budget);
  const found: Finding[] = [];
  for (const budget of budgets) {
    const scope = { ...rule.where, ...whereOf(budget.definition.scope) };
    const ask = async (fromMs: number) =>
      (
        await feed.costs({
          range: { fromMs, toMs: nowMs },
          by: dimensionsOf(budget.definition),
          where: scope,
          limit: instancesMax,
        })
      ).rows;
    const amountOf = amounts[budget.definition.unit];
    const spent = (await ask(budget.period.startMs)).map((row) => ({ row, amount: amountOf(row) }));
    if (rule.kind === 'threshold') found.push(...thresholdFindings(rule, budget, spent, scope, nowMs));
    else found.push(...(await burnFindings(rule, budget, spent, ask, scope, nowMs)));
  }
  return found;
}

const dimensionsOf = (definition: BudgetDefinition): Dimension[] => definition.per as readonly string[] as Dimension[];
const instanceOf = (row: CostRow): string => JSON.stringify(row.dimensions);

const thresholds = [1, 0.8, 0.5] as const;

/** The highest threshold passed, once in a period each. A budget counted for each user tells only that it is used up. */
function thresholdFindings(
  rule: WatchRule,
  { definition, period }: WatchedBudget,
  spent: readonly Spent[],
  where: CostQuery['where'],
  nowMs: number,
): Finding[] {
  const levels = definition.per.length > 0 ? [1] : thresholds;
  return spent.flatMap(({ row, amount }) => {
    const share = Number(amount) / Number(definition.limit);
    const level = levels.find((threshold) => share >= threshold);
    if (level === undefined || amount < minimumOf(rule, definition)) return [];
    const percent = `${Math.round(level * 100)} %`;
    return [
      {
        ...{
          rule: rule.name,
          kind: rule.kind,
          severity: level === 1 ? 'page' : rule.severity,
          fires: true,
          once: true,
        },
        subject: {
          budget: definition.name,
          ...told(row),
          level: percent,
          period: new Date(period.startMs).toISOString(),
        },
        summary: `${percent} of budget ${definition.name} is spent`,
        evidence: { spent: shown(amount, definition.unit), limit: shown(definition.limit, definition.unit), share },
        link: costsLink({ range: { fromMs: period.startMs, toMs: nowMs }, by: ['day'], where }),
      } satisfies Finding,
    ];
  });
}

async function burnFindings(
  rule: WatchRule,
  budget: WatchedBudget,
  spent: readonly Spent[],
  ask: (fromMs: number) => Promise<readonly CostRow[]>,
  where: CostQuery['where'],
  nowMs: number,
): Promise<Finding[]> {
  const { definition, period } = budget;
  // What never ends, or ended before it began to be watched, has no rate to burn at.
  if (definition.period.kind === 'total' || spent.length === 0) return [];
  const amountOf = amounts[definition.unit];
  const inWindow = new Map<number, Promise<Map<string, bigint>>>();
  const amountsIn = (windowMs: number) => {
    const known = inWindow.get(windowMs);
    if (known) return known;
    const read = ask(nowMs - windowMs).then((rows) => new Map(rows.map((row) => [instanceOf(row), amountOf(row)])));
    inWindow.set(windowMs, read);
    return read;
  };
  const found: Finding[] = [];
  for (const window of windowsOf(period.endMs - period.startMs)) {
    const [long, short] = [await amountsIn(window.longMs), await amountsIn(window.shortMs)];
    for (const one of spent) {
      const key = instanceOf(one.row);
      const pair = { long: long.get(key) ?? 0n, short: short.get(key) ?? 0n };
      const finding = burnOf(rule, budget, window, one, pair, where, nowMs);
      if (finding) found.push(finding);
    }
  }
  return found;
}

/** An alert ends only when the burn is below this share of what began it. */
const keepShare = 0.8;

function burnOf(
  rule: WatchRule,
  { definition, period }: WatchedBudget,
  window: BurnWindow & { readonly burn: number },
  { row, amount }: Spent,
  pair: { readonly long: bigint; readonly short: bigint },
  where: CostQuery['where'],
  nowMs: number,
): Finding | null {
  const pace = Number(definition.limit) / (period.endMs - period.startMs);
  const long = Number(pair.long) / window.longMs / pace;
  const short = Number(pair.short) / window.shortMs / pace;
  const burn = Math.min(long, short) / rule.factor;
  const exhausts = projectedShare(definition, period, amount, Number(pair.long) / window.longMs, nowMs);
  const gated = window.severity === 'ticket' && exhausts <= 1;
  if (burn <= window.burn * keepShare || gated || pair.long < minimumOf(rule, definition)) return null;
  const hours = window.longMs / hourMs;
  return {
    ...{ rule: rule.name, kind: rule.kind, severity: window.severity, fires: burn > window.burn },
    subject: { budget: definition.name, ...told(row), window: `${Number(hours.toFixed(2))} h` },
    summary: `budget ${definition.name} burns at ${long.toFixed(1)} times its pace`,
    evidence: {
      burn: round(Math.min(long, short)),
      firesAt: round(window.burn),
      inLongWindow: shown(pair.long, definition.unit),
      inShortWindow: shown(pair.short, definition.unit),
      spent: shown(amount, definition.unit),
      limit: shown(definition.limit, definition.unit),
      projectedShareOfRest: round(exhausts),
    },
    link: costsLink({ range: { fromMs: nowMs - window.longMs, toMs: nowMs }, by: ['workflow'], where }),
  };
}

/** How many times over the rest of the budget is used by the end of the period if the window's rate holds. */
function projectedShare(
  definition: BudgetDefinition,
  period: WatchedBudget['period'],
  spent: bigint,
  ratePerMs: number,
  nowMs: number,
): number {
  const rest = Number(definition.limit - spent);
  return rest <= 0 ? Number.MAX_VALUE : (ratePerMs * (period.endMs - nowMs)) / rest;
}

const told = (row: CostRow): Record<string, string> =>
  Object.fromEntries(Object.entries(row.dimensions).map(([name, value]) => [name, value ?? '']));
const round = (value: number): number => Number(value.toPrecision(4));

/** The floor is one of money; amounts of another unit have none. */
function minimumOf(rule: WatchRule, { unit }: BudgetDefinition): bigint {
  return unit === 'usd' ? rule.minimumPicos : 0n;
}

function shown(amount: bigint, unit: AmountUnit): string {
  return unit === 'usd' ? toDecimal(fromPicos(amount)) : `${amount} ${unit}`;
}

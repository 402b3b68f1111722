import type { CostRow, Dimension } from '../../ledger/index.ts';
import { toDecimal } from '../../money/index.ts';
import { costsLink, type Finding, type WatchRule } from './alert.ts';
import { dayMs, median } from './baseline.ts';
import { groupKey, groupRows, ofGroups, subjectOf, sumOf, tokensOf, usdOf } from './history.ts';
import type { Look } from './look.ts';
import { keepShare, of, placeName } from './traffic-findings.ts';

const route: readonly Dimension[] = ['workflow', 'stage', 'provider', 'model'];
const stage: readonly Dimension[] = ['workflow', 'stage'];
const knownDays = 14;
/** A route counts as new for this long after it appears. */
const newForMs = dayMs;

interface Routes {
  readonly known: ReadonlyMap<string, unknown>;
  /** US dollars for an attempt, by stage. */
  readonly usual: ReadonlyMap<string, number>;
}

function routesOf(rows: readonly CostRow[], thisHourMs: number): Routes {
  const before = rows.filter((row) => dayOf(row) + dayMs <= thisHourMs - newForMs);
  const perAttempt = (own: readonly CostRow[]) =>
    usdOf(sumRow(own)) /
    Math.max(
      1,
      sumOf(own, (one) => one.attempts),
    );
  return { known: groupRows(before, route), usual: ofGroups(before, stage, perAttempt) };
}

const dayOf = (row: CostRow): number => Date.parse(row.dimensions.day ?? '');

/** A stage that goes to a model it never used before and that costs a multiple of what the stage used to. */
export async function newHighCostRoutes(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const past = { by: [...route, 'day'], where: rule.where, days: knownDays } as const;
  const { known, usual: usualCosts } = await look.past(past, routesOf);
  return (await look.recent(range, route, rule.where)).flatMap((row) => {
    const usual = usualCosts.get(groupKey(row, stage));
    if (usual === undefined || known.has(groupKey(row, route)) || row.calls < rule.minimumCalls) return [];
    const perAttempt = usdOf(row) / Math.max(1, row.attempts);
    if (row.cost.picos < rule.minimumPicos || perAttempt <= usual * rule.factor * keepShare) return [];
    return {
      ...of(rule, row, route),
      fires: perAttempt > usual * rule.factor,
      summary: `${placeName(row)} goes to ${row.dimensions.provider}/${row.dimensions.model} at ${(perAttempt / usual).toFixed(1)} times its usual cost`,
      evidence: {
        attempts: row.attempts,
        costUsd: toDecimal(row.cost),
        usdPerAttempt: perAttempt,
        usualUsdPerAttempt: usual,
      },
      link: costsLink({ range, by: route, where: { ...rule.where, workflow: [row.dimensions.workflow ?? ''] } }),
    };
  });
}

function sumRow(rows: readonly CostRow[]): CostRow {
  const [first] = rows;
  if (!first) throw new RangeError('no rows to add up');
  return { ...first, cost: { picos: rows.reduce((sum, row) => sum + row.cost.picos, 0n) } };
}

const priceDays = 14;
const daysMin = 3;
const daysWithTokensMin = 1_000;

const priced: readonly Dimension[] = ['provider', 'model', 'bucket'];

/** Dollars for a token of whole days, by kind; yesterday and today may be when it changed. */
function pricesOf(rows: readonly CostRow[], thisHourMs: number): ReadonlyMap<string, number[]> {
  const today = Math.floor(thisHourMs / dayMs) * dayMs;
  const days = rows.filter((row) => dayOf(row) < today - dayMs && tokensOf(row) >= daysWithTokensMin);
  return ofGroups(days, priced, (own) => own.map((day) => usdOf(day) / tokensOf(day)));
}

/**
 * What a model takes for a token of one kind is above what it took the days before: a new price, or another tier. Kinds
 * of tokens are looked at one by one, because the mean of all moves with every change of what is asked.
 */
export async function priceJumps(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const past = { by: [...priced, 'day'], where: rule.where, days: priceDays } as const;
  const known = await look.past(past, pricesOf);
  return (await look.recent(range, priced, rule.where)).flatMap((row) => {
    const prices = known.get(groupKey(row, priced)) ?? [];
    if (prices.length < daysMin || tokensOf(row) < daysWithTokensMin || row.cost.picos < rule.minimumPicos) return [];
    const usual = median(prices);
    const highest = Math.max(...prices);
    const price = usdOf(row) / Math.max(1, tokensOf(row));
    const firesAt = Math.max(usual * rule.factor, highest * 1.02);
    if (price <= firesAt * keepAbovePrice) return [];
    return {
      ...of(rule, row, priced),
      fires: price > firesAt,
      summary: `${row.dimensions.provider}/${row.dimensions.model} takes ${(price / usual).toFixed(2)} times its usual price for a token of ${row.dimensions.bucket}`,
      evidence: {
        usdPerMillionTokens: price * 1e6,
        usualUsdPerMillionTokens: usual * 1e6,
        days: prices.length,
        calls: row.calls,
      },
      link: costsLink({ range, by: ['bucket', 'tier'], where: { ...rule.where, model: [row.dimensions.model ?? ''] } }),
    };
  });
}

const keepAbovePrice = 0.95;
const promptDays = 15;
/** A whole week, since what is asked differs between its days. */
const promptDaysMin = 7;

const byStage = (rows: readonly CostRow[]) => groupRows(rows, stage);

/** Input tokens for a call of a stage, far above the days before: prompts grow as features are added. */
export async function promptGrowth(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const past = { by: [...stage, 'day'], where: rule.where, days: promptDays } as const;
  const known = await look.past(past, byStage);
  const today = Math.floor(look.nowMs / dayMs) * dayMs;
  const { rows } = await look.hourly({ range, by: stage, where: rule.where });
  return rows.flatMap((row) => {
    const days = (known.get(groupKey(row, stage)) ?? []).filter(
      (day) => dayOf(day) < today - rule.windowMs && day.attempts >= rule.minimumCalls / 2,
    );
    if (days.length < promptDaysMin || row.attempts < rule.minimumCalls || row.cost.picos < rule.minimumPicos)
      return [];
    const sizes = days.map((day) => day.inputTokens / day.attempts);
    const usual = median(sizes);
    const size = row.inputTokens / row.attempts;
    const firesAt = Math.max(usual * rule.factor, Math.max(...sizes) * 1.1);
    if (size <= firesAt * keepAbovePrice) return [];
    return {
      ...of(rule, row, stage),
      fires: size > firesAt,
      summary: `${placeName(row)} sends ${(size / usual).toFixed(2)} times its usual input`,
      evidence: {
        inputTokensPerAttempt: Math.round(size),
        usualInputTokensPerAttempt: Math.round(usual),
        attempts: row.attempts,
      },
      link: costsLink({
        range,
        by: ['promptVersion', 'release'],
        where: { ...rule.where, ...asWhere(subjectOf(row, stage)) },
      }),
    };
  });
}

function asWhere(subject: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(subject).map(([name, value]) => [name, [value]]));
}

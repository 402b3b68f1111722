import type { Config, OverheadCost, Service, SwitchingCost, WorkCost } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import type { CostRow, TimeRange } from '../../ledger/index.ts';
import { addUsd, fromPicos, type Usd, zeroUsd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import { monthlyInRange, monthsOf, paidIn } from './calendar-share.ts';
import type { Groups } from './groups.ts';
import { isEstimate, meanUsd, timesUsd } from './mean-usd.ts';
import { rangeKey, type StackFacts } from './read-stack-facts.ts';
import type { OpenLine, StackBuilder } from './stack-builder.ts';

export interface LineContext {
  readonly builder: StackBuilder;
  readonly groups: Groups;
  readonly facts: StackFacts;
  readonly config: Config;
  readonly range: TimeRange;
}

/** Everything burnrate.yaml states under `overheads`, and services' monthly prices, dated and prorated. */
export function addOverheadLines(context: LineContext): void {
  const { overheads, services } = context.config;
  for (const cost of overheads.infrastructure) addCost(context, 'infrastructure', cost);
  for (const cost of overheads.capacity) addCost(context, 'capacity', cost);
  for (const cost of overheads.compliance) addCost(context, 'compliance', cost);
  for (const cost of overheads.maintenance) addCost(context, 'maintenance', cost);
  for (const cost of overheads.operationalDebt) addCost(context, 'operationalDebt', cost);
  for (const cost of overheads.switching) addSwitching(context, cost);
  for (const [name, service] of Object.entries(services)) addMonthly(context, name, service);
}

/** A monthly price and work shared by the stated rule; what grows with calls or tokens follows these. */
function addCost(context: LineContext, line: LineKind, cost: OverheadCost | WorkCost): void {
  const { builder, config } = context;
  const paid = paidIn(context, cost);
  const months = monthsOf(paid, config.timeZone);
  if (months === 0) return;
  const hours = meanOfQuantity(cost.hoursPerMonth ?? { kind: 'value', value: 0 }) ?? 0;
  const monthly = addUsd(meanOr(cost.monthlyUsd), timesUsd(hourly(config, cost.role), hours));
  const open = builder.open({
    ...{ line, name: cost.name, origin: 'configuration', rule: cost.allocateBy },
    estimated: isGuessed(config, cost),
    ...(hours > 0 ? { quantity: hours * months, unit: 'hours' } : { quantity: 1, unit: 'usd' }),
  });
  builder.share(open, monthlyInRange(monthly, paid, config.timeZone), cost.allocateBy, cost.shares);
  addPieces(context, open, cost, paid);
}

/** Priced by the piece, it is owed for the pieces of the days it was paid. */
function addPieces({ builder, groups, facts }: LineContext, open: OpenLine, cost: OverheadCost, paid: TimeRange): void {
  const { perCallUsd, perMillionTokensUsd } = cost;
  const { total, rows } = facts.pieces.get(rangeKey(paid)) ?? { total: facts.total, rows: facts.groups };
  const weights = (read: (row: CostRow) => number) => {
    const sums = groups.list.map(() => 0);
    for (const row of rows) {
      const place = groups.indexOf(row.dimensions);
      sums[place] = (sums[place] ?? 0) + read(row);
    }
    return sums;
  };
  const tokensOf = (row: CostRow) => row.inputTokens + row.outputTokens;
  builder.shareBy(
    open,
    timesUsd(meanOr(perCallUsd), total.calls),
    weights((row) => row.calls),
  );
  builder.shareBy(open, timesUsd(meanOr(perMillionTokensUsd), tokensOf(total) / 1e6), weights(tokensOf));
}

/** Whether any amount of a cost, or the rate of who works for it, is a guess. */
function isGuessed({ people }: Config, cost: OverheadCost | WorkCost | SwitchingCost): boolean {
  const { monthlyUsd, perCallUsd, perMillionTokensUsd, hoursPerMonth, hours, onceUsd, role } = {
    ...cost,
  } as Partial<OverheadCost & SwitchingCost>;
  const amounts = [monthlyUsd, perCallUsd, perMillionTokensUsd, hoursPerMonth, hours, onceUsd];
  return [...amounts, role === undefined ? undefined : people[role]?.hourlyUsd].some(isEstimate);
}

const meanOr = (amount: OverheadCost['monthlyUsd']) => (amount === undefined ? zeroUsd : (meanUsd(amount) ?? zeroUsd));

function hourly(config: Config, role: string | undefined): Usd {
  const person = role === undefined ? undefined : config.people[role];
  return person ? (meanUsd(person.hourlyUsd) ?? zeroUsd) : zeroUsd;
}

/** Spread evenly over its months from its date on; without a date it is taken to be under way. */
function addSwitching(context: LineContext, cost: SwitchingCost): void {
  const { builder, config } = context;
  const hours = meanOfQuantity(cost.hours ?? { kind: 'value', value: 0 }) ?? 0;
  const once = addUsd(meanOr(cost.onceUsd), timesUsd(hourly(config, cost.role), hours));
  const { months } = cost.amortizedOver;
  const paid = paidIn(context, cost, months);
  const open = builder.open({
    ...{ line: 'switching', name: cost.name, origin: 'configuration', rule: cost.allocateBy },
    estimated: isGuessed(config, cost),
    ...{ quantity: (hours * monthsOf(paid, config.timeZone)) / months, unit: 'hours' },
  });
  const monthly = fromPicos(once.picos / BigInt(Math.max(1, months)));
  builder.share(open, monthlyInRange(monthly, paid, config.timeZone), cost.allocateBy, cost.shares);
}

function addMonthly(context: LineContext, name: string, { line, monthlyUsd, ...dates }: Service): void {
  if (monthlyUsd === undefined) return;
  const { builder, config } = context;
  const open = builder.open({
    ...{ line, name, origin: 'configuration', rule: 'calls', quantity: 1, unit: 'usd' },
    estimated: isEstimate(monthlyUsd),
  });
  builder.share(open, monthlyInRange(meanOr(monthlyUsd), paidIn(context, dates), config.timeZone), 'calls');
}

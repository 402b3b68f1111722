import type { Config, WorkflowOutcome } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import { addUsd, fromPicos, subtractUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { dividedUsd, meanUsd, timesUsd } from '../stack/mean-usd.ts';
import { perOne } from './ratio.ts';
import type { UnitFacts } from './unit-facts.ts';

/** Value against full cost. */
export interface Returns {
  /** What outcomes reported; where none reported any, successes × the stated value. */
  readonly value: Usd;
  /** Successes × the minutes each saves × the rate of the role that is spared. */
  readonly labourSaved: Usd;
  readonly net: Usd;
  /** (value + labour saved − cost) ÷ cost; null when nothing was spent. */
  readonly roi: number | null;
  /** One-off costs ÷ net benefit of a month; null when it never pays back or nothing was paid once. */
  readonly paybackMonths: number | null;
}

export function returnsOf(facts: UnitFacts, config: Config, months: number): Returns {
  const outcome = outcomeOf(facts, config);
  const successes = facts.outcomes.success;
  const stated = outcome?.valueUsd ? (meanUsd(outcome.valueUsd) ?? zeroUsd) : zeroUsd;
  const value = facts.value.picos === 0n ? timesUsd(stated, successes) : facts.value;
  const labourSaved = timesUsd(minuteRate(config, outcome?.savedRole), mean(outcome?.minutesSaved) * successes);
  const net = subtractUsd(addUsd(value, labourSaved), facts.cost);
  const roi = facts.cost.picos === 0n ? null : Number(net.picos) / Number(facts.cost.picos);
  return { value, labourSaved, net, roi, paybackMonths: payback(onceUsd(config), net, months) };
}

/** Months until what was paid once is earned back: once ÷ net benefit of a month. */
export function payback(once: Usd, net: Usd, months: number): number | null {
  if (once.picos === 0n || net.picos <= 0n || months <= 0) return null;
  return (Number(once.picos) / Number(net.picos)) * months;
}

/** What is paid once: the efforts under `switching`. */
export function onceUsd({ overheads, people }: Config): Usd {
  return overheads.switching.reduce((sum, cost) => {
    const rate = people[cost.role ?? '']?.hourlyUsd;
    const work = rate ? timesUsd(meanUsd(rate) ?? zeroUsd, mean(cost.hours)) : zeroUsd;
    const paid = cost.onceUsd ? (meanUsd(cost.onceUsd) ?? zeroUsd) : zeroUsd;
    return addUsd(sum, addUsd(work, paid));
  }, zeroUsd);
}

const mean = (quantity: WorkflowOutcome['minutesSaved']) =>
  quantity === undefined ? 0 : (meanOfQuantity(quantity) ?? 0);

const outcomeOf = (facts: UnitFacts, config: Config): WorkflowOutcome | undefined =>
  facts.workflow === null ? undefined : config.workflows[facts.workflow]?.outcome;

/** What a minute of a role costs; of the only role there is when none is named. */
function minuteRate({ people }: Config, role: string | undefined): Usd {
  const names = Object.keys(people);
  const known = people[role ?? (names.length === 1 ? (names[0] ?? '') : '')];
  const hourly = known ? (meanUsd(known.hourlyUsd) ?? zeroUsd) : zeroUsd;
  return fromPicos(hourly.picos / 60n);
}

/** Internal operations: what a wrong action costs belongs to every action. */
export interface RiskAdjusted {
  /** Probability of a wrong action × what one costs. */
  readonly riskPerRun: Usd;
  readonly costPerRun: Usd;
  /** Cost per run + risk per run. */
  readonly adjustedPerRun: Usd;
  /** Whether the value of a run exceeds its risk-adjusted cost. */
  readonly worthIt: boolean;
}

export function riskAdjusted(facts: UnitFacts, config: Config, value: Usd): RiskAdjusted | null {
  const outcome = outcomeOf(facts, config);
  const costPerRun = perOne(facts.cost, facts.runs);
  if (!outcome?.wrongActionRate || !outcome.wrongActionUsd || costPerRun === null) return null;
  const riskPerRun = timesUsd(meanUsd(outcome.wrongActionUsd) ?? zeroUsd, mean(outcome.wrongActionRate));
  const adjustedPerRun = addUsd(costPerRun, riskPerRun);
  const valuePerRun = perOne(value, facts.runs) ?? zeroUsd;
  return { riskPerRun, costPerRun, adjustedPerRun, worthIt: valuePerRun.picos > adjustedPerRun.picos };
}

/** Sales: what conversions bring that would not have happened. */
export interface RevenueLift {
  /** Runs × the share that converts because of the product. */
  readonly conversions: number;
  readonly revenue: Usd;
  readonly costPerConversion: Usd | null;
  /** Revenue of one conversion − what it cost to get it. */
  readonly liftPerConversion: Usd | null;
}

export function revenueLift(facts: UnitFacts, config: Config): RevenueLift | null {
  const outcome = outcomeOf(facts, config);
  if (!outcome?.conversionLift || !outcome.revenuePerConversionUsd) return null;
  const each = meanUsd(outcome.revenuePerConversionUsd) ?? zeroUsd;
  const conversions = facts.runs * mean(outcome.conversionLift);
  const costPerConversion = conversions === 0 ? null : dividedUsd(facts.cost, conversions);
  return {
    conversions,
    revenue: timesUsd(each, conversions),
    costPerConversion,
    liftPerConversion: costPerConversion === null ? null : subtractUsd(each, costPerConversion),
  };
}

/** Support: a resolution that comes back is paid again, and an escalated case takes longer than a fresh one. */
export interface ResolutionCost {
  readonly rework: Usd;
  readonly handleTime: Usd;
  /** Successes that stay solved. */
  readonly resolved: number;
  /** (Full cost + rework + longer handle time) ÷ successes that stay solved. */
  readonly costPerResolution: Usd | null;
}

export function resolutionCost(facts: UnitFacts, config: Config): ResolutionCost | null {
  const outcome = outcomeOf(facts, config);
  if (!outcome?.reworkRate && !outcome?.extraHandleMinutes) return null;
  const { success, escalated } = facts.outcomes;
  const returning = success * mean(outcome.reworkRate);
  const rework = timesUsd(perOne(facts.cost, facts.runs) ?? zeroUsd, returning);
  const handleTime = timesUsd(minuteRate(config, outcome.savedRole), escalated * mean(outcome.extraHandleMinutes));
  const total = addUsd(facts.cost, addUsd(rework, handleTime));
  const resolved = success - returning;
  return {
    ...{ rework, handleTime, resolved },
    costPerResolution: resolved <= 0 ? null : dividedUsd(total, resolved),
  };
}

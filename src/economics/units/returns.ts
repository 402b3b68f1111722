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
  /** One-off costs ÷ net benefit of a month before their instalments; null when it never pays back or nothing was paid once. */
  readonly paybackMonths: number | null;
}

/** @param once what was paid once for it */
export function returnsOf(facts: UnitFacts, config: Config, months: number, once: Usd = zeroUsd): Returns {
  const outcome = outcomeOf(facts, config);
  const successes = facts.outcomes.success;
  const stated = outcome?.valueUsd ? (meanUsd(outcome.valueUsd) ?? zeroUsd) : zeroUsd;
  const value = facts.value.picos === 0n ? timesUsd(stated, successes) : facts.value;
  const labourSaved = minutesUsd(config, outcome?.savedRole, mean(outcome?.minutesSaved) * successes);
  return returnsFrom({ value, labourSaved }, facts, months, once);
}

export function returnsFrom(
  { value, labourSaved }: Pick<Returns, 'value' | 'labourSaved'>,
  { cost, costByLine }: Pick<UnitFacts, 'cost' | 'costByLine'>,
  months: number,
  once: Usd,
): Returns {
  const net = subtractUsd(addUsd(value, labourSaved), cost);
  const roi = cost.picos === 0n ? null : Number(net.picos) / Number(cost.picos);
  const earned = addUsd(net, costByLine.get('switching') ?? zeroUsd);
  return { value, labourSaved, net, roi, paybackMonths: payback(once, earned, months) };
}

/**
 * Months until what was paid once is earned back: once ÷ net benefit of a month, without the instalments of what was
 * paid once, which would count it twice.
 */
export function payback(once: Usd, earned: Usd, months: number): number | null {
  if (once.picos === 0n || earned.picos <= 0n || months <= 0) return null;
  return (Number(once.picos) / Number(earned.picos)) * months;
}

/** A part's share of what is paid once: that of its instalments in all of them; nothing where there are none. */
export function shareOfOnce(once: Usd, part: Pick<UnitFacts, 'costByLine'>, whole: Pick<UnitFacts, 'costByLine'>): Usd {
  const paid = ({ costByLine }: Pick<UnitFacts, 'costByLine'>) => costByLine.get('switching')?.picos ?? 0n;
  return paid(whole) === 0n ? zeroUsd : fromPicos((once.picos * paid(part)) / paid(whole));
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

const minutesPerHour = 60;

/** What minutes of a role cost; of the only role there is when none is named. */
function minutesUsd({ people }: Config, role: string | undefined, minutes: number): Usd {
  const names = Object.keys(people);
  const known = people[role ?? (names.length === 1 ? (names[0] ?? '') : '')];
  const hourly = known ? (meanUsd(known.hourlyUsd) ?? zeroUsd) : zeroUsd;
  return dividedUsd(timesUsd(hourly, minutes), minutesPerHour);
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
  const handleTime = minutesUsd(config, outcome.savedRole, escalated * mean(outcome.extraHandleMinutes));
  const total = addUsd(facts.cost, addUsd(rework, handleTime));
  const resolved = success - returning;
  return {
    ...{ rework, handleTime, resolved },
    costPerResolution: resolved <= 0 ? null : dividedUsd(total, resolved),
  };
}

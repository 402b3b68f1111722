import type { Config } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { askOnce } from '../stack/ask-once.ts';
import { monthsOf } from '../stack/calendar-share.ts';
import { type EconomicLedger, groupFilters } from '../stack/read-stack-facts.ts';
import { type Margin, marginsBy } from './margins.ts';
import { ratio } from './ratio.ts';
import {
  onceUsd,
  type ResolutionCost,
  type Returns,
  type RevenueLift,
  type RiskAdjusted,
  resolutionCost,
  returnsFrom,
  returnsOf,
  revenueLift,
  riskAdjusted,
  shareOfOnce,
} from './returns.ts';
import { sampledDurations } from './sampled-durations.ts';
import { type ComponentFigure, componentFigures, type UnitCosts, unitCosts } from './unit-costs.ts';
import { readUnits, type UnitFacts, type UnitQuestion, type UnitReadings } from './unit-facts.ts';
import { type WaitingCost, waitingCost } from './waiting.ts';

/** How often calls of a stage were tried again. */
export interface StageRetries {
  readonly workflow: string | null;
  readonly stage: string | null;
  readonly calls: number;
  readonly retriedCalls: number;
  /** Retried calls ÷ calls. */
  readonly rate: number | null;
}

export interface WorkflowUnits {
  readonly facts: UnitFacts;
  readonly costs: UnitCosts;
  readonly components: readonly ComponentFigure[];
  readonly returns: Returns;
  readonly risk: RiskAdjusted | null;
  readonly lift: RevenueLift | null;
  readonly resolution: ResolutionCost | null;
  readonly waiting: WaitingCost | null;
}

export interface UnitEconomics {
  readonly range: TimeRange;
  readonly facts: UnitFacts;
  readonly costs: UnitCosts;
  readonly components: readonly ComponentFigure[];
  readonly stages: readonly StageRetries[];
  readonly returns: Returns;
  readonly workflows: readonly WorkflowUnits[];
  readonly marginByPlan: readonly Margin[];
  /** Empty where customers were not to be told apart. */
  readonly marginByCustomer: readonly Margin[];
}

/** Every unit figure of a range, for everything and for each workflow. */
export async function readUnitEconomics(
  ledger: EconomicLedger,
  question: UnitQuestion,
  config: Config,
): Promise<UnitEconomics> {
  const counted = readUnits(askOnce(ledger), question, config);
  const months = monthsOf(question.range, question.timeZone);
  const query = { range: question.range, where: groupFilters(question.where) };
  const [readings, samples] = await Promise.all([counted, sampledDurations(ledger, query, { counted, config })]);
  const once = onceUsd(config);
  const workflows = readings.workflows.map((facts) => {
    const sample = samples.get(facts.workflow ?? '');
    return {
      ...workflowUnits(facts, config, months, shareOfOnce(once, facts, readings.whole)),
      waiting: sample ? waitingCost(facts, sample, config) : null,
    };
  });
  return { range: question.range, ...wholeUnits(readings, workflows, { config, months, once }), workflows };
}

function workflowUnits(facts: UnitFacts, config: Config, months: number, once: Usd): Omit<WorkflowUnits, 'waiting'> {
  const returns = returnsOf(facts, config, months, once);
  return {
    ...{ facts, returns },
    costs: unitCosts(facts),
    components: componentFigures(facts),
    risk: riskAdjusted(facts, config, addUsd(returns.value, returns.labourSaved)),
    lift: revenueLift(facts, config),
    resolution: resolutionCost(facts, config),
  };
}

function wholeUnits(
  { whole, stages, byPlan, usersByPlan, customers }: UnitReadings,
  workflows: readonly WorkflowUnits[],
  scope: { readonly config: Config; readonly months: number; readonly once: Usd },
): Omit<UnitEconomics, 'range' | 'workflows'> {
  return {
    facts: whole,
    costs: unitCosts(whole),
    components: componentFigures(whole),
    stages: stages.map(({ dimensions, calls, retriedCalls }) => ({
      ...{ workflow: dimensions.workflow ?? null, stage: dimensions.stage ?? null, calls, retriedCalls },
      rate: ratio(retriedCalls, calls),
    })),
    returns: wholeReturns(whole, workflows, scope),
    marginByPlan: marginsBy('plan', byPlan, usersByPlan, scope),
    marginByCustomer: customers ? marginsBy('customer', customers.stack, customers.users, scope) : [],
  };
}

function wholeReturns(
  whole: UnitFacts,
  workflows: readonly WorkflowUnits[],
  { months, once }: { readonly months: number; readonly once: Usd },
): Returns {
  const sum = (read: (returns: Returns) => Usd) =>
    workflows.reduce((total, { returns }) => addUsd(total, read(returns)), zeroUsd);
  const parts = { value: sum((returns) => returns.value), labourSaved: sum((returns) => returns.labourSaved) };
  return returnsFrom(parts, whole, months, once);
}

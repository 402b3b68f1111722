import type { z } from '@hono/zod-openapi';
import { type Margin, type UnitEconomics, unitFormulas, type WorkflowUnits } from '../economics/index.ts';
import { toDecimal, type Usd } from '../money/index.ts';
import { rangeJson } from './range.ts';
import type { componentSchema, unitCostsSchema, unitEconomicsSchema, workflowUnitsSchema } from './schemas-units.ts';

const maybe = (amount: Usd | null): string | null => (amount === null ? null : toDecimal(amount));

export function unitEconomicsJson(units: UnitEconomics): Omit<z.infer<typeof unitEconomicsSchema>, 'simulated'> {
  return {
    range: rangeJson(units.range),
    ...wholeJson(units),
    stages: units.stages.map((stage) => ({ ...stage })),
    workflows: units.workflows.map(workflowJson),
    marginByPlan: units.marginByPlan.map(marginJson),
    marginByCustomer: units.marginByCustomer.map(marginJson),
    formulas: unitFormulas,
  };
}

type Whole = Pick<WorkflowUnits, 'facts' | 'costs' | 'components' | 'returns'>;

function wholeJson({ facts, costs, components, returns }: Whole) {
  const { calls, completedCalls, interactions, runs, sessions, users, humanMinutes } = facts;
  return {
    costUsd: toDecimal(facts.cost),
    tokenUsd: toDecimal(facts.tokenCost),
    ...{ calls, completedCalls, interactions, runs, sessions, users, humanMinutes },
    outcomes: { ...facts.outcomes },
    costs: costsJson(costs),
    components: components.map(componentJson),
    returns: {
      valueUsd: toDecimal(returns.value),
      labourSavedUsd: toDecimal(returns.labourSaved),
      netUsd: toDecimal(returns.net),
      roi: returns.roi,
      paybackMonths: returns.paybackMonths,
    },
  };
}

function costsJson(costs: WorkflowUnits['costs']): z.infer<typeof unitCostsSchema> {
  const { multiplier, containment, escalation, retryRate } = costs;
  return {
    costPerCallUsd: maybe(costs.perCall),
    costPerInteractionUsd: maybe(costs.perInteraction),
    costPerRunUsd: maybe(costs.perRun),
    costPerSessionUsd: maybe(costs.perSession),
    costPerActiveUserUsd: maybe(costs.perActiveUser),
    costPerCompletedRequestUsd: maybe(costs.perCompletedRequest),
    costPerSuccessUsd: maybe(costs.perSuccess),
    tokensPerSuccessUsd: maybe(costs.tokensPerSuccess),
    ...{ multiplier, containment, escalation, retryRate },
  };
}

function componentJson(figure: WorkflowUnits['components'][number]): z.infer<typeof componentSchema> {
  const { component, cost, value } = figure;
  const { lines: _, ...words } = component;
  const money = typeof value === 'object' ? value : null;
  return {
    ...words,
    value: typeof value === 'number' ? value : null,
    valueUsd: maybe(money),
    costUsd: toDecimal(cost),
  };
}

function workflowJson(units: WorkflowUnits): z.infer<typeof workflowUnitsSchema> {
  return {
    workflow: units.facts.workflow ?? '',
    ...wholeJson(units),
    ...businessJson(units),
    waiting: waitingJson(units),
  };
}

function businessJson({ risk, lift, resolution }: WorkflowUnits) {
  return {
    risk: risk && {
      riskPerRunUsd: toDecimal(risk.riskPerRun),
      costPerRunUsd: toDecimal(risk.costPerRun),
      adjustedPerRunUsd: toDecimal(risk.adjustedPerRun),
      worthIt: risk.worthIt,
    },
    lift: lift && {
      conversions: lift.conversions,
      revenueUsd: toDecimal(lift.revenue),
      costPerConversionUsd: maybe(lift.costPerConversion),
      liftPerConversionUsd: maybe(lift.liftPerConversion),
    },
    resolution: resolution && {
      reworkUsd: toDecimal(resolution.rework),
      handleTimeUsd: toDecimal(resolution.handleTime),
      resolved: resolution.resolved,
      costPerResolutionUsd: maybe(resolution.costPerResolution),
    },
  };
}

function waitingJson({ waiting }: WorkflowUnits): z.infer<typeof workflowUnitsSchema>['waiting'] {
  if (waiting === null) return null;
  const { workflow: _, cost, oneSecondSaved, ...counts } = waiting;
  return { ...counts, costUsd: toDecimal(cost), oneSecondSavedUsd: toDecimal(oneSecondSaved) };
}

function marginJson({ name, users, revenue, cost, margin, share }: Margin) {
  const [revenueUsd, costUsd, marginUsd] = [toDecimal(revenue), toDecimal(cost), toDecimal(margin)];
  return { name, users, revenueUsd, costUsd, marginUsd, share };
}

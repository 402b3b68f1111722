import { z } from '@hono/zod-openapi';
import { countSchema, maybeMoneySchema, moneySchema, rangeSchema } from './schemas.ts';

const share = z.number().nullable();

export const unitCostsSchema = z
  .object({
    costPerCallUsd: maybeMoneySchema,
    costPerInteractionUsd: maybeMoneySchema,
    costPerRunUsd: maybeMoneySchema,
    costPerSessionUsd: maybeMoneySchema,
    costPerActiveUserUsd: maybeMoneySchema,
    costPerCompletedRequestUsd: maybeMoneySchema,
    costPerSuccessUsd: maybeMoneySchema,
    tokensPerSuccessUsd: maybeMoneySchema,
    multiplier: share,
    containment: share,
    escalation: share,
    retryRate: share,
  })
  .openapi('UnitCosts', { description: 'The full cost ÷ how many there were; null where there was none.' });

export const componentSchema = z
  .object({
    component: z.string(),
    includes: z.string(),
    risk: z.string(),
    measure: z.string(),
    unit: z.enum(['usd', 'share', 'gigabytes', 'minutes']),
    value: z.number().nullable().openapi({ description: 'For all units but usd.' }),
    valueUsd: maybeMoneySchema,
    lever: z.string(),
    costUsd: moneySchema.openapi({ description: 'What the component costs as a whole.' }),
  })
  .openapi('CostComponent');

const returnsSchema = z
  .object({
    valueUsd: moneySchema,
    labourSavedUsd: moneySchema,
    netUsd: moneySchema,
    roi: share,
    paybackMonths: share,
  })
  .openapi('Returns');

const marginSchema = z
  .object({
    name: z.string().nullable(),
    users: countSchema,
    revenueUsd: moneySchema,
    costUsd: moneySchema,
    marginUsd: moneySchema,
    share,
  })
  .openapi('Margin');

const units = {
  costUsd: moneySchema,
  tokenUsd: moneySchema,
  calls: countSchema,
  completedCalls: countSchema,
  interactions: countSchema,
  runs: countSchema,
  sessions: countSchema,
  users: countSchema,
  outcomes: z.object({
    success: countSchema,
    escalated: countSchema,
    abandoned: countSchema,
    failed: countSchema,
  }),
  humanMinutes: z.number(),
  costs: unitCostsSchema,
  components: z.array(componentSchema),
  returns: returnsSchema,
};

export const workflowUnitsSchema = z
  .object({
    workflow: z.string(),
    ...units,
    risk: z
      .object({
        riskPerRunUsd: moneySchema,
        costPerRunUsd: moneySchema,
        adjustedPerRunUsd: moneySchema,
        worthIt: z.boolean(),
      })
      .nullable(),
    lift: z
      .object({
        conversions: z.number(),
        revenueUsd: moneySchema,
        costPerConversionUsd: maybeMoneySchema,
        liftPerConversionUsd: maybeMoneySchema,
      })
      .nullable(),
    resolution: z
      .object({
        reworkUsd: moneySchema,
        handleTimeUsd: moneySchema,
        resolved: z.number(),
        costPerResolutionUsd: maybeMoneySchema,
      })
      .nullable(),
    waiting: z
      .object({
        afterSeconds: z.number(),
        waitedShare: z.number(),
        abandoned: z.number(),
        repeated: z.number(),
        tickets: z.number(),
        costUsd: moneySchema,
        oneSecondSavedUsd: moneySchema,
      })
      .nullable(),
  })
  .openapi('WorkflowUnits');

export const unitEconomicsSchema = z
  .object({
    range: rangeSchema,
    simulated: z.boolean(),
    ...units,
    stages: z.array(
      z.object({
        workflow: z.string().nullable(),
        stage: z.string().nullable(),
        calls: countSchema,
        retriedCalls: countSchema,
        rate: share,
      }),
    ),
    workflows: z.array(workflowUnitsSchema),
    marginByPlan: z.array(marginSchema),
    marginByCustomer: z.array(marginSchema),
    formulas: z.record(z.string(), z.object({ formula: z.string(), source: z.string() })),
  })
  .openapi('UnitEconomics');

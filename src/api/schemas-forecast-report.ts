import { z } from '@hono/zod-openapi';
import { lineKinds } from '../tree/index.ts';
import { countSchema, maybeTimeSchema, moneySchema } from './schemas.ts';

/** An estimate of money: its mean and three of its percentiles. */
export const moneyIntervalSchema = z
  .object({ mean: moneySchema, p10: moneySchema, p50: moneySchema, p90: moneySchema })
  .openapi('MoneyInterval', { description: 'An estimate in US dollars; four futures of five lie from p10 to p90.' });

const intervalSchema = z
  .object({ mean: z.number(), p10: z.number(), p50: z.number(), p90: z.number() })
  .openapi('Interval');

const monthSchema = z.string().openapi({ description: 'A calendar month, UTC.', example: '2026-04' });
const lineSchema = z.enum(lineKinds);
const nodeFields = {
  workflow: z.string(),
  stage: z.string().nullable().openapi({ description: 'Null: what belongs to the workflow as a whole.' }),
  totalUsd: moneyIntervalSchema,
};

const forecastMonthSchema = z
  .object({
    month: monthSchema,
    totalUsd: moneyIntervalSchema,
    calls: z.number(),
    attempts: z.number(),
    runs: z.number(),
    interactions: z.number(),
    outcomes: z.number(),
    tokens: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    valueUsd: moneySchema,
    lines: z.array(z.object({ line: lineSchema, totalUsd: moneyIntervalSchema })),
    nodes: z.array(z.object(nodeFields)),
  })
  .openapi('ForecastMonth');

const savingsSchema = z.array(z.object({ brake: z.string(), savedUsd: moneySchema }));

const budgetOutlookSchema = z
  .object({
    budget: z.string(),
    period: z.string(),
    limitUsd: moneySchema,
    bindsOn: z.string().nullable().openapi({ description: 'Day on which mean spend passes the limit.' }),
    probability: z.array(z.number()).openapi({ description: 'That the limit is reached, by month.' }),
    usersBound: z.number().nullable(),
    savings: savingsSchema,
    note: z.string().nullable(),
  })
  .openapi('BudgetOutlook');

const spikeSchema = z.object({
  newUsers: z.number(),
  hours: z.number(),
  interactions: z.number(),
  spendUsd: moneySchema,
  spendPerHourUsd: moneySchema,
  infrastructureMonthUsd: moneySchema,
  passesInfrastructureAfterHours: z.number().nullable(),
  passesInfrastructureAt: maybeTimeSchema,
  savings: z.array(z.object({ setting: z.string(), brake: z.string(), savedUsd: moneySchema })),
});

const stressSchema = z
  .object({
    totalUsd: moneyIntervalSchema,
    increaseUsd: moneySchema,
    increase: z.number(),
    costPerOutcomeUsd: moneyIntervalSchema.nullable(),
    months: z.array(z.object({ month: monthSchema, totalUsd: moneyIntervalSchema })),
    spike: spikeSchema.optional(),
  })
  .openapi('StressedForecast');

const workflowSchema = z
  .object({
    totalUsd: moneyIntervalSchema,
    costPerOutcomeUsd: moneyIntervalSchema.nullable(),
    callsPerDay: intervalSchema,
    interactionsPerDay: intervalSchema,
    naiveCallsPerDay: z.number(),
    callsPerInteraction: z.number(),
    factors: z.array(z.object({ factor: z.string(), times: z.number() })).openapi({
      description: 'What turns the plan into what happens; they multiply to calls ÷ plan.',
    }),
    tokenShare: z.number(),
    contextShare: z.object({ ofInputTokens: z.number() }),
    humanMinutesPer100Interactions: z.number(),
  })
  .openapi('ForecastWorkflow');

const driverSchema = z
  .object({
    parameter: z.string().openapi({ description: 'Dotted path in burnrate.yaml.' }),
    swingUsd: moneySchema.openapi({ description: 'Total with it at its p90 less that at its p10.' }),
    lowUsd: moneySchema,
    highUsd: moneySchema,
    varianceShare: z.number(),
  })
  .openapi('ForecastDriver');

export const forecastScenarioSchema = z
  .object({
    months: z.array(forecastMonthSchema),
    lines: z.array(z.object({ line: lineSchema, totalUsd: moneyIntervalSchema, share: z.number() })),
    nodes: z.array(
      z.object({
        ...nodeFields,
        share: z.number(),
        lines: z.array(z.object({ line: lineSchema, meanUsd: moneySchema })),
      }),
    ),
    totalUsd: moneyIntervalSchema,
    costPerOutcomeUsd: moneyIntervalSchema.nullable(),
    perDayUsd: moneyIntervalSchema,
    per30DaysUsd: moneyIntervalSchema,
    callsPerDay: intervalSchema,
    naiveCallsPerDay: z.number(),
    drivers: z.array(driverSchema),
    uncertainty: z.object({ parameters: z.number(), sampling: z.number() }),
    tokenShare: z.number(),
    roi: z.object({
      valueUsd: moneyIntervalSchema,
      costUsd: moneyIntervalSchema,
      returnOnCost: z.number().nullable(),
      paybackMonths: z.number().nullable(),
    }),
    tippingPoint: z
      .object({
        workflow: z.string(),
        stableUpTo: z.number(),
        recoversUpTo: z.number(),
        state: z.string(),
        summary: z.string(),
      })
      .optional(),
    workflows: z.record(z.string(), workflowSchema),
    budgets: z.array(budgetOutlookSchema),
    stresses: z.record(z.string(), stressSchema),
  })
  .openapi('ForecastScenario');

export const forecastReportSchema = z
  .object({
    seed: z.number().int(),
    trials: countSchema,
    from: monthSchema,
    months: countSchema,
    scenarios: z.record(z.string(), forecastScenarioSchema),
    stages: z.array(
      z.object({
        workflow: z.string(),
        stage: z.string(),
        tries: countSchema,
        failureProbability: z.number(),
        expectedAttempts: z.number(),
      }),
    ),
    assumptions: z.array(z.string()),
    measured: z
      .array(z.object({ path: z.string(), count: countSchema, evidence: z.string() }))
      .openapi({ description: 'Numbers that were taken from the ledger, with how many observations they rest on.' }),
    method: z.string(),
  })
  .openapi('ForecastReport', { description: 'The same document as `burnrate forecast --json` prints.' });

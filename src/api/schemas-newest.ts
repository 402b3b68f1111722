import { z } from '@hono/zod-openapi';
import { outcomeKinds } from '../tree/index.ts';
import { attributionSchema, countSchema, maybeMoneySchema, moneySchema, rangeSchema, timeSchema } from './schemas.ts';
import { attemptSchema, callSchema } from './schemas-calls.ts';

const attemptInListSchema = attemptSchema
  .pick({
    id: true,
    number: true,
    reason: true,
    layer: true,
    provider: true,
    model: true,
    modelRequested: true,
    status: true,
    failure: true,
    startedAt: true,
    firstTokenMs: true,
    durationMs: true,
    streamed: true,
    inputTokens: true,
    outputTokens: true,
    partTokens: true,
    usageSource: true,
    costUsd: true,
    priceState: true,
    simulated: true,
  })
  .openapi('AttemptInList');

const nextSchema = z
  .string()
  .nullable()
  .openapi({ description: '`before` of the next page; null when this is the last one.' });

export const callInListSchema = callSchema
  .omit({ attempts: true })
  .extend({ attempts: z.array(attemptInListSchema) })
  .openapi('CallInList');

export const newestCallsSchema = z
  .object({ range: rangeSchema, calls: z.array(callInListSchema), next: nextSchema })
  .openapi('NewestCalls');

export const runInListSchema = attributionSchema
  .extend({
    id: z.string(),
    startedAt: timeSchema,
    durationMs: z.number().nonnegative(),
    calls: countSchema,
    attempts: countSchema,
    inputTokens: countSchema,
    outputTokens: countSchema,
    costUsd: maybeMoneySchema.openapi({ description: 'Null when the price of an attempt is unknown.' }),
    knownCostUsd: moneySchema,
    unknownPriceAttempts: countSchema,
    estimatedAttempts: countSchema,
    simulated: z.boolean(),
    outcome: z.enum(outcomeKinds).nullable().openapi({ description: 'Null while nobody said how it ended.' }),
    valueUsd: maybeMoneySchema,
    humanMinutes: z.number().nullable(),
  })
  .openapi('RunInList');

export const newestRunsSchema = z
  .object({ range: rangeSchema, runs: z.array(runInListSchema), next: nextSchema })
  .openapi('NewestRuns');

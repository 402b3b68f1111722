import { z } from '@hono/zod-openapi';
import { attributionNames, failureClasses, outcomeKinds } from '../tree/index.ts';
import {
  attributionSchema,
  costLineSchema,
  countSchema,
  maybeMoneySchema,
  moneySchema,
  timeSchema,
  usageSchema,
} from './schemas.ts';

const maybeMs = z.number().nonnegative().nullable();

/** One request really sent upstream. No prompt or answer is in it. */
export const attemptSchema = attributionSchema
  .extend({
    id: z.string(),
    callId: z.string(),
    number: z.number().int().positive().openapi({ description: 'Position among the attempts of its call, from 1.' }),
    reason: z.enum(['first', 'retry', 'fallback', 'hedge', 'repair']),
    layer: z.enum(['client', 'gateway', 'product']),
    inferred: z
      .array(z.enum(attributionNames))
      .openapi({ description: 'Attribution that was inferred rather than told.' }),
    keyId: z.string(),
    provider: z.string(),
    protocol: z.enum(['openai', 'anthropic', 'gemini', 'other']),
    operation: z.string(),
    modelRequested: z.string(),
    model: z.string().openapi({ description: 'The model the answer names; what is priced.' }),
    tier: z.string(),
    streamed: z.boolean(),
    status: z.number().int().openapi({ description: 'HTTP status from upstream; 0 when none arrived.' }),
    failure: z.enum(failureClasses).nullable(),
    clientRetryCount: countSchema,
    startedAt: timeSchema,
    firstByteMs: maybeMs,
    firstTokenMs: maybeMs,
    durationMs: z.number().nonnegative(),
    usage: usageSchema,
    usageSource: z.enum(['reported', 'estimated', 'none', 'absent']),
    inputTokens: countSchema,
    outputTokens: countSchema,
    lines: z.array(costLineSchema),
    costUsd: maybeMoneySchema,
    priceState: z.enum(['known', 'unknown', 'none']),
    rateCard: z.string(),
    fingerprint: z.string(),
    partTokens: z
      .object({
        system: countSchema,
        history: countSchema,
        retrieval: countSchema,
        question: countSchema,
        tools: countSchema,
      })
      .nullable(),
    requestBytes: countSchema,
    responseBytes: countSchema,
    providerRequestId: z.string(),
    decisions: z
      .array(z.string())
      .describe('What controls did to it: rungs of brakes in force, and `endedEarly` when its budget cut it short.'),
    simulated: z.boolean(),
  })
  .openapi('Attempt');

/** Figures a call and a run share. */
const totals = {
  costUsd: maybeMoneySchema.openapi({ description: 'Null when the price of an attempt is unknown.' }),
  knownCostUsd: moneySchema.openapi({ description: 'Sum over the attempts whose price is known.' }),
  startedAt: timeSchema,
  durationMs: z.number().nonnegative().openapi({ description: 'First start to last end.' }),
  inputTokens: countSchema,
  outputTokens: countSchema,
  unknownPriceAttempts: countSchema,
  estimatedAttempts: countSchema,
  simulated: z.boolean().openapi({ description: 'True when an attempt was answered by the emulator.' }),
};

/** One logical request of a stage, with everything that was sent upstream for it. */
export const callSchema = attributionSchema
  .extend({ id: z.string(), run: z.string(), ...totals, attempts: z.array(attemptSchema) })
  .openapi('Call');

export const outcomeSchema = z
  .object({
    id: z.string(),
    run: z.string(),
    outcome: z.enum(outcomeKinds),
    valueUsd: maybeMoneySchema,
    humanMinutes: z.number().nullable(),
    role: z.string().nullable(),
    csat: z.number().nullable(),
    at: timeSchema,
    recordedAt: timeSchema,
  })
  .openapi('Outcome');

/** One pass through a workflow. */
export const runSchema = z
  .object({
    id: z.string(),
    workflow: z.string().nullable(),
    ...totals,
    outcome: z.union([outcomeSchema, z.null()]).openapi({ description: 'The one that counts: the latest by `at`.' }),
    outcomes: z.array(outcomeSchema),
    calls: z.array(callSchema),
  })
  .openapi('Run');

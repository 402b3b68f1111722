import { z } from '@hono/zod-openapi';
import { lineKinds } from '../tree/index.ts';
import { countSchema, moneySchema, rangeSchema } from './schemas.ts';

const lineSchema = z.enum(lineKinds);
const shareSchema = z.number().min(0).max(1).nullable();

export const stackLineSchema = z
  .object({
    line: lineSchema,
    name: z.string().openapi({ description: 'The entry of burnrate.yaml, the service or the role.' }),
    origin: z.enum(['calls', 'outcomes', 'reviews', 'configuration']),
    rule: z
      .enum(['direct', 'calls', 'tokens', 'cost', 'bytes', 'even', 'fixed'])
      .openapi({ description: 'What it is shared out by; `direct` stays where the call or the run is.' }),
    quantity: z.number(),
    unit: z.string(),
    costUsd: moneySchema,
    estimated: z.boolean().openapi({ description: 'True when a quantity was neither reported nor measured.' }),
    behind: z
      .record(z.string(), z.array(z.string()))
      .nullable()
      .openapi({ description: 'Filters of GET /api/calls for the calls it is made of; null when it is not.' }),
  })
  .openapi('StackLine');

export const stackGroupSchema = z
  .object({
    dimensions: z.record(z.string(), z.string().nullable()),
    runs: countSchema,
    calls: countSchema,
    tokens: countSchema,
    totalUsd: moneySchema,
    tokenUsd: moneySchema,
    tokenShare: shareSchema,
    lines: z.array(z.object({ line: lineSchema, costUsd: moneySchema })),
  })
  .openapi('StackGroup', { description: 'Its lines sum to totalUsd.' });

export const retrySchema = z
  .object({
    workflow: z.string().nullable(),
    stage: z.string().nullable(),
    reason: z.enum(['retry', 'fallback', 'hedge', 'repair', 'first']),
    layer: z.enum(['client', 'gateway', 'product']),
    cause: z.string().nullable().openapi({ description: 'Failure of the attempt before; null when it had none.' }),
    calls: countSchema,
    attempts: countSchema,
    tokens: countSchema,
    costUsd: moneySchema,
  })
  .openapi('RetryCost');

export const stackSchema = z
  .object({
    range: rangeSchema,
    by: z.array(z.string()),
    totalUsd: moneySchema,
    tokenUsd: moneySchema,
    tokenShare: shareSchema,
    usualTokenShare: z.object({ low: z.number(), high: z.number() }),
    lines: z.array(stackLineSchema).openapi({ description: 'They sum to totalUsd, exactly.' }),
    groups: z.array(stackGroupSchema).openapi({ description: 'Dearest first; with what was left out they sum too.' }),
    groupsLeftOut: countSchema,
    leftOutUsd: moneySchema,
    retries: z.array(retrySchema),
    minutesWithoutRate: z.number().openapi({ description: 'Minutes of roles without a rate; in no sum.' }),
    unknownPriceAttempts: countSchema,
    simulated: z.boolean(),
  })
  .openapi('CostStack');

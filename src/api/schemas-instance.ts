import { z } from '@hono/zod-openapi';
import { attributionSchema, countSchema, maybeTimeSchema, moneySchema, timeSchema } from './schemas.ts';

/** What a client needs to know about the instance it talks to. */
export const instanceSchema = z
  .object({
    name: z.literal('burnrate'),
    version: z.string(),
    startedAt: timeSchema,
    now: timeSchema,
    timeZone: z.string(),
    url: z.string(),
    simulated: z.boolean().openapi({ description: 'True when providers are the emulator (demo).' }),
    access: z.enum(['open', 'keys']),
    signIn: z.boolean().openapi({ description: 'True when the API asks for a token.' }),
    dataPlane: z.object({
      openai: z.string(),
      anthropic: z.string(),
      gemini: z.string(),
      providers: z.array(z.object({ name: z.string(), kind: z.string(), url: z.string() })),
    }),
    workflows: z.array(z.string()).openapi({ description: 'Workflows that burnrate.yaml describes.' }),
    features: z.record(z.string(), z.boolean()),
  })
  .openapi('Instance');

/** The data of a `pulse` event of GET /api/live. */
export const pulseSchema = z
  .object({
    version: countSchema.openapi({ description: 'Grows whenever the ledger changes.' }),
    attempts: countSchema,
    costUsd: moneySchema,
    lastAppendedAt: maybeTimeSchema,
    at: timeSchema,
  })
  .openapi('Pulse');

export const healthSchema = z.object({ status: z.literal('ok') }).openapi('Health');

export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
  })
  .openapi('Readiness');

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().openapi({ description: 'The last characters of the secret, to recognise it by.' }),
    defaults: attributionSchema,
    allowedModels: z.array(z.string()).nullable().openapi({ description: 'Null allows every model.' }),
    createdAt: timeSchema,
    revokedAt: maybeTimeSchema,
  })
  .openapi('Key');

export const keysSchema = z.object({ keys: z.array(keySchema) }).openapi('KeyList');

export const createdKeySchema = z
  .object({ key: keySchema, secret: z.string().openapi({ description: 'Shown once; only its hash is kept.' }) })
  .openapi('CreatedKey');

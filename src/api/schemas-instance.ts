import { z } from '@hono/zod-openapi';
import { userRoles } from '../books/index.ts';
import { countSchema, maybeTimeSchema, moneySchema, timeSchema } from './schemas.ts';

/** What came of reading burnrate.yaml again. */
export const configReloadSchema = z
  .object({
    changed: z.array(z.string()).openapi({ description: 'Sections that hold anew for what begins from now on.' }),
    restartNeeded: z
      .array(z.string())
      .openapi({ description: 'Keys that changed in the file and stay as they were until a restart.' }),
    workers: z.object({ told: countSchema, of: countSchema }).openapi({
      description: 'Gateway workers that took it. One that did not keeps what it had until it is restarted.',
    }),
  })
  .openapi('ConfigReload');

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
    you: z
      .object({ name: z.string(), role: z.enum(userRoles) })
      .openapi({ description: 'Who asks, and what they may do.' }),
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

export const sessionRequestSchema = z.strictObject({ token: z.string().min(1).max(4_096) }).openapi('SessionRequest');

export const sessionSchema = z.object({ signedIn: z.boolean() }).openapi('Session');

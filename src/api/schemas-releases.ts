import { z } from '@hono/zod-openapi';
import { countSchema, maybeMoneySchema, rangeSchema, timeSchema } from './schemas.ts';

const tokens = z.number().nullable();
const partsSchema = z
  .object({
    system: z.number(),
    history: z.number(),
    retrieval: z.number(),
    question: z.number(),
    tools: z.number(),
  })
  .nullable();

export const releasesSchema = z
  .object({
    range: rangeSchema,
    by: z.enum(['release', 'promptVersion']),
    runs: countSchema,
    runsLookedAt: countSchema,
    simulated: z.boolean(),
    releases: z.array(
      z.object({
        workflow: z.string().nullable(),
        release: z.string(),
        firstSeen: timeSchema,
        lastSeen: timeSchema,
        runs: countSchema,
        ended: countSchema,
        successes: countSchema,
        costPerRunUsd: maybeMoneySchema,
        costPerSuccessUsd: maybeMoneySchema,
        inputTokens: tokens,
        outputTokens: tokens,
        parts: partsSchema,
        comparison: z
          .object({
            per: z.enum(['success', 'run']),
            change: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
            verdict: z.enum(['better', 'worse', 'no change', 'too early']),
          })
          .nullable()
          .openapi({ description: 'Calls’ cost per outcome against the release before; null for the first.' }),
      }),
    ),
    growth: z.array(
      z.object({
        workflow: z.string().nullable(),
        release: z.string().nullable(),
        week: z.string(),
        attempts: countSchema,
        inputTokens: tokens,
        parts: partsSchema,
      }),
    ),
  })
  .openapi('Releases');

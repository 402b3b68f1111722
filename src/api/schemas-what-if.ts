import { z } from '@hono/zod-openapi';
import { policySchema } from '../economics/index.ts';
import { countSchema, moneySchema, rangeSchema } from './schemas.ts';

const moment = z.string().datetime({ offset: true });

export const whatIfRequestSchema = z
  .strictObject({
    from: moment.optional().openapi({ description: '24 hours before `to` when absent.' }),
    to: moment.optional().openapi({ description: 'Now when absent.' }),
    policy: policySchema,
  })
  .openapi('WhatIfRequest', {
    description:
      '`policy` names stages as burnrate.yaml does, with any of cache (exact, ttl), prefixCache (ttl), model, trim ' +
      '(maxInputTokens), maxOutputTokens, retries, tier and urgency.',
  });

export const effectsSchema = z
  .object({
    cacheHits: countSchema,
    retriesDropped: countSchema,
    answersLost: countSchema.openapi({ description: 'Dropped retries that had succeeded.' }),
    inputsTrimmed: countSchema,
    outputsCut: countSchema,
    modelsSwapped: countSchema,
    tiersSwapped: countSchema,
    prefixHits: countSchema,
    unpriced: countSchema.openapi({ description: 'Left at what they cost, as the new price is not known.' }),
  })
  .openapi('PolicyEffects');

export const whatIfSchema = z
  .object({
    range: rangeSchema,
    recordedUsd: moneySchema,
    wouldUsd: moneySchema,
    savingUsd: moneySchema,
    lowUsd: moneySchema.openapi({ description: 'A range as long again saves this much or more, 19 times in 20.' }),
    highUsd: moneySchema,
    share: z
      .object({ estimate: z.number(), low: z.number(), high: z.number() })
      .openapi({ description: 'Saving ÷ recorded cost, with the same certainty, whatever the volume will be.' }),
    runs: countSchema,
    attempts: countSchema,
    ofAttempts: countSchema.openapi({
      description: 'How many there were. More than `attempts`: a sample was looked at, and dollars are scaled from it.',
    }),
    effects: effectsSchema,
  })
  .openapi('WhatIf');

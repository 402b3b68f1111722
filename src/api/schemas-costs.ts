import { z } from '@hono/zod-openapi';
import { countSchema, moneySchema, rangeSchema } from './schemas.ts';

const sums = {
  costUsd: moneySchema.openapi({ description: 'Sum over attempts whose price is known.' }),
  runs: countSchema,
  interactions: countSchema,
  calls: countSchema,
  attempts: countSchema,
  inputTokens: countSchema.openapi({ description: 'All tokens sent, cached or not.' }),
  cacheReadTokens: countSchema,
  outputTokens: countSchema.openapi({ description: 'All tokens produced, shown or hidden.' }),
  unknownPriceAttempts: countSchema,
  estimatedAttempts: countSchema,
};

export const costSumsSchema = z.object(sums).openapi('CostSums');

/** A row of costs: the dimensions asked for, under their own names, beside the sums. */
const costRowSchema = z
  .object(sums)
  .catchall(z.union([z.string(), z.number(), z.null()]))
  .openapi('CostRow', {
    description: 'One entry per dimension asked for, under its own name (null where a row has none), and the sums.',
  });

export const costsSchema = z
  .object({
    range: rangeSchema,
    by: z.array(z.string()),
    rows: z.array(costRowSchema),
    totalUsd: moneySchema,
    total: costSumsSchema.openapi({ description: 'Over everything that matched, also rows that `limit` cut off.' }),
    rowsLeftOut: countSchema,
    simulated: z.boolean(),
  })
  .openapi('Costs');

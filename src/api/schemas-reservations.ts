import { z } from '@hono/zod-openapi';
import { countSchema, maybeMoneySchema, moneySchema, rangeSchema } from './schemas.ts';

const reservationSchema = z
  .object({
    provider: z.string(),
    tokensPerMinute: z.number().openapi({ description: 'What it covers.' }),
    costUsd: moneySchema,
    capacityTokens: z.number().openapi({ description: 'Tokens it could have taken.' }),
    coveredTokens: countSchema.openapi({ description: 'Tokens of the load that it could take, hour by hour.' }),
    usedShare: z.number().nullable(),
    worthUsd: maybeMoneySchema.openapi({ description: 'Covered tokens at the mean price of the range.' }),
    savingUsd: maybeMoneySchema.openapi({ description: 'Worth − cost; null where tokens have no price.' }),
    breakEvenShare: z.number().nullable().openapi({ description: 'Share of it that must be used for it to pay.' }),
    bestTokensPerMinute: z.number().nullable().openapi({
      description: 'Load that is passed in so many of all hours: up to here holding pays at this price.',
    }),
    loadFactor: z.number().nullable().openapi({ description: 'Mean ÷ highest hour; 1 is perfectly steady.' }),
  })
  .openapi('Reservation');

export const reservationsSchema = z
  .object({ range: rangeSchema, simulated: z.boolean(), reservations: z.array(reservationSchema) })
  .openapi('Reservations');

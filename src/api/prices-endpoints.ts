import { z } from '@hono/zod-openapi';
import type { Config } from '../config/index.ts';
import { createPriceBook, listPrices, type PriceBook, type PricedProvider } from '../pricing/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { countSchema, maybeTimeSchema, moneySchema } from './schemas.ts';

const priceSchema = z
  .object({
    provider: z.string(),
    model: z.string(),
    source: z.enum(['catalogue', 'contract', 'self-hosted']),
    tier: z.string(),
    aboveInputTokens: countSchema.openapi({
      description: 'These rates hold above so many tokens; 0 is the base price.',
    }),
    from: maybeTimeSchema,
    until: maybeTimeSchema,
    timeOfDay: z.string().nullable().openapi({ description: '`hh:mm-hh:mm` UTC; null is all day.' }),
    contextWindow: z.number().nullable(),
    usdPerMillion: z.record(z.string(), moneySchema),
    rateCard: z.string(),
  })
  .openapi('Price');

export const pricesSchema = z.object({ prices: z.array(priceSchema), pricesLeftOut: countSchema }).openapi('PriceList');

/** The prices in force: contract first, then self-hosted, then the catalogue. */
export const pricesEndpoints: Endpoints = (api, ports) => {
  let book: PriceBook | null = null;
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/prices',
      tag: 'Prices',
      summary: 'Prices in force, by provider and part of a model name',
      request: {
        query: z.strictObject({
          provider: z
            .string()
            .max(256)
            .optional()
            .openapi({ description: 'A configured name, or one of the catalogue.' }),
          model: z.string().max(256).optional().openapi({ description: 'Part of the name.' }),
          limit: z.coerce.number().int().min(1).max(apiLimits.pricesMax).optional(),
        }),
      },
      answer: pricesSchema,
    },
    ports,
  );
  api.openapi(route, (context) => {
    const { provider, model, limit } = context.req.valid('query');
    book ??= bookOf(ports.config);
    const found = listPrices(book, { provider, model: model?.toLowerCase() });
    const prices = found.slice(0, limit ?? apiLimits.pricesDefault);
    const json = prices.map((price) => ({ ...price, usdPerMillion: { ...price.usdPerMillion } }));
    return context.json({ prices: json, pricesLeftOut: found.length - prices.length }, 200);
  });
};

/** The prices a configuration means. */
export function bookOf({ providers, prices }: Config): PriceBook {
  const priced = Object.entries(providers).map(([name, { kind, baseUrl, gpu }]): PricedProvider => {
    return { name, kind, baseUrl, ...(gpu === undefined ? {} : { gpu }) } as PricedProvider;
  });
  return createPriceBook({ providers: priced, overrides: prices });
}

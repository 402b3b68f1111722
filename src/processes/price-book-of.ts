import type { Config } from '../config/index.ts';
import { createPriceBook, type PriceBook, type PricedProvider } from '../pricing/index.ts';

/** The prices a configuration means: the catalogue for its providers, with its contract prices on top. */
export function priceBookOf({ providers, prices }: Pick<Config, 'providers' | 'prices'>): PriceBook {
  const priced = Object.entries(providers).map(([name, { kind, baseUrl, gpu }]): PricedProvider => {
    return { name, kind, baseUrl, ...(gpu === undefined ? {} : { gpu }) } as PricedProvider;
  });
  return createPriceBook({ providers: priced, overrides: prices });
}

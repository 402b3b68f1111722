import { unreachable } from '../base/index.ts';
import type { PricedProvider, PriceOverride } from './price-override.ts';
import type { PriceBook } from './types.ts';

export interface CatalogueOptions {
  /** Configured providers; a name that is also a catalogue id is priced as that provider. Empty: every catalogue provider by its id. */
  readonly providers: readonly PricedProvider[];
  /** `prices:` of burnrate.yaml, in file order. */
  readonly overrides: readonly PriceOverride[];
}

/**
 * Compiles the catalogue and the overrides into integer rate cards, once.
 * @throws BurnrateError CONFIG_INVALID when an override's numbers or dates cannot be read
 */
export function createPriceBook(options: CatalogueOptions): PriceBook {
  return unreachable(options as never);
}

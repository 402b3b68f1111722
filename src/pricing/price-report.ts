import { unreachable } from '../base/index.ts';
import type { PriceBook } from './types.ts';

/** What `burnrate price --json` prints. Money and rates are decimal strings of US dollars. */
export interface PriceReport {
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  readonly lines: readonly {
    readonly bucket: string;
    readonly quantity: number;
    readonly unit: string;
    /** US dollars per million units. */
    readonly rateUsdPerMillion: string;
    readonly costUsd: string;
  }[];
  /** Null when the price is unknown; `remedy` then says what to write. */
  readonly totalUsd: string | null;
  readonly remedy?: string;
  /** Content hash of the rate card; empty when there was none. */
  readonly rateCard: string;
  /** RFC 3339 moment priced at. */
  readonly at: string;
}

/**
 * Prices one usage object: a provider's (OpenAI, Anthropic, Gemini; bare or the whole answer) or our own buckets.
 * @param request.tier as the operator states it; absent: what the usage names, else `standard`
 * @throws BurnrateError USAGE_INVALID when the object cannot be read
 */
export function priceReport(
  book: PriceBook,
  request: {
    readonly provider: string;
    readonly model: string;
    readonly tier?: string | undefined;
    readonly atMs: number;
    readonly usage: unknown;
  },
): PriceReport {
  return unreachable([book, request] as never);
}

/** One row of `burnrate prices`. Rates are US dollars per million units by bucket. */
export interface PriceListing {
  readonly provider: string;
  readonly model: string;
  readonly source: string;
  readonly tier: string;
  /** The threshold these rates hold above, tokens; 0 is the base price. */
  readonly aboveInputTokens: number;
  readonly from: string | null;
  readonly until: string | null;
  /** `hh:mm-hh:mm` UTC; null is all day. */
  readonly timeOfDay: string | null;
  readonly contextWindow: number | null;
  readonly usdPerMillion: Readonly<Record<string, string>>;
  readonly rateCard: string;
}

/** Every price in the book that matches, in the book's order. `model` matches as a substring. */
export function listPrices(
  book: PriceBook,
  filter: { readonly provider?: string | undefined; readonly model?: string | undefined } = {},
): PriceListing[] {
  return unreachable([book, filter] as never);
}

import type { PicosPerUnit, Usd } from '../money/index.ts';
import type { Bucket, CostLine, PriceState, Usage } from '../tree/index.ts';

/** Integer prices of one unit by bucket; an absent bucket has no price of its own (see `fallbackBucket` in price-usage.ts). */
export type Rates = { readonly [bucket in Bucket]?: PicosPerUnit };

/** What holds once the whole input of a request exceeds `inputTokens`: the whole request is repriced. */
export interface ContextTier {
  readonly inputTokens: number;
  readonly rates: Rates;
}

/** Prices of one service tier (`standard`, `batch`, `flex`, `priority`). */
export interface TierRates {
  readonly rates: Rates;
  /** Ascending by `inputTokens`. */
  readonly above: readonly ContextTier[];
}

/** Where GPU time goes at a self-hosted model; its rates depend on the shape of the request (see self-hosted.ts). */
export interface GpuRates {
  /** Picodollars of one second of the pool, its reserve included. */
  readonly picosPerSecond: number;
  readonly secondsPerInputToken: number;
  readonly secondsPerOutputToken: number;
  /** Measured shapes, tokens per call, with what they took relative to the two coefficients above. */
  readonly shapes: readonly { readonly input: number; readonly output: number; readonly correction: number }[];
}

/** A dated, integer price list of one model at one provider. */
export interface RateCard {
  /** Content hash: equal prices have equal ids on every machine. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** Effective from (inclusive) and until (exclusive), ms since the epoch; null is unbounded. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** Seconds of the UTC day during which the card holds (end exclusive, may wrap midnight), for time-of-day prices; null is all day. */
  readonly timeOfDay: { readonly startSecond: number; readonly endSecond: number } | null;
  readonly tiers: Readonly<Record<string, TierRates>>;
  readonly source: 'catalogue' | 'contract' | 'self-hosted';
  /** Present on self-hosted cards only; the tier rates are then those of the first measured shape. */
  readonly gpu: GpuRates | null;
  /** Largest input the model takes, tokens; null when the catalogue does not say. */
  readonly contextWindow: number | null;
}

/** What a usage costs. `cost` is the exact sum of `lines`; null when the price is unknown. */
export interface PricedUsage {
  readonly state: PriceState;
  /** Empty when the price is unknown. */
  readonly lines: readonly CostLine[];
  readonly cost: Usd | null;
  /** Content hash of the card used; empty when there was none. */
  readonly rateCard: string;
  /** Present when `state` is `unknown`: which price is missing and what to write into burnrate.yaml. */
  readonly remedy?: string;
}

export interface PriceRequest {
  readonly provider: string;
  /** The model served: what the provider's answer names. */
  readonly model: string;
  /** The tier served; `standard` when the provider names none. */
  readonly tier: string;
  readonly atMs: number;
  readonly usage: Usage;
}

/** All prices of an instance: the catalogue with the contract's overrides on top. */
export interface PriceBook {
  /** The card in force, or null when the model has no price. */
  findCard(provider: string, model: string, atMs: number): RateCard | null;
  /** Pure and fast (goal ≤ 5 µs): picks card, tier and context tier, and multiplies. */
  price(request: PriceRequest): PricedUsage;
  /**
   * Every card: contract and self-hosted ones, then the catalogue's, of one provider (as configured, or a catalogue id)
   * or of all configured ones (of the whole catalogue when none are configured).
   */
  cards(provider?: string): Iterable<RateCard>;
}

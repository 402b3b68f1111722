export { createPriceBook } from './price-book.ts';
export type { PricedProvider } from './price-override.ts';
export { listPrices, type PriceListing, type PriceReport, priceReport, readAnyUsage } from './price-report.ts';
export { mergeAnthropicUsage } from './read-anthropic.ts';
export { readUsage } from './read-usage.ts';
export { servedTier } from './service-tier.ts';
export { boundInput, estimateTextTokens } from './token-bound.ts';
export type { PriceBook, RateCard, Rates } from './types.ts';
export type { UsageReading } from './usage-reading.ts';

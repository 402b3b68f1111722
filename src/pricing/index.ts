export { type CatalogueOptions, createPriceBook } from './price-book.ts';
export type {
  DecimalInput,
  GpuPool,
  MeasuredThroughput,
  PricedProvider,
  PriceOverride,
  WrittenContextTier,
  WrittenRates,
  WrittenServiceTier,
} from './price-override.ts';
export { listPrices, type PriceListing, type PriceReport, priceReport, readAnyUsage } from './price-report.ts';
export { type MergedAnthropicUsage, mergeAnthropicUsage } from './read-anthropic.ts';
export { readUsage } from './read-usage.ts';
export { gpuRates, type RequestShape, usdPerMillionOutput } from './self-hosted.ts';
export { servedTier } from './service-tier.ts';
export { boundInput, estimateTextTokens, type InputBound } from './token-bound.ts';
export type {
  ContextTier,
  GpuRates,
  PriceBook,
  PricedUsage,
  PriceRequest,
  RateCard,
  Rates,
  TierRates,
} from './types.ts';
export type { UsageProtocol, UsageReading } from './usage-reading.ts';

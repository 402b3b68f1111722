import { decimalToScaled, type PicosPerUnit } from '../money/index.ts';
import type { Bucket } from '../tree/index.ts';
import { type RateFamily, withFallbacks } from './rate-fallbacks.ts';
import type { Rates, TierRates } from './types.ts';

/** A price as the catalogue has it: US dollars per its unit, or a base with context tiers. */
type CataloguePrice = number | { readonly base: number; readonly tiers: readonly { start: number; price: number }[] };
export type CataloguePrices = Readonly<Record<string, CataloguePrice | undefined>>;

/** Which bucket a catalogue price is for, and the power of ten from its unit to picodollars per one. */
const priceKeys: Readonly<Record<string, { readonly bucket: Bucket; readonly digits: number }>> = {
  input_mtok: { bucket: 'input', digits: 6 },
  cache_read_mtok: { bucket: 'cacheRead', digits: 6 },
  cache_write_mtok: { bucket: 'cacheWrite5m', digits: 6 },
  cache_write_1h_mtok: { bucket: 'cacheWrite1h', digits: 6 },
  output_mtok: { bucket: 'output', digits: 6 },
  output_reasoning_mtok: { bucket: 'reasoning', digits: 6 },
  input_audio_mtok: { bucket: 'audioInput', digits: 6 },
  cache_audio_read_mtok: { bucket: 'audioCacheRead', digits: 6 },
  output_audio_mtok: { bucket: 'audioOutput', digits: 6 },
  input_image_mtok: { bucket: 'imageInput', digits: 6 },
  cache_image_read_mtok: { bucket: 'imageCacheRead', digits: 6 },
  output_image_mtok: { bucket: 'imageOutput', digits: 6 },
  input_video_mtok: { bucket: 'videoInput', digits: 6 },
  web_searches_kcount: { bucket: 'toolCall', digits: 9 },
  storage_searches_kcount: { bucket: 'fileSearch', digits: 9 },
  requests_kcount: { bucket: 'call', digits: 9 },
  audio_hours: { bucket: 'audioSecond', digits: 12 },
  input_audio_hours: { bucket: 'audioSecond', digits: 12 },
};

const secondsPerHour = 3600n;
/** Claude's one-hour cache writes cost twice the input wherever it is sold (platform.claude.com, "Prompt caching"). */
const claudeOneHourFactor = 2n;

/** A model with a price component no bucket measures (document pages, video output, citations) would be undercounted: it has no card. */
export function isMeasurable(prices: CataloguePrices): boolean {
  return Object.keys(prices).every((key) => Object.hasOwn(priceKeys, key));
}

/** Compiles one catalogue price list into integers: its base and every context tier, each complete. */
export function compileRates(model: string, prices: CataloguePrices, family: RateFamily): TierRates {
  const starts = new Set<number>();
  for (const price of Object.values(prices)) {
    if (typeof price === 'object') for (const tier of price.tiers) starts.add(tier.start);
  }
  const ratesAt = (inputTokens: number) => completeRates(model, pickRates(prices, inputTokens), family);
  const ascending = [...starts].sort((a, b) => a - b);
  const above = ascending.map((start) => ({ inputTokens: start, rates: ratesAt(start + 1) }));
  return { rates: ratesAt(0), above };
}

function pickRates(prices: CataloguePrices, inputTokens: number): Rates {
  const rates: { [bucket in Bucket]?: PicosPerUnit } = {};
  for (const [key, price] of Object.entries(prices)) {
    const target = priceKeys[key];
    if (price === undefined || target === undefined) continue;
    const scaled = decimalToScaled(String(priceAt(price, inputTokens)), target.digits);
    rates[target.bucket] = target.bucket === 'audioSecond' ? perSecond(scaled) : scaled;
  }
  return rates;
}

function priceAt(price: CataloguePrice, inputTokens: number): number {
  if (typeof price === 'number') return price;
  const crossed = price.tiers.filter((tier) => inputTokens > tier.start).sort((a, b) => b.start - a.start);
  return crossed[0]?.price ?? price.base;
}

/** An hourly price is not always a whole number of picodollars a second: rounded to the nearest, an error below 10⁻¹² dollars a second. */
function perSecond(picosPerHour: bigint): PicosPerUnit {
  return (picosPerHour + secondsPerHour / 2n) / secondsPerHour;
}

function completeRates(model: string, rates: Rates, family: RateFamily): Rates {
  const { input, cacheWrite5m, cacheWrite1h } = rates;
  const claudeWrites = /claude/.test(model) && cacheWrite5m !== undefined && cacheWrite1h === undefined;
  const withHour =
    claudeWrites && input !== undefined ? { ...rates, cacheWrite1h: input * claudeOneHourFactor } : rates;
  return withFallbacks(withHour, family);
}

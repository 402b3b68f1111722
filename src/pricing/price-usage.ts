import { assert } from '../base/index.ts';
import type { PicosPerUnit } from '../money/index.ts';
import {
  type Bucket,
  buckets,
  type CostLine,
  inputTokensOf,
  outputTokensOf,
  type Usage,
  unitOf,
} from '../tree/index.ts';
import { missingBucketRemedy, missingCardRemedy, missingTierRemedy } from './remedy.ts';
import { ratesOfShape } from './self-hosted.ts';
import type { GpuRates, PricedUsage, PriceRequest, RateCard, Rates, TierRates } from './types.ts';

/** Multiplies a usage with the card in force: picks tier and context tier; every line is quantity × rate, the cost is their sum. */
export function priceUsage(card: RateCard | null, request: PriceRequest): PricedUsage {
  if (card === null) return unknownPrice('', missingCardRemedy(request));
  const tier = Object.hasOwn(card.tiers, request.tier) ? card.tiers[request.tier] : undefined;
  if (tier === undefined) return unknownPrice(card.id, missingTierRemedy(request));
  const rates = card.gpu === null ? ratesInForce(tier, request.usage) : gpuRatesOf(card.gpu, tier, request.usage);
  return priceLines(card, rates, request);
}

/** Once the whole input exceeds a threshold, every bucket of the request is priced at that threshold's rates. */
function ratesInForce(tier: TierRates, usage: Usage): Rates {
  if (tier.above.length === 0) return tier.rates;
  const inputTokens = inputTokensOf(usage);
  let rates = tier.rates;
  for (const above of tier.above) {
    if (inputTokens > above.inputTokens) rates = above.rates;
  }
  return rates;
}

/** GPU time prices the tokens; fees a contract adds stay. */
function gpuRatesOf(gpu: GpuRates, tier: TierRates, usage: Usage): Rates {
  return { ...tier.rates, ...ratesOfShape(gpu, { input: inputTokensOf(usage), output: outputTokensOf(usage) }) };
}

function priceLines(card: RateCard, rates: Rates, request: PriceRequest): PricedUsage {
  const lines: CostLine[] = [];
  let picos = 0n;
  for (const bucket of buckets) {
    const quantity = quantityOf(bucket, request.usage, rates);
    if (quantity === 0) continue;
    const rate = rates[bucket];
    if (rate === undefined) {
      // A call without a fee of its own costs what its other lines cost.
      if (bucket === 'call' && hasOtherBuckets(request.usage)) continue;
      return unknownPrice(card.id, missingBucketRemedy(request, bucket));
    }
    const line = costLine(bucket, quantity, rate);
    lines.push(line);
    picos += line.cost.picos;
  }
  return { state: 'known', lines, cost: { picos }, rateCard: card.id };
}

/** A fee per call is due once for every priced request, whether or not its usage counts calls. */
function quantityOf(bucket: Bucket, usage: Usage, rates: Rates): number {
  const quantity = usage[bucket] ?? 0;
  return bucket === 'call' && quantity === 0 && rates.call !== undefined ? 1 : quantity;
}

function hasOtherBuckets(usage: Usage): boolean {
  return buckets.some((bucket) => bucket !== 'call' && (usage[bucket] ?? 0) > 0);
}

function costLine(bucket: Bucket, quantity: number, rate: PicosPerUnit): CostLine {
  assert(Number.isSafeInteger(quantity) && quantity > 0, `usage.${bucket} must be a whole number of units`);
  const cost = { picos: BigInt(quantity) * rate };
  return { line: 'inference', bucket, quantity, unit: unitOf(bucket), rate, cost };
}

function unknownPrice(rateCard: string, remedy: string): PricedUsage {
  return { state: 'unknown', lines: [], cost: null, rateCard, remedy };
}

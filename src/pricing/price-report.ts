import { BurnrateError } from '../base/index.ts';
import { toDecimal, usdPerMillion } from '../money/index.ts';
import { type Bucket, buckets, type Usage } from '../tree/index.ts';
import { readUsage } from './read-usage.ts';
import { servedTier } from './service-tier.ts';
import type { PriceBook, RateCard, Rates } from './types.ts';
import { closeReading, isObject, type JsonObject, usageCounter } from './usage-counter.ts';
import type { UsageReading } from './usage-reading.ts';

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

/** What to price: the operator's words win over what the usage says of itself. */
export interface PriceQuestion {
  readonly provider: string;
  readonly model: string;
  /** Absent: the tier the usage names, else `standard`. */
  readonly tier?: string | undefined;
  readonly atMs: number;
  /** A provider's usage object (OpenAI, Anthropic, Gemini; bare or within its whole answer) or quantities by our own buckets. */
  readonly usage: unknown;
}

/** Prices one usage object. @throws BurnrateError USAGE_INVALID when the object cannot be read */
export function priceReport(book: PriceBook, question: PriceQuestion): PriceReport {
  const { provider, model, atMs } = question;
  const reading = readAnyUsage(question.usage, model);
  if (!reading.ok)
    throw new BurnrateError('USAGE_INVALID', { message: `the usage cannot be read: ${reading.message}` });
  const tier = question.tier === undefined ? (reading.tier ?? 'standard') : servedTier(question.tier);
  const priced = book.price({ provider, model, tier, atMs, usage: reading.usage });
  return {
    provider,
    model,
    tier,
    lines: priced.lines.map((line) => ({
      bucket: line.bucket,
      quantity: line.quantity,
      unit: line.unit,
      rateUsdPerMillion: usdPerMillion(line.rate),
      costUsd: toDecimal(line.cost),
    })),
    totalUsd: priced.cost === null ? null : toDecimal(priced.cost),
    ...(priced.remedy === undefined ? {} : { remedy: priced.remedy }),
    rateCard: priced.rateCard,
    at: new Date(atMs).toISOString(),
  };
}

const anthropicFields = ['cache_creation_input_tokens', 'cache_read_input_tokens', 'cache_creation', 'server_tool_use'];
const wrapperFields = ['usage', 'response', 'message', 'data', 'results'];
const imageModel = /^(?:gpt-image|chatgpt-image|dall-e)/;

/**
 * Reads a provider's usage object (OpenAI, Anthropic, Gemini; bare or within its whole answer) or quantities by our own
 * buckets. The formats share almost no field names, so the shape tells the protocol; where it does not, they mean the same.
 */
export function readAnyUsage(usage: unknown, model: string): UsageReading {
  if (Array.isArray(usage)) return readUsage('gemini', 'generateContent', usage);
  if (!isObject(usage)) return { ok: false, reason: 'invalid', message: 'it is not an object' };
  if (isOurs(usage)) return readOurs(usage);
  if (isObject(usage.usageMetadata)) return readUsage('gemini', 'generateContent', usage);
  if ('promptTokenCount' in usage || 'totalTokenCount' in usage) {
    return readUsage('gemini', 'generateContent', { usageMetadata: usage });
  }
  const body = wrapperFields.some((field) => field in usage) ? usage : { usage };
  const report = reportIn(body);
  const anthropic = anthropicFields.some((field) => field in report) || 'service_tier' in report;
  if (anthropic) return readUsage('anthropic', 'messages', body);
  return readUsage('openai', operationOf(body, model), 'model' in body ? body : { ...body, model });
}

function reportIn(body: JsonObject): JsonObject {
  for (const holder of [body, body.response, body.message]) {
    if (isObject(holder) && isObject(holder.usage)) return holder.usage;
  }
  return {};
}

function operationOf(body: JsonObject, model: string): string {
  if (imageModel.test(model)) return 'images';
  return Array.isArray(body.results) ? 'moderations' : 'other';
}

const bucketNames: ReadonlySet<string> = new Set(buckets);

function isOurs(usage: JsonObject): boolean {
  const names = Object.keys(usage);
  return names.length > 0 && names.every((name) => bucketNames.has(name));
}

function readOurs(usage: JsonObject): UsageReading {
  const counter = usageCounter();
  const quantities: { [bucket in Bucket]?: number } = {};
  for (const bucket of buckets) quantities[bucket] = counter.count(usage, bucket);
  return closeReading(counter, quantities satisfies Usage, { tier: null, model: null });
}

/** One row of `burnrate prices`. Rates are US dollars per million units by bucket. */
export interface PriceListing {
  readonly provider: string;
  readonly model: string;
  readonly source: RateCard['source'];
  readonly tier: string;
  /** The threshold these rates hold above, tokens; 0 is the base price. */
  readonly aboveInputTokens: number;
  /** RFC 3339; null is unbounded. */
  readonly from: string | null;
  readonly until: string | null;
  /** `hh:mm-hh:mm` UTC; null is all day. */
  readonly timeOfDay: string | null;
  readonly contextWindow: number | null;
  readonly usdPerMillion: Readonly<Record<string, string>>;
  readonly rateCard: string;
}

/** Every price in the book that matches, in the book's order. `provider` is a configured name or a catalogue id; `model` matches as a substring. */
export function listPrices(
  book: PriceBook,
  filter: { readonly provider?: string | undefined; readonly model?: string | undefined } = {},
): PriceListing[] {
  const { provider, model } = filter;
  const wanted = (card: RateCard) => model === undefined || card.model.includes(model.toLowerCase());
  return [...book.cards(provider)].filter(wanted).flatMap(listCard);
}

function listCard(card: RateCard): PriceListing[] {
  return Object.entries(card.tiers).flatMap(([tier, { rates, above }]) => [
    listing(card, tier, 0, rates),
    ...above.map((context) => listing(card, tier, context.inputTokens, context.rates)),
  ]);
}

function listing(card: RateCard, tier: string, aboveInputTokens: number, rates: Rates): PriceListing {
  return {
    provider: card.provider,
    model: card.model,
    source: card.source,
    tier,
    aboveInputTokens,
    from: dateText(card.fromMs),
    until: dateText(card.untilMs),
    timeOfDay: card.timeOfDay && `${hourText(card.timeOfDay.startSecond)}-${hourText(card.timeOfDay.endSecond)}`,
    contextWindow: card.contextWindow,
    usdPerMillion: Object.fromEntries(Object.entries(rates).map(([bucket, rate]) => [bucket, usdPerMillion(rate)])),
    rateCard: card.id,
  };
}

function dateText(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function hourText(second: number): string {
  const hours = Math.floor(second / 3600);
  const minutes = Math.floor((second % 3600) / 60);
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

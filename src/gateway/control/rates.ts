import { BurnrateError } from '../../base/index.ts';
import type { HoldRates } from '../../policy/index.ts';
import { boundInput, type PriceBook, type RateCard, type Rates, servedTier } from '../../pricing/index.ts';
import { type Bucket, inputBuckets, outputBuckets } from '../../tree/index.ts';
import type { Exchange } from '../exchange.ts';
import { asText, type JsonObject } from '../protocols/protocol.ts';

/** Tools of the provider's own that one call is taken to run at most, for their fees. */
const toolCallsAssumed = 10;
const cacheMark = Buffer.from('"cache_control"');

/** What bounds the input of a call, and what its tokens may cost at most. */
export interface InputAndRates {
  readonly inputTokensMax: number;
  readonly rates: HoldRates;
  readonly contextWindow: number | null;
}

/**
 * Bounds a call's input and takes the dearest price that may apply to it.
 * @param strict true when a hard budget counts the call, so that what cannot be bounded is refused
 * @throws BurnrateError unknown_price, unbounded_input
 */
export function boundCost(
  exchange: Exchange,
  priceBook: PriceBook,
  nowMs: number,
  strict: { readonly usd: boolean; readonly tokens: boolean },
  contextWindow: number | null,
): InputAndRates {
  const { route, understanding } = exchange;
  const { model } = understanding.facts;
  const card = priceBook.findCard(route.provider.name, model, nowMs);
  if (strict.usd && !card) throw unknownPrice(exchange);
  const window = contextWindow ?? card?.contextWindow ?? null;
  const bound = inputBound(exchange, window, strict.usd || strict.tokens);
  const rates = card ? ratesOf(card, understanding.json ?? {}, bound, exchange) : noRates;
  return { inputTokensMax: bound.tokens, rates, contextWindow: window };
}

const noRates: HoldRates = { inputPicosPerToken: 0n, outputPicosPerToken: 0n, fixedPicos: 0n };

function unknownPrice(exchange: Exchange): BurnrateError {
  const { provider } = exchange.route;
  const named = exchange.understanding.facts.model || 'a model this request does not name';
  return new BurnrateError('unknown_price', {
    message: `A hard budget covers this call, and ${provider.name}/${named} has no price.`,
  });
}

interface Bound {
  readonly tokens: number;
  readonly textOnly: boolean;
}

/** @throws BurnrateError unbounded_input */
function inputBound(exchange: Exchange, contextWindow: number | null, strict: boolean): Bound {
  const { route, understanding, prompt } = exchange;
  const { json, clear } = understanding;
  const { name } = route.protocol;
  if (name === 'other') return { tokens: 0, textOnly: true };
  const found = boundInput({ protocol: name, body: json, bodyBytes: clear.length, contextWindow });
  if (found.ok) return { tokens: found.tokens, textOnly: found.basis === 'bytes' };
  if (!strict) return { tokens: prompt.inputTokens, textOnly: true };
  throw new BurnrateError('unbounded_input', { message: `A hard budget covers this call, and ${found.message}.` });
}

function ratesOf(card: RateCard, body: JsonObject, bound: Bound, exchange: Exchange): HoldRates {
  const candidates = ratesThatMayApply(card, body, bound.tokens);
  const cached = exchange.understanding.clear.includes(cacheMark);
  const inputs: readonly Bucket[] = bound.textOnly
    ? cached
      ? ['input', 'cacheWrite5m', 'cacheWrite1h']
      : ['input']
    : inputBuckets;
  const shown: readonly Bucket[] = speaks(body) ? outputBuckets : ['output', 'reasoning'];
  const fee = dearest(candidates, ['toolCall']) + dearest(candidates, ['fileSearch']);
  const images = BigInt(Math.max(1, Number(body.n ?? 1) || 1)) * dearest(candidates, ['image']);
  return {
    inputPicosPerToken: dearest(candidates, inputs),
    outputPicosPerToken: dearest(candidates, shown),
    fixedPicos: dearest(candidates, ['call']) + images + (bound.textOnly ? 0n : BigInt(toolCallsAssumed) * fee),
  };
}

/** Answers that hold more than text. */
function speaks(body: JsonObject): boolean {
  return body.modalities !== undefined || body.generationConfig !== undefined;
}

/** The ordinary tier, the one asked for, and above a size of the input the one that then holds. */
function ratesThatMayApply(card: RateCard, body: JsonObject, inputTokensMax: number): Rates[] {
  const asked = servedTier(asText(body.service_tier));
  const all = body.speed !== undefined || body.inference_geo !== undefined;
  const tiers = Object.entries(card.tiers).filter(([name]) => all || name === 'standard' || name === asked);
  return tiers.flatMap(([, tier]) => [
    tier.rates,
    ...tier.above.filter(({ inputTokens }) => inputTokens <= inputTokensMax).map(({ rates }) => rates),
  ]);
}

function dearest(candidates: readonly Rates[], buckets: readonly Bucket[]): bigint {
  let most = 0n;
  for (const rates of candidates) {
    for (const bucket of buckets) {
      const rate = rates[bucket] ?? 0n;
      if (rate > most) most = rate;
    }
  }
  return most;
}

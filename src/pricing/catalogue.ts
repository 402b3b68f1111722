import { type ConditionalPrice, findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import { assert } from '../base/index.ts';
import { type CataloguePrices, compileRates, isMeasurable } from './catalogue-rates.ts';
import { compileMatcher, type ModelMatcher } from './model-match.ts';
import { identifyCard } from './rate-card.ts';
import type { RateFamily } from './rate-fallbacks.ts';
import { serviceTiers } from './service-tier-prices.ts';
import type { RateCard } from './types.ts';

/** The package has no way to list its providers; a test compares this list with the data it ships. */
export const catalogueProviderIds: readonly string[] = (
  'anthropic arcee avian aws azure baseten cerebras cloudflare cohere cursor deepseek doubleword fireworks ' +
  'github-copilot google groq huggingface_cerebras huggingface_fireworks-ai huggingface_groq huggingface_hyperbolic ' +
  'huggingface_nebius huggingface_novita huggingface_nscale huggingface_ovhcloud huggingface_publicai ' +
  'huggingface_sambanova huggingface_together minimax mistral modal moonshotai novita openai openrouter ovhcloud ' +
  'perplexity quicksilverpro together typesafe voyageai x-ai zai zhipuai'
).split(' ');

const families: Readonly<Record<string, RateFamily>> = { anthropic: 'anthropic', aws: 'anthropic', google: 'gemini' };

/** One provider of the catalogue; its cards are compiled when first asked for and kept. */
export interface CatalogueProvider {
  readonly id: string;
  readonly family: RateFamily;
  /** Whether an API address belongs to this provider. */
  servesUrl(url: string): boolean;
  /** The model's cards, the one to prefer first; null when no rule matches the name. */
  find(model: string): readonly RateCard[] | null;
  cards(): Iterable<RateCard>;
}

export interface Catalogue {
  provider(id: string): CatalogueProvider | null;
  providerOfUrl(url: string): CatalogueProvider | null;
}

export function openCatalogue(): Catalogue {
  const opened = new Map<string, CatalogueProvider>();
  const provider = (id: string): CatalogueProvider | null => {
    if (!catalogueProviderIds.includes(id)) return null;
    const known = opened.get(id) ?? openProvider(id, provider);
    opened.set(id, known);
    return known;
  };
  return {
    provider,
    providerOfUrl(url) {
      const id = catalogueProviderIds.find((candidate) => provider(candidate)?.servesUrl(url));
      return id === undefined ? null : provider(id);
    },
  };
}

function openProvider(id: string, others: (id: string) => CatalogueProvider | null): CatalogueProvider {
  const data = findProvider({ providerId: id });
  assert(data !== undefined && data.id === id, `the price catalogue has no provider ${id}`);
  const address = new RegExp(`^(?:${data.api_pattern})`);
  const family = families[id] ?? 'openai';
  const matcher = compileMatcher(data.models.map((model) => model.match));
  const compiled = new Map<ModelInfo, readonly RateCard[]>();
  const cardsOf = (model: ModelInfo) => {
    const cards = compiled.get(model) ?? compileModel(data, model, family);
    compiled.set(model, cards);
    return cards;
  };
  return {
    id,
    family,
    servesUrl: (url) => address.test(url),
    find: (model) => findModel(model, data, matcher, cardsOf, others),
    *cards() {
      for (const model of data.models) yield* cardsOf(model);
    },
  };
}

/** A snapshot written `-20250101` is also looked for as `-2025-01-01`. */
const compactDate = /-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$|[-:])/g;

function findModel(
  model: string,
  data: Provider,
  matcher: ModelMatcher,
  cardsOf: (model: ModelInfo) => readonly RateCard[],
  others: (id: string) => CatalogueProvider | null,
): readonly RateCard[] | null {
  const name = model.toLowerCase().trim();
  for (const spelling of new Set([name, name.replace(compactDate, '-$1-$2-$3')])) {
    const info = data.models[matcher.firstMatch(spelling)];
    if (info !== undefined) return cardsOf(info);
    for (const id of data.fallback_model_providers ?? []) {
      const cards = others(id)?.find(spelling);
      if (cards) return cards;
    }
  }
  return null;
}

/** The catalogue lists prices oldest and most general first, and the last that holds counts: so they are reversed here. */
function compileModel(provider: Provider, model: ModelInfo, family: RateFamily): readonly RateCard[] {
  const entries: readonly ConditionalPrice[] = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  return entries
    .map((entry, index) => compileEntry(provider, model, family, entry, nextStartMs(entries.slice(index + 1))))
    .filter((card) => card !== null)
    .reverse();
}

function compileEntry(
  provider: Provider,
  model: ModelInfo,
  family: RateFamily,
  entry: ConditionalPrice,
  nextMs: number | null,
): RateCard | null {
  const prices = freeModeration(provider, model) ?? (entry.prices as CataloguePrices);
  if (!isMeasurable(prices) || Object.keys(prices).length === 0) return null;
  const standard = compileRates(model.id, prices, family);
  const { constraint } = entry;
  const hours = constraint?.type === 'time_of_date' ? constraint : null;
  return identifyCard({
    provider: provider.id,
    model: model.id,
    fromMs: constraint?.type === 'start_date' ? dayStartMs(constraint.start_date) : null,
    untilMs: hours ? null : nextMs,
    timeOfDay: hours ? { startSecond: daySecond(hours.start_time), endSecond: daySecond(hours.end_time) } : null,
    tiers: serviceTiers(provider.id, model.id, standard, family),
    source: 'catalogue',
    gpu: null,
    contextWindow: model.context_window ?? null,
  });
}

/** The catalogue's list for OpenAI's moderation models is empty because they are free (platform.openai.com, "Moderation"). */
function freeModeration(provider: Provider, model: ModelInfo): CataloguePrices | null {
  return provider.id === 'openai' && model.id === 'moderation' ? { requests_kcount: 0 } : null;
}

function nextStartMs(later: readonly ConditionalPrice[]): number | null {
  for (const { constraint } of later) {
    if (constraint?.type === 'start_date') return dayStartMs(constraint.start_date);
  }
  return null;
}

function dayStartMs(date: string): number {
  const atMs = Date.parse(`${date}T00:00:00Z`);
  assert(Number.isFinite(atMs), `the price catalogue has a date that cannot be read: ${date}`);
  return atMs;
}

const clockTime = /^(\d{2}):(\d{2}):(\d{2})Z$/;

function daySecond(time: string): number {
  const match = clockTime.exec(time);
  assert(match !== null, `the price catalogue has a time of day that cannot be read: ${time}`);
  return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

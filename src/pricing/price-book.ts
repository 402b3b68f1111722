import { type Catalogue, type CatalogueProvider, catalogueProviderIds, openCatalogue } from './catalogue.ts';
import {
  applyOverride,
  byPrecedence,
  type CompiledOverride,
  compileOverride,
  overrideMatches,
} from './override-cards.ts';
import type { GpuPool, PricedProvider, PriceOverride } from './price-override.ts';
import { priceUsage } from './price-usage.ts';
import { cardHolds, identifyCard } from './rate-card.ts';
import type { RateFamily } from './rate-fallbacks.ts';
import { gpuRates, ratesOfShape } from './self-hosted.ts';
import type { GpuRates, PriceBook, RateCard } from './types.ts';

export interface CatalogueOptions {
  /** Configured providers; a name that is also a catalogue id is priced as that provider. Empty: every catalogue provider by its id. */
  readonly providers: readonly PricedProvider[];
  /** `prices:` of burnrate.yaml, in file order. */
  readonly overrides: readonly PriceOverride[];
}

/** Models remembered per provider; names come from answers and requests, so the memory is bounded. */
const modelsRememberedMax = 4096;
/** Providers remembered beside the configured ones, for the same reason. */
const providersRememberedMax = 256;

/** Names people use for what the catalogue calls otherwise. */
const aliases: Readonly<Record<string, string>> = {
  gemini: 'google',
  vertex: 'google',
  'vertex-ai': 'google',
  bedrock: 'aws',
  xai: 'x-ai',
  grok: 'x-ai',
};
const catalogueOfKind: Readonly<Record<PricedProvider['kind'], string | null>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  other: null,
};

/** A provider with everything needed to find a card, and the cards found so far (first that holds is in force). */
interface KnownProvider {
  readonly name: string;
  readonly catalogue: CatalogueProvider | null;
  readonly gpu: GpuPool | null;
  readonly overrides: readonly CompiledOverride[];
  readonly found: Map<string, readonly RateCard[]>;
}

/**
 * Compiles the overrides into integer rate cards at once and the catalogue's when a provider is first used.
 * @throws BurnrateError CONFIG_INVALID when an override's or a GPU pool's numbers or dates cannot be read
 */
export function createPriceBook(options: CatalogueOptions): PriceBook {
  const catalogue = openCatalogue();
  const configured = new Map(options.providers.map((provider) => [provider.name, provider]));
  const overrides = options.overrides
    .map((override, index) =>
      compileOverride(override, index, familyOf(catalogue, configured.get(override.provider), override.provider)),
    )
    .sort(byPrecedence);
  for (const { name, gpu } of options.providers) if (gpu !== undefined) gpuRates(gpu, `providers.${name}`);
  const known = new Map<string, KnownProvider>();
  const providerNamed = (name: string): KnownProvider => {
    const found = known.get(name);
    if (found) return found;
    forgetOldest(known, providersRememberedMax + configured.size);
    const made = knowProvider(name, catalogue, configured.get(name), overrides);
    known.set(name, made);
    return made;
  };
  for (const name of configured.keys()) providerNamed(name);
  const findCard: PriceBook['findCard'] = (provider, model, atMs) =>
    inForce(cardsOf(providerNamed(provider), model), atMs);
  return {
    findCard,
    price: (request) => priceUsage(findCard(request.provider, request.model, request.atMs), request),
    cards(provider) {
      const names = provider === undefined ? providersListed(options) : [provider];
      return cardsOfProviders(names.map(providerNamed));
    },
  };
}

/** Those configured or with a contract price; with neither, the whole catalogue. */
function providersListed({ providers, overrides }: CatalogueOptions): readonly string[] {
  const named = [...overrides, ...providers.map(({ name }) => ({ provider: name }))].map(({ provider }) => provider);
  return providers.length > 0 ? [...new Set(named)] : [...new Set([...named, ...catalogueProviderIds])];
}

function inForce(cards: readonly RateCard[], atMs: number): RateCard | null {
  for (const card of cards) if (cardHolds(card, atMs)) return card;
  return null;
}

function knowProvider(
  name: string,
  catalogue: Catalogue,
  configured: PricedProvider | undefined,
  overrides: readonly CompiledOverride[],
): KnownProvider {
  return {
    name,
    catalogue: catalogueOf(catalogue, configured, name),
    gpu: configured?.gpu ?? null,
    overrides: overrides.filter((entry) => entry.override.provider === name),
    found: new Map(),
  };
}

/** By name, else by the address it is reached at, else by its kind when it has no address of its own. Self-hosted models have no list price. */
function catalogueOf(
  catalogue: Catalogue,
  configured: PricedProvider | undefined,
  name: string,
): CatalogueProvider | null {
  if (configured?.gpu !== undefined) return null;
  const named = catalogue.provider(Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name);
  if (named !== null || configured === undefined) return named;
  if (configured.baseUrl !== undefined) return catalogue.providerOfUrl(configured.baseUrl);
  const id = catalogueOfKind[configured.kind];
  return id === null ? null : catalogue.provider(id);
}

function familyOf(catalogue: Catalogue, configured: PricedProvider | undefined, name: string): RateFamily {
  return configured?.kind ?? catalogueOf(catalogue, undefined, name)?.family ?? 'openai';
}

/** `models/…` and `publishers/<owner>/models/…` are how Gemini's paths write a name. */
const modelPath = /^(?:publishers\/[^/]+\/)?models\//;

function cardsOf(provider: KnownProvider, model: string): readonly RateCard[] {
  const found = provider.found.get(model);
  if (found) return found;
  const name = model.trim().toLowerCase().replace(modelPath, '');
  let cards: readonly RateCard[] = baseCards(provider, name);
  for (const entry of provider.overrides) {
    if (overrideMatches(entry.override, name)) cards = applyOverride(cards, entry);
  }
  forgetOldest(provider.found, modelsRememberedMax);
  provider.found.set(model, cards);
  return cards;
}

function baseCards(provider: KnownProvider, model: string): readonly RateCard[] {
  if (provider.gpu !== null) return selfHostedCards(provider.name, model, provider.gpu);
  return provider.catalogue?.find(model) ?? [];
}

function selfHostedCards(provider: string, model: string, pool: GpuPool): readonly RateCard[] {
  const gpu = gpuRates(pool, `providers.${provider}`, model);
  return gpu === null ? [] : [selfHostedCard(provider, model, gpu)];
}

function selfHostedCard(provider: string, model: string, gpu: GpuRates): RateCard {
  const shape = gpu.shapes[0] ?? { input: 1, output: 1 };
  return identifyCard({
    provider,
    model,
    fromMs: null,
    untilMs: null,
    timeOfDay: null,
    tiers: { standard: { rates: ratesOfShape(gpu, shape), above: [] } },
    source: 'self-hosted',
    gpu,
    contextWindow: null,
  });
}

/** A Map keeps insertion order, so its first key is the oldest. */
function forgetOldest<T>(map: Map<string, T>, max: number): void {
  if (map.size < max) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

/** Contract cards first (with what shines through them), then self-hosted, then the catalogue's; none twice. */
function* cardsOfProviders(providers: Iterable<KnownProvider>): Iterable<RateCard> {
  const shown = new Set<string>();
  for (const list of [contractCards, gpuCards, catalogueCards]) {
    for (const provider of providers) {
      for (const card of list(provider)) {
        if (shown.has(card.id)) continue;
        shown.add(card.id);
        yield card;
      }
    }
  }
}

function* contractCards(provider: KnownProvider): Iterable<RateCard> {
  for (const { override, card } of provider.overrides) {
    if (card !== null) yield card;
    if (!override.model.endsWith('*')) yield* cardsOf(provider, override.model);
  }
}

function* gpuCards({ name, gpu }: KnownProvider): Iterable<RateCard> {
  if (gpu === null) return;
  const models = new Set(gpu.throughput.map((shape) => shape.model ?? '*'));
  for (const model of models) yield* selfHostedCards(name, model.toLowerCase(), gpu);
}

function catalogueCards(provider: KnownProvider): Iterable<RateCard> {
  return provider.catalogue?.cards() ?? [];
}

import { BurnrateError } from '../base/index.ts';
import type { PriceOverride } from './price-override.ts';
import { identifyCard } from './rate-card.ts';
import type { RateFamily } from './rate-fallbacks.ts';
import type { RateCard, Rates, TierRates } from './types.ts';
import { feeBuckets, readServiceTier, readWrittenRates, readWrittenTier } from './written-rates.ts';

/** One entry of `prices:`, its dates read and its place in the file kept for messages. */
export interface CompiledOverride {
  readonly override: PriceOverride;
  readonly where: string;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  readonly family: RateFamily;
  /** The card of an entry that is a whole price list; null for one that is laid over the price in force. */
  readonly card: RateCard | null;
}

/** @throws BurnrateError CONFIG_INVALID when a number or date cannot be read, or the entry states no price */
export function compileOverride(override: PriceOverride, index: number, family: RateFamily): CompiledOverride {
  const where = `prices[${index}] (${override.provider}/${override.model})`;
  const fromMs = readDate(override.from, `${where}: from`);
  const untilMs = readDate(override.until, `${where}: until`);
  if (fromMs !== null && untilMs !== null && untilMs <= fromMs) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${where}: until is not after from` });
  }
  const whole = override.inputPerMillion !== undefined || override.outputPerMillion !== undefined;
  const entry = { override, where, fromMs, untilMs, family, card: null };
  // Both kinds are compiled here so that a mistake is found at start-up, not at the first call.
  const card = cardOf(entry);
  const extras = Object.keys(override.tiers ?? {}).length > 0 || override.contextWindow !== undefined;
  if (Object.keys(card.tiers).length === 0 && !extras) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${where} states no price` });
  }
  if (!whole && (override.above ?? []).length > 0) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${where}: above needs inputPerMillion or outputPerMillion` });
  }
  return whole ? { ...entry, card } : entry;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

function readDate(text: string | undefined, where: string): number | null {
  if (text === undefined) return null;
  const atMs = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new BurnrateError('CONFIG_INVALID', { message: `${where} is not an RFC 3339 date or time: ${text}` });
}

function cardOf(entry: CompiledOverride): RateCard {
  const { override, where, family } = entry;
  const own = readWrittenTier(override, family, where);
  const stated = Object.keys(own.rates).length > 0 || own.above.length > 0;
  const tiers: Record<string, TierRates> = stated ? { standard: own } : {};
  for (const [name, tier] of Object.entries(override.tiers ?? {})) {
    if (tier.multiply !== undefined && !stated) continue;
    tiers[name] = readServiceTier(tier, tiers.standard, family, `${where}: tiers.${name}`);
  }
  return identifyCard({
    provider: override.provider,
    model: override.model,
    fromMs: entry.fromMs,
    untilMs: entry.untilMs,
    timeOfDay: null,
    tiers,
    source: 'contract',
    gpu: null,
    contextWindow: override.contextWindow ?? null,
  });
}

/** Whether an entry is for a model: by its name, or by the prefix before a trailing `*`. */
export function overrideMatches(override: PriceOverride, model: string): boolean {
  const pattern = override.model.toLowerCase();
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}

/** Orders entries so that what comes later prevails: longer patterns over shorter ones, later dates over earlier, later lines over earlier. */
export function byPrecedence(a: CompiledOverride, b: CompiledOverride): number {
  return specificity(a.override) - specificity(b.override) || startOf(a) - startOf(b);
}

function specificity(override: PriceOverride): number {
  return override.model.endsWith('*') ? override.model.length - 1 : Number.MAX_SAFE_INTEGER;
}

function startOf(entry: CompiledOverride): number {
  return entry.fromMs ?? Number.NEGATIVE_INFINITY;
}

/** The cards of a model with one more entry on top; the first card that holds at a moment is the one in force. */
export function applyOverride(cards: readonly RateCard[], entry: CompiledOverride): readonly RateCard[] {
  if (entry.card !== null) return [entry.card, ...cards];
  const laidOver = cards.map((card) => layOver(card, entry)).filter((card) => card !== null);
  const alone = cardOf(entry);
  return [...laidOver, ...cards, ...(alone.tiers.standard === undefined ? [] : [alone])];
}

/** A copy of the card, during the entry's dates, with the entry's rates and tiers added; null when they never meet. */
function layOver(card: RateCard, entry: CompiledOverride): RateCard | null {
  const fromMs = laterOf(card.fromMs, entry.fromMs);
  const untilMs = earlierOf(card.untilMs, entry.untilMs);
  if (fromMs !== null && untilMs !== null && fromMs >= untilMs) return null;
  const { override, family, where } = entry;
  const tiers = addRates(card.tiers, readWrittenRates(override, where));
  for (const [name, tier] of Object.entries(override.tiers ?? {})) {
    tiers[name] = readServiceTier(tier, tiers.standard, family, `${where}: tiers.${name}`);
  }
  const contextWindow = override.contextWindow ?? card.contextWindow;
  return identifyCard({ ...card, fromMs, untilMs, tiers, contextWindow, source: 'contract' });
}

/** Fees per use hold in every tier; a token rate is for the standard tier only, because other tiers have their own. */
function addRates(tiers: RateCard['tiers'], added: Rates): Record<string, TierRates> {
  const fees = Object.fromEntries(Object.entries(added).filter(([bucket]) => feeBuckets.some((fee) => fee === bucket)));
  const result: Record<string, TierRates> = {};
  for (const [name, tier] of Object.entries(tiers)) {
    const more = name === 'standard' ? added : fees;
    const above = tier.above.map((context) => ({ ...context, rates: { ...context.rates, ...more } }));
    result[name] = { rates: { ...tier.rates, ...more }, above };
  }
  return result;
}

function laterOf(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function earlierOf(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

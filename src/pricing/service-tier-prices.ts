import { rateFromUsdPerMillion } from '../money/index.ts';
import type { Bucket } from '../tree/index.ts';
import { type RateFamily, withFallbacks } from './rate-fallbacks.ts';
import type { TierRates } from './types.ts';
import { multiplyTier } from './written-rates.ts';

/** A tier whose price is the standard one times a factor, as the provider publishes it. */
interface TierFactor {
  readonly provider: string;
  readonly tier: string;
  readonly models: RegExp;
  readonly factor: string;
  /** Buckets that keep the standard rate. */
  readonly untouched: readonly Bucket[];
  readonly source: string;
}

const cachedReads: readonly Bucket[] = ['cacheRead', 'audioCacheRead', 'imageCacheRead'];
const openAiPricing = 'https://openai.com/api/pricing';
const anthropicPricing = 'https://platform.claude.com/docs/en/about-claude/pricing';
const geminiPricing = 'https://ai.google.dev/gemini-api/docs/pricing';

/** The catalogue has standard prices only. These are the published rules; a tier that is not here has no price. */
export const tierFactors: readonly TierFactor[] = [
  { provider: 'openai', tier: 'batch', models: /./, factor: '0.5', untouched: [], source: openAiPricing },
  { provider: 'openai', tier: 'flex', models: /./, factor: '0.5', untouched: [], source: openAiPricing },
  { provider: 'anthropic', tier: 'batch', models: /./, factor: '0.5', untouched: [], source: anthropicPricing },
  { provider: 'anthropic', tier: 'standard-us', models: /./, factor: '1.1', untouched: [], source: anthropicPricing },
  { provider: 'anthropic', tier: 'batch-us', models: /./, factor: '0.55', untouched: [], source: anthropicPricing },
  // Gemini halves what is read and written anew; reading its cache costs the same.
  {
    provider: 'google',
    tier: 'batch',
    models: /^gemini/,
    factor: '0.5',
    untouched: cachedReads,
    source: geminiPricing,
  },
  { provider: 'google', tier: 'flex', models: /^gemini/, factor: '0.5', untouched: cachedReads, source: geminiPricing },
];

/** OpenAI's priority tier has a list of its own: US dollars per million tokens, read with the standard input price it belongs to. */
interface PriorityPrice {
  readonly model: string;
  /** When the catalogue's standard input price is another one, this row is out of date and does not count. */
  readonly standardInput: string;
  readonly input: string;
  readonly cacheRead: string | null;
  readonly output: string;
}

// https://openai.com/api-priority-processing
const openAiPriority: readonly PriorityPrice[] = [
  { model: 'gpt-5.4', standardInput: '2.5', input: '5', cacheRead: '0.5', output: '30' },
  { model: 'gpt-5.4-mini', standardInput: '0.75', input: '1.5', cacheRead: '0.15', output: '9' },
  { model: 'gpt-5.2', standardInput: '1.75', input: '3.5', cacheRead: '0.35', output: '28' },
  { model: 'gpt-5.1', standardInput: '1.25', input: '2.5', cacheRead: '0.25', output: '20' },
  { model: 'gpt-5.1-codex', standardInput: '1.25', input: '2.5', cacheRead: '0.25', output: '20' },
  { model: 'gpt-5', standardInput: '1.25', input: '2.5', cacheRead: '0.25', output: '20' },
  { model: 'gpt-5-codex', standardInput: '1.25', input: '2.5', cacheRead: '0.25', output: '20' },
  { model: 'gpt-5-mini', standardInput: '0.25', input: '0.45', cacheRead: '0.045', output: '3.6' },
  { model: 'gpt-4.1', standardInput: '2', input: '3.5', cacheRead: '0.875', output: '14' },
  { model: 'gpt-4.1-mini', standardInput: '0.4', input: '0.7', cacheRead: '0.175', output: '2.8' },
  { model: 'gpt-4.1-nano', standardInput: '0.1', input: '0.2', cacheRead: '0.05', output: '0.8' },
  { model: 'gpt-4o', standardInput: '2.5', input: '4.25', cacheRead: '2.125', output: '17' },
  { model: 'gpt-4o-2024-05-13', standardInput: '5', input: '8.75', cacheRead: null, output: '26.25' },
  { model: 'gpt-4o-mini', standardInput: '0.15', input: '0.25', cacheRead: '0.125', output: '1' },
  { model: 'o3', standardInput: '2', input: '3.5', cacheRead: '0.875', output: '14' },
  { model: 'o4-mini', standardInput: '1.1', input: '2', cacheRead: '0.5', output: '8' },
];

/** Every tier of a catalogue model whose price is published, `standard` included. */
export function serviceTiers(
  provider: string,
  model: string,
  standard: TierRates,
  family: RateFamily,
): Record<string, TierRates> {
  const tiers: Record<string, TierRates> = { standard };
  for (const rule of tierFactors) {
    if (rule.provider !== provider || !rule.models.test(model)) continue;
    tiers[rule.tier] = multiplyTier(standard, rule.factor, rule.untouched);
  }
  const priority = provider === 'openai' ? priorityTier(model, standard, family) : null;
  if (priority !== null) tiers.priority = priority;
  return tiers;
}

/** Long inputs are not served with priority, so the list has no context tiers. */
function priorityTier(model: string, standard: TierRates, family: RateFamily): TierRates | null {
  const row = openAiPriority.find((price) => price.model === model);
  if (row === undefined || standard.rates.input !== rateFromUsdPerMillion(row.standardInput)) return null;
  const { toolCall, fileSearch } = standard.rates;
  const rates = {
    input: rateFromUsdPerMillion(row.input),
    output: rateFromUsdPerMillion(row.output),
    ...(row.cacheRead === null ? {} : { cacheRead: rateFromUsdPerMillion(row.cacheRead) }),
    ...(toolCall === undefined ? {} : { toolCall }),
    ...(fileSearch === undefined ? {} : { fileSearch }),
  };
  return { rates: withFallbacks(rates, family), above: [] };
}

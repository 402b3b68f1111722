import type { Config } from './config.ts';

interface FeatureKeys {
  /** Whether this build acts on the keys. The change that brings a feature turns its entry on. */
  readonly active: boolean;
  /** Paths with `*` for every name or position; a path covers everything below it that has no longer entry. */
  readonly keys: readonly string[];
}

/** Which feature acts on which keys of the file. A test holds that every key of the schema is covered. */
export const featureKeys = {
  core: {
    active: true,
    keys: ['version', 'listen', 'data', 'timeZone', 'workers', 'environment', 'release', 'access', 'server'],
  },
  retention: { active: true, keys: ['retention', 'retention.attempts'] },
  'sampled retention': {
    active: true,
    keys: ['retention.sampled', 'retention.aggregates', 'workflows.*.retention'],
  },
  'audit retention': { active: false, keys: ['retention.audit'] },
  providers: {
    active: true,
    keys: ['providers', ...under('providers.*', ['kind', 'baseUrl', 'apiKey', 'credentials', 'headers', 'timeout'])],
  },
  prices: { active: true, keys: ['prices', 'providers.*.gpu'] },
  attribution: {
    active: true,
    keys: [
      'workflows',
      'workflows.*',
      'workflows.*.stages',
      'workflows.*.stages.*',
      ...under('workflows.*', ['description', 'team', 'feature', 'customer', 'environment']),
      ...under('workflows.*.stages.*', ['description', 'timeout']),
    ],
  },
  'fleet engines': { active: false, keys: ['engines'] },
  budgets: { active: true, keys: ['budgets', 'providers.*.cancelLag', 'providers.*.models'] },
  'bounded output': { active: true, keys: ['workflows.*.stages.*.maxOutputTokens'] },
  'rate limits': { active: true, keys: ['limits'] },
  plans: { active: true, keys: ['plans'] },
  forecast: {
    active: true,
    keys: [
      'forecast',
      'scenarios',
      'stresses',
      'providers.*.gpu.utilisation',
      ...under('providers.*', ['latency', 'firstToken', 'perOutputToken', 'failures']),
      ...under('workflows.*', ['outcome', 'traffic', 'impatience', 'productLife', 'naive', 'start', 'targetLatency']),
      ...under('workflows.*.stages.*', [
        'model',
        'service',
        'human',
        'calls',
        'fanOut',
        'next',
        'input',
        'output',
        'reasoning',
        'cacheReadShare',
        'toolCalls',
        'imagesMade',
        'latency',
        'failures',
        'weight',
      ]),
    ],
  },
  comparison: { active: true, keys: ['alternatives'] },
  'full cost': {
    active: true,
    keys: ['overheads', 'people', 'services', 'workflows.*.bytesPerCall', 'providers.*.reserved'],
  },
  'human review': { active: true, keys: ['workflows.*.stages.*.review'] },
  alerts: { active: true, keys: ['alerts', 'providers.*.limits'] },
  pilot: { active: false, keys: ['pilot'] },
  'failure handling': {
    active: false,
    keys: [
      'providers.*.breaker',
      ...under('workflows.*.stages.*', ['retries', 'backoff', 'fallback', 'hedge', 'validate']),
    ],
  },
  caching: { active: false, keys: under('workflows.*.stages.*', ['cache', 'coalesce']) },
  routing: { active: false, keys: under('workflows.*.stages.*', ['route', 'trim', 'tier']) },
  guardrails: { active: false, keys: under('workflows.*.stages.*', ['guard', 'redact']) },
  batches: { active: false, keys: ['workflows.*.stages.*.urgency'] },
  'stored prompts': { active: false, keys: ['workflows.*.store'] },
} as const satisfies Readonly<Record<string, FeatureKeys>>;

export type Feature = keyof typeof featureKeys;

/** The features this build has. */
export const activeFeatures: ReadonlySet<Feature> = new Set(
  (Object.keys(featureKeys) as Feature[]).filter((feature) => featureKeys[feature].active),
);

function under<const K extends string>(prefix: string, keys: readonly K[]): string[] {
  return keys.map((key) => `${prefix}.${key}`);
}

const patterns = (Object.entries(featureKeys) as [Feature, FeatureKeys][])
  .flatMap(([feature, { keys }]) => keys.map((key) => ({ feature, steps: key.split('.') })))
  .sort((a, b) => b.steps.length - a.steps.length);

/** The feature that acts on a key, or null when the key is none of the file's. */
export function featureOf(path: readonly string[]): Feature | null {
  const covers = (steps: readonly string[]): boolean =>
    steps.length <= path.length && steps.every((step, index) => step === '*' || step === path[index]);
  return patterns.find(({ steps }) => covers(steps))?.feature ?? null;
}

export interface InactiveSection {
  /** Dotted path of the topmost key that nothing acts on. */
  readonly path: string;
  /** What would act on it. */
  readonly feature: Feature;
}

/** What the file states and this build does not act on, so that it is said and not silently ignored. */
export function inactiveSections(
  config: Pick<Config, 'stated'>,
  features: ReadonlySet<Feature> = activeFeatures,
): InactiveSection[] {
  const found: InactiveSection[] = [];
  for (const key of config.stated) {
    const feature = featureOf(key);
    const path = key.join('.');
    const above = found.at(-1);
    if (feature === null || features.has(feature) || (above && path.startsWith(`${above.path}.`))) continue;
    found.push({ path, feature });
  }
  return found;
}

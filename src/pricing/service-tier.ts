/** What providers call their ordinary tier. OpenAI's `auto` means the project's own tier, which is `default` unless changed. */
const standardNames = new Set([
  '',
  'auto',
  'default',
  'standard',
  'on_demand',
  'on-demand',
  'unspecified',
  'traffic_type_unspecified',
]);

/** Vertex AI names the way a request was paid for instead of a tier. */
const trafficTypes: Readonly<Record<string, string>> = {
  on_demand_priority: 'priority',
  on_demand_flex: 'flex',
  on_demand_offpeak: 'offpeak',
  provisioned_throughput: 'provisioned',
};

/** A provider's word for a tier in Burnrate's words. A word nobody knows stays itself, so that its price is unknown and not standard. */
export function servedTier(name: string): string {
  const word = name.trim().toLowerCase();
  if (standardNames.has(word)) return 'standard';
  return Object.hasOwn(trafficTypes, word) ? (trafficTypes[word] ?? word) : word;
}

/**
 * The tier of an Anthropic answer. Fast mode and inference kept in the US have prices of their own, so each makes a
 * tier of its own: `fast`, `standard-us`, `batch-us`.
 */
export function anthropicTier(report: {
  readonly tier: string | null;
  readonly speed: string | null;
  readonly geography: string | null;
}): string | null {
  const fast = report.speed?.toLowerCase() === 'fast';
  const inUs = report.geography?.toLowerCase() === 'us';
  if (report.tier === null && !fast && !inUs) return null;
  const tier = servedTier(report.tier ?? '');
  const speedTier = fast ? (tier === 'standard' ? 'fast' : `${tier}-fast`) : tier;
  return inUs ? `${speedTier}-us` : speedTier;
}

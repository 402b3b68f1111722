/**
 * Prices one usage object with Burnrate's price book beside the catalogue package's own calculator, in the same
 * process and run, round about. `npx tsx bench/pricing.ts [--json]`
 */
import { calcPrice } from '@pydantic/genai-prices';
import { createPriceBook, readUsage } from '../src/pricing/index.ts';

const rounds = 400;
const callsPerRound = 250;
const warmUpRounds = 50;
const goalMicros = 5;

const atMs = Date.UTC(2026, 10, 21, 12);
const timestamp = new Date(atMs);
const book = createPriceBook({ providers: [], overrides: [] });

const openAiBody = {
  model: 'gpt-4o-2024-08-06',
  service_tier: 'default',
  usage: {
    prompt_tokens: 2006,
    completion_tokens: 300,
    total_tokens: 2306,
    prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
};
const theirOpenAiUsage = { input_tokens: 2006, cache_read_tokens: 1920, output_tokens: 300 };
const anthropicUsage = { input: 2095, cacheRead: 10_000, cacheWrite5m: 1000, cacheWrite1h: 500, output: 503 };
const theirAnthropicUsage = {
  input_tokens: 13_595,
  cache_read_tokens: 10_000,
  cache_write_tokens: 1500,
  cache_write_1h_tokens: 500,
  output_tokens: 503,
};

function price(provider: string, model: string, usage: Readonly<Record<string, number>>): unknown {
  return book.price({ provider, model, tier: 'standard', atMs, usage });
}

function readAndPrice(): unknown {
  const reading = readUsage('openai', 'chat', openAiBody);
  return reading.ok ? price('openai', reading.model ?? '', reading.usage) : reading;
}

/** Cases to compare; each pair prices the same usage of the same model. */
const cases: readonly { readonly name: string; readonly run: () => unknown }[] = [
  {
    name: 'burnrate: gpt-4o, cached',
    run: () => price('openai', 'gpt-4o-2024-08-06', { input: 86, cacheRead: 1920, output: 300 }),
  },
  {
    name: 'genai-prices: gpt-4o, cached',
    run: () => calcPrice(theirOpenAiUsage, 'gpt-4o-2024-08-06', { providerId: 'openai', timestamp }),
  },
  { name: 'burnrate: sonnet-4-5, five buckets', run: () => price('anthropic', 'claude-sonnet-4-5', anthropicUsage) },
  {
    name: 'genai-prices: sonnet-4-5, five buckets',
    run: () => calcPrice(theirAnthropicUsage, 'claude-sonnet-4-5', { providerId: 'anthropic', timestamp }),
  },
  { name: 'burnrate: gpt-4o, usage read and priced', run: readAndPrice },
];

let sink: unknown;

/** Microseconds per call of one round. */
function timeRound(run: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < callsPerRound; i++) sink = run();
  return Number(process.hrtime.bigint() - start) / 1000 / callsPerRound;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const samples = cases.map((): number[] => []);
for (let round = 0; round < warmUpRounds + rounds; round++) {
  // All cases take turns in every round, so that a busy machine slows them alike.
  cases.forEach(({ run }, index) => {
    const micros = timeRound(run);
    if (round >= warmUpRounds) samples[index]?.push(micros);
  });
}

const results = cases.map(({ name }, index) => {
  const sorted = [...(samples[index] ?? [])].sort((a, b) => a - b);
  return { name, medianMicros: quantile(sorted, 0.5), p99Micros: quantile(sorted, 0.99) };
});

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ rounds, callsPerRound, goalMicros, results }, null, 2));
} else {
  console.log(
    `one usage object, ${rounds} rounds of ${callsPerRound} calls, microseconds per call (goal ${goalMicros})`,
  );
  for (const { name, medianMicros, p99Micros } of results) {
    console.log(
      `${name.padEnd(42)} median ${medianMicros.toFixed(2).padStart(7)}   p99 ${p99Micros.toFixed(2).padStart(7)}`,
    );
  }
}
if (sink === undefined) throw new Error('nothing was priced');

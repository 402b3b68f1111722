import { anthropicTier } from './service-tier.ts';
import {
  absentReading,
  closeReading,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  type UsageCounter,
  usageCounter,
} from './usage-counter.ts';
import type { UsageReading } from './usage-reading.ts';

interface AnthropicCounts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
}

/** A Messages body, or the `message_start` event that carries one in `message`. Cached tokens stand beside `input_tokens`. */
export function readAnthropicMessages(body: JsonObject): UsageReading {
  const message = isObject(body.message) ? body.message : body;
  const usage = message.usage;
  if (!isObject(usage)) return absentReading;
  const counter = usageCounter();
  const counts = addCompactions(counter, readCounts(counter, usage), usage);
  const toolCall = counter.count(objectAt(usage, 'server_tool_use'), 'web_search_requests');
  const tier = anthropicTier({
    tier: textAt(usage, 'service_tier'),
    speed: textAt(usage, 'speed'),
    geography: textAt(usage, 'inference_geo'),
  });
  return closeReading(counter, { ...counts, toolCall }, { tier, model: textAt(message, 'model') });
}

/** Writes without a breakdown have the default lifetime of five minutes. */
function readCounts(counter: UsageCounter, usage: JsonObject): AnthropicCounts {
  const breakdown = objectAt(usage, 'cache_creation');
  const fiveMinutes = counter.count(breakdown, 'ephemeral_5m_input_tokens');
  const oneHour = counter.count(breakdown, 'ephemeral_1h_input_tokens');
  const written = counter.count(usage, 'cache_creation_input_tokens');
  const rest = written === 0 ? 0 : written - fiveMinutes - oneHour;
  const output = counter.count(usage, 'output_tokens');
  const reasoning = counter.count(objectAt(usage, 'output_tokens_details'), 'thinking_tokens');
  return {
    input: counter.count(usage, 'input_tokens'),
    cacheRead: counter.count(usage, 'cache_read_input_tokens'),
    // A breakdown larger than its whole must not hide in the sum.
    cacheWrite5m: rest < 0 ? rest : fiveMinutes + rest,
    cacheWrite1h: oneHour,
    output: output - reasoning,
    reasoning,
  };
}

/** The totals leave out what compacting the conversation took; those passes are listed in `iterations` and billed too. */
function addCompactions(counter: UsageCounter, counts: AnthropicCounts, usage: JsonObject): AnthropicCounts {
  return listAt(usage, 'iterations')
    .filter((iteration) => iteration.type === 'compaction')
    .map((iteration) => readCounts(counter, iteration))
    .reduce(addCounts, counts);
}

function addCounts(a: AnthropicCounts, b: AnthropicCounts): AnthropicCounts {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** Usage of one stream, merged so far; give it to `readUsage` as the `usage` of a body. */
export type MergedAnthropicUsage = JsonObject;

/**
 * Lays a later usage object of the same stream over what is known. `message_start` and `message_delta` repeat
 * cumulative counts, so the last value of each field stands; a field that is absent or null keeps its last value.
 */
export function mergeAnthropicUsage(known: MergedAnthropicUsage | null, next: unknown): MergedAnthropicUsage | null {
  if (!isObject(next)) return known;
  const merged: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(next)) {
    if (value === undefined || value === null) continue;
    const before = merged[field];
    merged[field] = isObject(value) && isObject(before) ? mergeAnthropicUsage(before, value) : value;
  }
  return merged;
}

import { unreachable } from '../base/index.ts';
import type { UsageProtocol, UsageReading } from './usage-reading.ts';

/**
 * Reads the provider's own report from a parsed answer: a full body, the last stream event that carries usage
 * (OpenAI chunk, `response.completed` event, Gemini chunk), or a body built around `mergeAnthropicUsage`.
 * @param operation `chat`, `completions`, `responses`, `embeddings`, `moderations`, `images`, `audio`, `messages`, `generateContent`, `embedContent`, …; an unknown one is read by its shape
 */
export function readUsage(protocol: UsageProtocol, operation: string, body: unknown): UsageReading {
  return unreachable([protocol, operation, body] as never);
}

/** Anthropic's `message_start` and `message_delta` repeat cumulative counts: the last value of each field stands. */
export type MergedAnthropicUsage = Readonly<Record<string, unknown>>;

/** Lays a later usage object of the same stream over what is known; fields that are absent or null keep their last value. */
export function mergeAnthropicUsage(known: MergedAnthropicUsage | null, next: unknown): MergedAnthropicUsage | null {
  return unreachable([known, next] as never);
}

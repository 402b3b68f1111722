/**
 * What the providers' price pages said of four models, in picodollars per token, written down by hand: the tests
 * multiply these with what the SDK reported and expect the ledger to agree to the picodollar.
 */
export const handRates = {
  /** OpenAI, per million: input 0.25, cached input 0.025, output 2 USD. */
  'gpt-5-mini': { input: 250_000n, cacheRead: 25_000n, output: 2_000_000n },
  /** OpenAI, per million: input 0.02 USD. */
  'text-embedding-3-small': { input: 20_000n, cacheRead: 0n, output: 0n },
  /** Anthropic, per million: input 3, output 15, cache write 3.75 (5 min) and 6 (1 h), cache read 0.3 USD. */
  'claude-sonnet-4-5': {
    input: 3_000_000n,
    cacheRead: 300_000n,
    cacheWrite5m: 3_750_000n,
    cacheWrite1h: 6_000_000n,
    output: 15_000_000n,
  },
  /** Gemini, per million: input 0.3, cached 0.03, output and thinking 2.5 USD. */
  'gemini-2.5-flash': { input: 300_000n, cacheRead: 30_000n, output: 2_500_000n },
} as const;

/** Picodollars as the decimal dollars the API speaks. */
export function decimalUsd(picos: bigint): string {
  const fraction = (picos % 1_000_000_000_000n).toString().padStart(12, '0').replace(/0+$/, '');
  return `${picos / 1_000_000_000_000n}${fraction ? `.${fraction}` : ''}`;
}

interface OpenAiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
}

export function openAiChatCost(model: 'gpt-5-mini' | 'text-embedding-3-small', usage: OpenAiUsage): string {
  const rates = handRates[model];
  const cached = BigInt(usage.prompt_tokens_details?.cached_tokens ?? 0);
  const fresh = BigInt(usage.prompt_tokens) - cached;
  return decimalUsd(
    fresh * rates.input + cached * rates.cacheRead + BigInt(usage.completion_tokens ?? 0) * rates.output,
  );
}

interface ResponsesUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly input_tokens_details?: { readonly cached_tokens?: number };
}

export function openAiResponsesCost(usage: ResponsesUsage): string {
  return openAiChatCost('gpt-5-mini', {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    prompt_tokens_details: { cached_tokens: usage.input_tokens_details?.cached_tokens ?? 0 },
  });
}

interface AnthropicUsage {
  readonly input_tokens: number | null;
  readonly output_tokens: number;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  } | null;
}

export function anthropicCost(usage: AnthropicUsage): string {
  const rates = handRates['claude-sonnet-4-5'];
  const hour = BigInt(usage.cache_creation?.ephemeral_1h_input_tokens ?? 0);
  const fiveMinutes = BigInt(usage.cache_creation_input_tokens ?? 0) - hour;
  return decimalUsd(
    BigInt(usage.input_tokens ?? 0) * rates.input +
      BigInt(usage.cache_read_input_tokens ?? 0) * rates.cacheRead +
      fiveMinutes * rates.cacheWrite5m +
      hour * rates.cacheWrite1h +
      BigInt(usage.output_tokens) * rates.output,
  );
}

interface GeminiUsage {
  readonly promptTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
}

export function geminiCost(usage: GeminiUsage): string {
  const rates = handRates['gemini-2.5-flash'];
  const cached = BigInt(usage.cachedContentTokenCount ?? 0);
  const fresh = BigInt(usage.promptTokenCount ?? 0) - cached;
  const produced = BigInt(usage.candidatesTokenCount ?? 0) + BigInt(usage.thoughtsTokenCount ?? 0);
  return decimalUsd(fresh * rates.input + cached * rates.cacheRead + produced * rates.output);
}

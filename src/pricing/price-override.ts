/** A decimal number as written in YAML: kept as text where exactness matters, accepted as a number for convenience. */
export type DecimalInput = string | number;

/** Prices as people write them: US dollars per million tokens, or per unit where the name says so. Absent means not stated. */
export interface WrittenRates {
  readonly inputPerMillion?: DecimalInput | undefined;
  readonly cacheReadPerMillion?: DecimalInput | undefined;
  readonly cacheWrite5mPerMillion?: DecimalInput | undefined;
  readonly cacheWrite1hPerMillion?: DecimalInput | undefined;
  readonly outputPerMillion?: DecimalInput | undefined;
  readonly reasoningPerMillion?: DecimalInput | undefined;
  readonly audioInputPerMillion?: DecimalInput | undefined;
  readonly audioCacheReadPerMillion?: DecimalInput | undefined;
  readonly audioOutputPerMillion?: DecimalInput | undefined;
  readonly imageInputPerMillion?: DecimalInput | undefined;
  readonly imageCacheReadPerMillion?: DecimalInput | undefined;
  readonly imageOutputPerMillion?: DecimalInput | undefined;
  readonly videoInputPerMillion?: DecimalInput | undefined;
  readonly perAudioMinute?: DecimalInput | undefined;
  readonly perImage?: DecimalInput | undefined;
  readonly perCall?: DecimalInput | undefined;
  /** A hosted tool that bills per use: a web search. */
  readonly perToolCall?: DecimalInput | undefined;
  readonly perFileSearch?: DecimalInput | undefined;
}

/** What holds once the whole input exceeds `inputTokens`. Rates it does not state stay as they are below the threshold. */
export interface WrittenContextTier extends WrittenRates {
  readonly inputTokens: number;
}

/** A service tier: its own rates, or the standard ones times a factor (`multiply: 0.5`). */
export interface WrittenServiceTier extends WrittenRates {
  readonly above?: readonly WrittenContextTier[] | undefined;
  readonly multiply?: DecimalInput | undefined;
}

/**
 * One entry of `prices:` in burnrate.yaml. An entry that states `inputPerMillion` or `outputPerMillion` is a whole price
 * list: nothing of the catalogue shines through it. Any other entry (tiers, single rates, a context window) is laid over
 * the price in force, and stands alone where there is none.
 */
export interface PriceOverride extends WrittenRates {
  readonly provider: string;
  /** A model name, or a prefix ending in `*`; the longest match wins. */
  readonly model: string;
  /** First day or moment it holds, RFC 3339 (`2026-01-01` is midnight UTC); absent is always. */
  readonly from?: string | undefined;
  /** First moment it no longer holds; absent is for ever. */
  readonly until?: string | undefined;
  readonly above?: readonly WrittenContextTier[] | undefined;
  readonly tiers?: Readonly<Record<string, WrittenServiceTier>> | undefined;
  /** Largest input the model takes, tokens. */
  readonly contextWindow?: number | undefined;
}

/** Measured throughput at full load for one shape of request, both in tokens per call. */
export interface MeasuredThroughput {
  /** The model it was measured with; absent: any model of the provider. */
  readonly model?: string | undefined;
  readonly input: number;
  readonly output: number;
  /** Output tokens per second of the whole pool. */
  readonly outputTokensPerSecond: number;
}

/** The machines a self-hosted model runs on. */
export interface GpuPool {
  /** US dollars per GPU and hour. */
  readonly hourlyUsd: DecimalInput;
  readonly count: number;
  /** Share of the pool kept idle as a reserve, 0 ≤ spare < 1; its cost is carried by the calls. */
  readonly spare?: number | undefined;
  /** At least one shape. */
  readonly throughput: readonly MeasuredThroughput[];
}

/** What pricing needs to know of a configured provider. */
export interface PricedProvider {
  /** The name in burnrate.yaml, which is the provider of every attempt. */
  readonly name: string;
  readonly kind: 'openai' | 'anthropic' | 'gemini' | 'other';
  /** As configured; absent means the kind's own service. */
  readonly baseUrl?: string | undefined;
  readonly gpu?: GpuPool | undefined;
}

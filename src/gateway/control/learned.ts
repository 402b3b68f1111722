import {
  type CancelLag,
  cancelLagTokens,
  newCancelLag,
  newOutputHistogram,
  type OutputHistogram,
  type OutputQuantiles,
  outputQuantiles,
  recordCancel,
  recordOutput,
  unlearnedCancelLagTokens,
} from '../../policy/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { outputTokensOf } from '../../tree/index.ts';
import { limits } from '../limits.ts';
import { Recent } from '../pipeline/recent.ts';

/** Whole answers seen before their text tells how many tokens it is. */
const gaugeSamplesMin = 5;
/** The fewest bytes a token was seen to have are taken to be this part of it. */
const gaugeMargin = 0.8;
/** How fast an old minimum gives way to answers with longer tokens. */
const gaugeFade = 1.01;

interface Gauge {
  bytesPerToken: number;
  samples: number;
  hidden: boolean;
}

/** What past answers taught: their length, how many bytes a token has, what streams are billed beyond what is seen. */
export class Learned {
  readonly #outputs = new Recent<OutputHistogram>(limits.rememberedStages);
  readonly #gauges = new Recent<Gauge>(limits.rememberedStages);
  readonly #lags = new Map<string, CancelLag>();

  /** Of this workflow, stage and model; null before enough was seen. */
  quantiles(key: string): OutputQuantiles | null {
    const known = this.#outputs.get(key);
    return known ? outputQuantiles(known) : null;
  }

  /** Bytes of answer text to a token, never more than a token really had; 1 before enough was seen. */
  bytesPerToken(provider: string, model: string): number {
    const gauge = this.#gauges.get(`${provider}/${model}`);
    return gauge && gauge.samples >= gaugeSamplesMin ? Math.max(1, gauge.bytesPerToken * gaugeMargin) : 1;
  }

  /** True once a model was billed for tokens its answers do not show. */
  hides(provider: string, model: string): boolean {
    return this.#gauges.get(`${provider}/${model}`)?.hidden ?? false;
  }

  lagTokens(provider: string, documented: number | null): number {
    const lag = this.#lags.get(provider) ?? newCancelLag();
    // What was said of a provider needs no proof; what was not is assumed generously until invoices tell more.
    return documented === null
      ? cancelLagTokens(lag, unlearnedCancelLagTokens)
      : Math.max(documented, Math.ceil(lag.tokens));
  }

  /** Learns from an answer that came whole with its usage. @param contentBytes answer text seen; null for a plain one */
  note(key: string, attempt: Attempt, contentBytes: number | null): void {
    if (attempt.usageSource !== 'reported' || attempt.failure !== null) return;
    const tokens = outputTokensOf(attempt.usage);
    if (tokens === 0) return;
    const histogram = this.#outputs.get(key) ?? newOutputHistogram();
    recordOutput(histogram, tokens);
    this.#outputs.set(key, histogram);
    const name = `${attempt.provider}/${attempt.modelRequested}`;
    const gauge = this.#gauges.get(name) ?? { bytesPerToken: Number.POSITIVE_INFINITY, samples: 0, hidden: false };
    if ((attempt.usage.reasoning ?? 0) > 0) gauge.hidden = true;
    this.#gauges.set(name, gauge);
    if (contentBytes !== null && contentBytes > 0 && !gauge.hidden)
      this.#noteStream(attempt, gauge, contentBytes, tokens);
  }

  /** What a whole stream was billed beyond what its text told is the least a cut one may be. */
  #noteStream(attempt: Attempt, gauge: Gauge, contentBytes: number, tokens: number): void {
    const known = this.bytesPerToken(attempt.provider, attempt.modelRequested);
    gauge.bytesPerToken = Math.min(gauge.bytesPerToken * gaugeFade, contentBytes / tokens);
    gauge.samples += 1;
    const lag = this.#lags.get(attempt.provider) ?? newCancelLag();
    recordCancel(lag, Math.ceil(contentBytes / known), tokens);
    this.#lags.set(attempt.provider, lag);
  }
}

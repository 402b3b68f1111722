import { Recent } from '../../base/index.ts';
import {
  type CancelLag,
  cancelLagTokens,
  histogramOf,
  keptHistogram,
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
import type { KeptLearning } from './kept-learning.ts';

/** Whole answers seen before their text tells how many tokens it is. */
const gaugeSamplesMin = 5;
/** The fewest bytes a token was seen to have are taken to be this part of it. */
const gaugeMargin = 0.8;
/** How fast an old minimum gives way to answers with longer tokens. */
const gaugeFade = 1.01;

/** Quantiles are read again after this part of what they were read from has come on top. */
const rereadShare = 1 / 32;

interface Lengths {
  readonly histogram: OutputHistogram;
  quantiles: OutputQuantiles | null;
  /** Answers until the quantiles are read again. */
  rereadIn: number;
}

interface Gauge {
  bytesPerToken: number;
  samples: number;
  hidden: boolean;
}

/** What past answers taught: their length, how many bytes a token has, what streams are billed beyond what is seen. */
export class Learned {
  readonly #outputs = new Recent<Lengths>(limits.rememberedStages);
  readonly #gauges = new Recent<Gauge>(limits.rememberedStages);
  readonly #lags = new Map<string, CancelLag>();
  #changed = false;

  /** @param kept what an earlier process learned; null starts from nothing */
  constructor(kept: KeptLearning | null) {
    for (const [key, counts] of kept?.outputs ?? []) this.#outputs.set(key, lengthsOf(histogramOf(counts)));
    for (const [name, gauge] of kept?.gauges ?? []) this.#gauges.set(name, { ...gauge });
    for (const [provider, lag] of kept?.lags ?? []) this.#lags.set(provider, { ...lag });
  }

  /** What was learned, to be kept for the next process; null when nothing changed since it was last asked for. */
  keep(): KeptLearning | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return {
      outputs: this.#outputs
        .newest(limits.keptStages)
        .map(([key, { histogram }]) => [key, keptHistogram(histogram)] as const),
      gauges: this.#gauges.newest(limits.keptStages),
      lags: [...this.#lags],
    };
  }

  /** Of this workflow, stage and model; null before enough was seen. */
  quantiles(key: string): OutputQuantiles | null {
    return this.#outputs.get(key)?.quantiles ?? null;
  }

  /** Bytes of answer text to a token, never more than a token really had; 1 before enough was seen. */
  bytesPerToken(provider: string, model: string): number {
    return this.gaugeOf(provider, model)();
  }

  /** The same for a stream in flight, which reads it again as it goes on. */
  gaugeOf(provider: string, model: string): () => number {
    const gauge = this.#gauge(`${provider}/${model}`);
    return () => (gauge.samples >= gaugeSamplesMin ? Math.max(1, gauge.bytesPerToken * gaugeMargin) : 1);
  }

  #gauge(name: string): Gauge {
    const known = this.#gauges.get(name);
    if (known) return known;
    const gauge = { bytesPerToken: Number.POSITIVE_INFINITY, samples: 0, hidden: false };
    this.#gauges.set(name, gauge);
    return gauge;
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
    const lengths = this.#outputs.get(key) ?? lengthsOf(newOutputHistogram());
    recordOutput(lengths.histogram, tokens);
    if (--lengths.rereadIn <= 0) reread(lengths);
    this.#outputs.set(key, lengths);
    this.#changed = true;
    const gauge = this.#gauge(`${attempt.provider}/${attempt.modelRequested}`);
    if ((attempt.usage.reasoning ?? 0) > 0) gauge.hidden = true;
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

function lengthsOf(histogram: OutputHistogram): Lengths {
  const lengths: Lengths = { histogram, quantiles: null, rereadIn: 0 };
  reread(lengths);
  return lengths;
}

function reread(lengths: Lengths): void {
  lengths.quantiles = outputQuantiles(lengths.histogram);
  lengths.rereadIn = Math.max(1, Math.floor(lengths.histogram.total * rereadShare));
}

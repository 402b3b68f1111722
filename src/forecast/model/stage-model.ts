import type { Failures } from './failure-rates.ts';
import type { Num } from './number.ts';

/** How many earlier turns a call sends along. */
export type HistoryModel = { readonly perTurn: Num; readonly maxTurns: number } | { readonly tokens: Num };

export interface InputModel {
  readonly system: Num;
  readonly history: HistoryModel;
  readonly retrieval: Num;
  readonly question: Num;
  readonly tools: Num;
  readonly images: Num;
  readonly audio: Num;
}

/** One of the models a call may be answered by. `use` is its index among the model's uses. */
export interface Answerer {
  readonly use: number;
  readonly failures: Failures;
}

export type FallbackModel =
  | ({ readonly kind: 'model' } & Answerer)
  | { readonly kind: 'template' }
  | { readonly kind: 'human'; readonly minutes: Num; readonly hourlyUsd: Num };

export interface CacheModel {
  readonly hitRate: Num;
  readonly wrongRate: Num;
  readonly wrongUsd: Num;
  /** Use of the embedding model; -1 for an exact cache. */
  readonly embedding: number;
}

export interface LlmStage {
  readonly kind: 'model';
  readonly main: Answerer;
  readonly selfHosted: boolean;
  readonly provider: string;
  readonly modelName: string;
  readonly input: InputModel;
  readonly output: Num;
  readonly reasoning: Num;
  readonly cacheReadShare: Num;
  readonly toolCalls: Num;
  readonly imagesMade: Num;
  readonly maxInputTokens: number;
  readonly summarizer: number;
  readonly maxOutputTokens: number;
  readonly tries: number;
  /** Retries allowed per call; infinite without a retry budget. */
  readonly retryBudget: number;
  readonly validation: { readonly rate: Num; readonly repairs: number } | null;
  readonly fallbacks: readonly FallbackModel[];
  /** Share of calls of which a second attempt is sent. */
  readonly hedgeShare: number;
  readonly guard: {
    readonly use: number;
    readonly input: boolean;
    readonly output: boolean;
    readonly refuseRate: Num;
  } | null;
  readonly cache: CacheModel | null;
  readonly route: { readonly answerer: Answerer; readonly share: Num; readonly classifier: number } | null;
}

export type WorkModel =
  | LlmStage
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly perCallUsd: Num;
      readonly retrieval: boolean;
      readonly failures: Failures;
      readonly tries: number;
    }
  | { readonly kind: 'human'; readonly minutes: Num; readonly hourlyUsd: Num };

export interface StageModel {
  readonly name: string;
  readonly work: WorkModel;
  readonly calls: Num;
  readonly fanOut: Num;
  /** Probabilities of what follows, by index of the stage; what is left ends the run. */
  readonly next: readonly { readonly to: number; readonly probability: Num }[];
  /** Milliseconds to the whole answer of one call; 0 when nothing says. */
  readonly latencyMs: Num;
  readonly review: { readonly share: Num; readonly minutes: Num; readonly hourlyUsd: Num } | null;
}

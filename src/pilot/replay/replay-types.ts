import type { Clock, Random } from '../../base/index.ts';
import type { AttributionName } from '../../tree/index.ts';
import type { WireKind } from '../emulator/emulator-types.ts';

export const traceFormats = ['azure', 'mooncake', 'ragpulse', 'burstgpt', 'csv', 'jsonl'] as const;
export type TraceFormat = (typeof traceFormats)[number];

export interface ReplayOptions {
  /** Path of the trace file. */
  readonly source: string;
  readonly format?: TraceFormat | 'auto';
  /** Trace seconds per real second; `Infinity` sends as fast as `concurrency` allows. Default 1. */
  readonly speed?: number;
  /** Base URL as the kind's own SDK takes it: `http://127.0.0.1:4700/v1` for openai, `…/anthropic`, `…/gemini`. */
  readonly target: string;
  /** Default openai. */
  readonly kind?: WireKind;
  /** Model of every request; what the record names when absent, else a default by kind. */
  readonly model?: string;
  readonly apiKey?: string;
  /** Share of requests sent as streams, 0 to 1. Default 0. */
  readonly streamShare?: number;
  /** Most requests in flight at once. Default 256. */
  readonly concurrency?: number;
  /** Stops after this many records. */
  readonly limit?: number;
  /** Fixed attribution of every request; a trace's own session and the like win over it. */
  readonly attribution?: Partial<Readonly<Record<AttributionName, string>>>;
  /** Sent with every request, like `emulator-tag`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long a record is retried over lost connections before it counts as failed. Default 120,000. */
  readonly retryForMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly signal?: AbortSignal;
  /** Called at most every 100 ms and once at the end. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly records: number;
  readonly completed: number;
  readonly failed: number;
  readonly retries: number;
  readonly inFlight: number;
  /** How late the newest request went out against the trace's own time, ms. */
  readonly lagMs: number;
}

export interface ReplaySummary {
  readonly format: TraceFormat;
  /** Records read from the trace; each ends as completed or failed exactly once, unless aborted. */
  readonly records: number;
  readonly completed: number;
  readonly failed: number;
  /** Failed records by kind: `http_429`, `connection`, `timeout`, `bad_body`, … */
  readonly failures: Readonly<Record<string, number>>;
  /** Further sends after a lost connection. */
  readonly retries: number;
  /** Records that needed at least one retry. */
  readonly retried: number;
  readonly tokensAsked: { readonly input: number; readonly output: number };
  /** As reported in the answers; cached input included in `input`. */
  readonly tokensReceived: { readonly input: number; readonly cachedInput: number; readonly output: number };
  /** Answers without a usage object. */
  readonly usageAbsent: number;
  readonly wallMs: number;
  /** Trace time covered, ms. */
  readonly traceMs: number;
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly aborted: boolean;
}

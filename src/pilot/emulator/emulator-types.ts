import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/index.ts';
import type { Usage } from '../../tree/index.ts';
import type { ScenarioInput } from './scenario.ts';

export type WireKind = 'openai' | 'anthropic' | 'gemini';

export interface EmulatorOptions {
  /** How the provider behaves; `typicalScenario` when absent. */
  readonly scenario?: ScenarioInput;
  /** Overrides the scenario's seed; equal seeds and equal request orders give equal answers. */
  readonly seed?: number;
  readonly clock?: Clock;
}

/** One request the emulated provider did work for, and what it bills for it. */
export interface BilledRequest {
  /** As sent in `x-request-id` / `request-id`. */
  readonly requestId: string;
  readonly tag: string | null;
  readonly kind: WireKind;
  readonly endpoint: string;
  readonly model: string;
  readonly atMs: number;
  readonly streamed: boolean;
  /** The client went away before the answer was complete. */
  readonly disconnected: boolean;
  /** The fault that was injected, or null. */
  readonly fault: string | null;
  /** Disjoint buckets: cached tokens are not in `input`, reasoning is not in `output`. */
  readonly usage: Usage;
}

export interface BilledTotals {
  readonly requests: number;
  readonly usage: Usage;
}

export interface BilledReport {
  readonly seed: number;
  /** Requests whose bill is not yet final. */
  readonly inFlight: number;
  /** Requests refused or reset before any work; they are not billed. */
  readonly unbilled: number;
  readonly total: BilledTotals;
  readonly byModel: Readonly<Record<string, BilledTotals>>;
  readonly byTag: Readonly<Record<string, BilledTotals>>;
  /** The newest requests, oldest first, at most `billedLogMax`. */
  readonly log: readonly BilledRequest[];
  /** Older log entries that were dropped; totals still count them. */
  readonly logDropped: number;
}

/** A provider of chat, embedding and moderation models that speaks three wire formats and keeps its own books. */
export interface Emulator {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Listens on `port` (0 or absent: any free one) of `host` (default 127.0.0.1). */
  listen(port?: number, host?: string): Promise<{ readonly port: number; readonly url: string }>;
  billed(): BilledReport;
  /** Forgets bills, prefix caches and rate-limit state; requests in flight are billed to the new count. */
  reset(): void;
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>;
}

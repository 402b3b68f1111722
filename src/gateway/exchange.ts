import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BurnrateError } from '../base/index.ts';
import type { PotRef } from '../books/index.ts';
import type { AttemptStart } from '../journal/index.ts';
import type { Usd } from '../money/index.ts';
import type { HoldFacts, VisibleLimit } from '../policy/index.ts';
import type { UsageReading } from '../pricing/index.ts';
import type {
  Attempt,
  AttemptLayer,
  AttemptReason,
  Attribution,
  AttributionName,
  CostLine,
  FailureClass,
  HoldEntry,
  PartTokens,
  PriceState,
  Usage,
  UsageSource,
} from '../tree/index.ts';
import type { Coverage } from './control/coverage.ts';
import type { JsonObject, Operation, Protocol, RequestFacts, StreamEnding } from './protocols/protocol.ts';
import type { ProviderSettings } from './settings.ts';

/** Where a request of the data plane goes. */
export interface Route {
  readonly provider: ProviderSettings;
  readonly protocol: Protocol;
  /** Path below the provider's base URL, as the client wrote it. */
  readonly path: string;
  /** Query with its question mark, or empty. */
  readonly query: string;
  /** True below `/p/<provider>`, where model names are never read as `provider/model`. */
  readonly untouched: boolean;
}

/** Who calls, as far as attribution and access need it. */
export interface Caller {
  readonly keyId: string;
  readonly defaults: Attribution;
  /** Empty allows every model. */
  readonly allowedModels: readonly string[];
  /** Names of budgets the key is bound to. */
  readonly budgets: readonly string[];
}

/** The parsed request. */
export interface Understanding {
  readonly operation: Operation;
  readonly facts: RequestFacts;
  /** Null when the body is not JSON or not read. */
  readonly json: JsonObject | null;
  /** The body in clear, when it came compressed and could be inflated; else the body as it came. */
  readonly clear: Buffer;
  /** Bytes that go upstream: the client's own, unless a documented change was needed. */
  readonly upstreamBody: Buffer;
  /** True when `upstreamBody` is no longer compressed though the client's was. */
  readonly inflated: boolean;
  /** True when usage was asked for in the client's place, so that its traces are taken out of the stream. */
  readonly usageAdded: boolean;
}

/** How a call is bounded. */
export interface Control {
  /** The budgets it counts against, in the order they are held. */
  readonly pots: readonly PotRef[];
  /** Written to the journal with the begin; null when nothing is held. */
  readonly hold: HoldEntry | null;
  /** Null when its stream is not watched. */
  readonly coverage: Coverage | null;
  readonly ending: StreamEnding | null;
  /** What its tokens cost at most; null when nothing is held. */
  readonly bounds: Pick<HoldFacts, 'rates' | 'inputTokensMax'> | null;
  /** Limits it takes part in, as they stood when it was let in. */
  readonly visible: readonly VisibleLimit[];
  /** True until they are told that it ended. */
  readonly pacesOpen: boolean;
  /** Rungs of brakes in force: `free-users@0.85`. */
  readonly rungs: readonly string[];
  /** What answers like this one are remembered by. */
  readonly learnKey: string;
  /** The interaction that counts against a plan with this call; null when it counted before. */
  readonly newInteraction: string | null;
}

export interface CallIdentity {
  readonly callId: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
  readonly reason: AttemptReason;
  readonly layer: AttemptLayer;
  readonly clientRetryCount: number;
  readonly run: string;
  readonly attribution: Attribution;
  readonly inferred: readonly AttributionName[];
}

export interface PromptFacts {
  readonly fingerprint: string;
  readonly prefixHashes: readonly string[];
  readonly partTokens: PartTokens | null;
  /** Estimated input tokens. */
  readonly inputTokens: number;
}

/** What an answer told about its usage, read beside the bytes on their way. */
export interface Observation {
  /** Null when the answer carried no report. */
  readonly reading: UsageReading | null;
  /** False when `reading` is what a stream had reported before it broke off. */
  readonly final: boolean;
  readonly model: string;
  readonly requestId: string;
  /** Bytes of answer text seen, for estimates. */
  readonly contentBytes: number;
  readonly firstTokenMs: number | null;
  /** The provider reported an error inside the stream. */
  readonly failed: boolean;
  /** The answer came to its own end. */
  readonly finished: boolean;
  /** The answer could not be read as what it claims to be. */
  readonly garbled: boolean;
  /** It was ended here because no more money could be held for it. */
  readonly cut: boolean;
}

/** How the upstream request ended. */
export interface UpstreamResult {
  readonly status: number;
  /** False when nothing went out, so that nothing can be billed. */
  readonly sent: boolean;
  /** Null when the answer came whole. */
  readonly breakOff: BreakOff | null;
  readonly simulated: boolean;
  readonly requestId: string;
  /** What a header says the answer was served as; empty when none does. */
  readonly servedTier: string;
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  readonly responseBytes: number;
  readonly observation: Observation;
}

export interface BreakOff {
  readonly failure: FailureClass;
  /** What the client is told; null when it is gone. */
  readonly error: BurnrateError | null;
}

export interface Metered {
  readonly usage: Usage;
  readonly usageSource: UsageSource;
  readonly modelServed: string;
  readonly tier: string;
  readonly failure: FailureClass | null;
}

export interface Priced {
  readonly lines: readonly CostLine[];
  readonly cost: Usd | null;
  readonly priceState: PriceState;
  readonly rateCard: string;
}

/** The part of an answer's way to the client that the last stage finishes. */
export interface AnswerWay {
  /** Sends what is held back with the final headers, or ends what is already under way. */
  finish(headers: readonly string[], error: BurnrateError | null): void;
}

/** One request on its way through the pipeline; each stage fills what the next ones read. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly receivedMs: number;
  readonly route: Route;
  caller: Caller;
  body: Buffer;
  understanding: Understanding;
  prompt: PromptFacts;
  call: CallIdentity;
  /** Null when nothing bounds the call. */
  control: Control | null;
  start: AttemptStart | null;
  result: UpstreamResult | null;
  metered: Metered | null;
  priced: Priced | null;
  attempt: Attempt | null;
  answerWay: AnswerWay | null;
  /** True once a stage has answered by itself: nothing more is to be done. */
  answered: boolean;
  /** Called when the client's connection goes away before the answer is out. */
  onGone: (() => void) | null;
  /** True once the client's connection is gone. */
  gone: boolean;
}

/** One step of the pipeline. It throws a BurnrateError to refuse the request. */
export type Stage = (exchange: Exchange) => void | Promise<void>;

import type { PicosPerUnit, Usd } from '../money/index.ts';
import type { Bucket, Unit, Usage } from './usage.ts';

/** The kinds of cost a product has; a token bill is only the first. */
export const lineKinds = [
  'inference',
  'retries',
  'guardrails',
  'fallbacks',
  'repairs',
  'hedges',
  'retrieval',
  'services',
  'infrastructure',
  'capacity',
  'observability',
  'human',
  'compliance',
  'maintenance',
  'operationalDebt',
  'switching',
  // What waiting costs: users who leave, tickets they write.
  'waiting',
  // What wrong answers and wrong actions cost.
  'quality',
] as const;

export type LineKind = (typeof lineKinds)[number];

/** What model providers bill, by the token or the call; every other line is paid to somebody else or to nobody. */
export const billedLines: ReadonlySet<LineKind> = new Set([
  'inference',
  'retries',
  'guardrails',
  'fallbacks',
  'repairs',
  'hedges',
]);

/** One priced quantity: `cost` is exactly `quantity × rate`. */
export interface CostLine {
  readonly line: LineKind;
  readonly bucket: Bucket | 'minutes' | 'bytes' | 'hours' | 'fixed';
  /** A whole number of `unit`s. */
  readonly quantity: number;
  readonly unit: Unit;
  readonly rate: PicosPerUnit;
  readonly cost: Usd;
}

/** What a call is attributed to. Absent means nobody said. */
export interface Attribution {
  readonly workflow?: string;
  readonly stage?: string;
  readonly run?: string;
  readonly session?: string;
  readonly interaction?: string;
  readonly user?: string;
  readonly customer?: string;
  readonly segment?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly plan?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly promptVersion?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The names of the single-valued attribution fields, in the order they are shown. */
export const attributionNames = [
  'workflow',
  'stage',
  'run',
  'session',
  'interaction',
  'user',
  'customer',
  'segment',
  'team',
  'feature',
  'plan',
  'environment',
  'release',
  'promptVersion',
] as const satisfies readonly (keyof Attribution)[];

export type AttributionName = (typeof attributionNames)[number];

export type AttemptReason = 'first' | 'retry' | 'fallback' | 'hedge' | 'repair';
/** Who decided to send it: the client's SDK, this gateway, or the product's own logic. */
export type AttemptLayer = 'client' | 'gateway' | 'product';

/** Why an attempt did not give what was asked. */
export const failureClasses = [
  'timeout',
  'rate_limited',
  'malformed',
  'validation',
  'network',
  'upstream_error',
  'client_error',
  'client_disconnect',
  'crash',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/**
 * Where the token counts come from: `reported` by the provider; `estimated` from what was seen (an aborted stream, a
 * timeout, a crash); `none` when the provider bills nothing (an error before any work); `absent` when a success
 * carried no usage, which is a silent meter and is shown as such.
 */
export type UsageSource = 'reported' | 'estimated' | 'none' | 'absent';

export type PriceState = 'known' | 'unknown' | 'none';

/** Estimated input tokens by the part of the prompt they came from; they sum to the input the estimate saw. */
export interface PartTokens {
  readonly system: number;
  readonly history: number;
  readonly retrieval: number;
  readonly question: number;
  readonly tools: number;
}

/** One request really sent upstream, as the journal writes it and the ledger keeps it. No prompt or answer is in it. */
export interface Attempt extends Attribution {
  readonly attemptId: string;
  readonly callId: string;
  /** Position among the attempts of its call, from 1. */
  readonly attemptNumber: number;
  readonly run: string;
  readonly reason: AttemptReason;
  readonly layer: AttemptLayer;
  /** Which attribution fields were inferred rather than told. */
  readonly inferred: readonly AttributionName[];
  readonly keyId: string;
  readonly provider: string;
  /** Wire format, which decides how usage is read. */
  readonly protocol: 'openai' | 'anthropic' | 'gemini' | 'other';
  /** `chat`, `responses`, `embeddings`, `messages`, `generateContent`, …; `other` for a passed-through path. */
  readonly operation: string;
  readonly modelRequested: string;
  /** The model the provider's answer names; what is priced. */
  readonly modelServed: string;
  /** The service tier the provider served. */
  readonly tier: string;
  readonly streamed: boolean;
  /** HTTP status from upstream; 0 when none arrived. */
  readonly status: number;
  readonly failure: FailureClass | null;
  /** Retry counter the client's SDK sent; 0 when it sent none. */
  readonly clientRetryCount: number;
  /** Wall clock, ms since the Unix epoch, when the upstream request began. */
  readonly startedAtMs: number;
  /** Milliseconds from start to the first body byte, first token and end; null when that never came. */
  readonly firstByteMs: number | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
  readonly usage: Usage;
  readonly usageSource: UsageSource;
  readonly lines: readonly CostLine[];
  /** Sum of `lines`; null exactly when `priceState` is `unknown`. */
  readonly cost: Usd | null;
  readonly priceState: PriceState;
  /** Content hash of the rate card used; empty when there was none. */
  readonly rateCard: string;
  /** Keyed hash of the request, equal for equal requests. */
  readonly fingerprint: string;
  /** Keyed hashes of growing prefixes of the prompt, for cache what-ifs. */
  readonly prefixHashes: readonly string[];
  readonly partTokens: PartTokens | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The provider's own id of the answer, for reconciliation; empty when none came. */
  readonly providerRequestId: string;
  /** What controls did to it: rungs of brakes in force (`free-users@0.85`), and `endedEarly` when its budget cut it short. */
  readonly decisions: readonly string[];
  /** True when the answer came from the emulator. */
  readonly simulated: boolean;
}

/** The decision by which an answer was ended before its own end. */
export const endedEarly = 'endedEarly';

export const outcomeKinds = ['success', 'escalated', 'abandoned', 'failed'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** How a run ended. */
export interface Outcome {
  /** Chosen by the client, or made here; the same id with the same content is the same outcome. */
  readonly id: string;
  readonly run: string;
  readonly outcome: OutcomeKind;
  readonly value: Usd | null;
  readonly humanMinutes: number | null;
  readonly role: string | null;
  readonly csat: number | null;
  /** When it happened, ms since the Unix epoch. */
  readonly atMs: number;
  readonly recordedAtMs: number;
}

/** Minutes a person spent on one answer or one run; of a sample beside what the run's outcome says, else part of it. */
export interface HumanWork extends Attribution {
  /** The same id is the same work. */
  readonly id: string;
  /** What asked for it: `sample` is a check of our own, anything else (`application`, `escalation`) was sent for the run. */
  readonly kind: string;
  /** What came of it, like `approve`. */
  readonly decision: string;
  readonly callId: string | null;
  readonly keyId: string | null;
  readonly role: string | null;
  readonly minutes: number;
  /** When it was done, ms since the Unix epoch; what it costs falls into the range that holds this. */
  readonly atMs: number;
  /** True when what was looked at came from the emulator. */
  readonly simulated: boolean;
}

/** Rows on their way to the ledger. Applying a batch twice has the effect of applying it once. */
export interface ShipBatch {
  readonly journalId: string;
  /** Sequence numbers are consecutive and end here; the ledger keeps this as the journal's watermark in the same transaction as the rows. */
  readonly lastSequence: number;
  /** The batch holds every attempt above this sequence; when it is absent or below the watermark, rows already kept are looked for. */
  readonly afterSequence?: number;
  readonly attempts: readonly Attempt[];
}

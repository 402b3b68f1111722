import type { Attribution, Bucket, FailureClass, LineKind, OutcomeKind, Unit } from '../../../src/tree/index.ts';

/** The shapes of /api as its OpenAPI document gives them. Money is an exact decimal string in USD; null is unknown. */
type Money = string;

export type UserRole = 'viewer' | 'finance' | 'operator' | 'admin';

export interface Instance {
  readonly version: string;
  readonly now: string;
  readonly timeZone: string;
  readonly url: string;
  readonly simulated: boolean;
  readonly startedAt: string;
  readonly access: 'open' | 'keys';
  /** True when this browser had to sign in. */
  readonly signIn: boolean;
  /** Who looks at this page, and what they may do. */
  readonly you: { readonly name: string; readonly role: UserRole };
  readonly workflows: readonly string[];
  readonly dataPlane: {
    readonly openai: string;
    readonly anthropic: string;
    readonly gemini: string;
    readonly providers: readonly { readonly name: string; readonly kind: string; readonly url: string }[];
  };
}

export interface Pulse {
  readonly version: number;
  readonly attempts: number;
  readonly costUsd: Money;
  readonly lastAppendedAt: string | null;
  readonly at: string;
}

interface Range {
  readonly from: string;
  readonly to: string;
}

interface CostSums {
  readonly costUsd: Money;
  readonly runs: number;
  readonly interactions: number;
  readonly calls: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly unknownPriceAttempts: number;
  readonly estimatedAttempts: number;
}

/** The sums, beside one entry per dimension asked for. */
export type CostRow = CostSums & { readonly [dimension: string]: string | number | null };

export interface Costs {
  readonly range: Range;
  readonly by: readonly string[];
  readonly rows: readonly CostRow[];
  readonly totalUsd: Money;
  readonly total: CostSums;
  readonly rowsLeftOut: number;
  readonly simulated: boolean;
}

export interface LineTotal {
  readonly line: LineKind;
  readonly bucket: Bucket | 'minutes' | 'bytes' | 'hours' | 'fixed';
  readonly unit: Unit;
  readonly quantity: number;
  readonly costUsd: Money;
}

export interface CostNode {
  readonly kind: 'workflow' | 'stage' | 'call' | 'attempt';
  readonly name: string;
  readonly totalUsd: Money;
  readonly ownLines: readonly LineTotal[];
  readonly lines: readonly LineTotal[];
  readonly counts: {
    readonly runs: number;
    readonly interactions: number;
    readonly calls: number;
    readonly attempts: number;
    readonly unknownPriceAttempts: number;
    readonly estimatedAttempts: number;
  };
  readonly children: readonly CostNode[];
}

export interface Figures {
  readonly costUsd: Money;
  readonly runs: number;
  readonly interactions: number;
  readonly calls: number;
  readonly attempts: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly runsOpen: number;
  readonly valueUsd: Money;
  readonly humanMinutes: number;
  readonly costPerCallUsd: Money | null;
  readonly costPerInteractionUsd: Money | null;
  readonly costPerRunUsd: Money | null;
  readonly costPerSuccessUsd: Money | null;
  readonly callsPerInteraction: number | null;
  readonly attemptsPerCall: number | null;
  readonly unknownPriceAttempts: number;
  readonly estimatedAttempts: number;
}

export interface Workflow {
  readonly name: string;
  readonly simulated: boolean;
  readonly figures: Figures;
  readonly stages: readonly string[];
}

export interface Workflows {
  readonly range: Range;
  readonly workflows: readonly Workflow[];
}

export interface WorkflowTree {
  readonly name: string;
  readonly range: Range;
  readonly simulated: boolean;
  readonly figures: Figures;
  readonly tree: CostNode;
}

export interface CostLine extends LineTotal {
  readonly rateUsdPerMillion: Money;
}

export interface Attempt extends Attribution {
  readonly id: string;
  readonly callId: string;
  readonly number: number;
  readonly reason: 'first' | 'retry' | 'fallback' | 'hedge' | 'repair';
  readonly layer: 'client' | 'gateway' | 'product';
  readonly inferred: readonly string[];
  readonly keyId: string;
  readonly provider: string;
  readonly protocol: string;
  readonly operation: string;
  readonly modelRequested: string;
  readonly model: string;
  readonly tier: string;
  readonly streamed: boolean;
  readonly status: number;
  readonly failure: FailureClass | null;
  readonly clientRetryCount: number;
  readonly startedAt: string;
  readonly firstByteMs: number | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
  readonly usageSource: 'reported' | 'estimated' | 'none' | 'absent';
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly lines: readonly CostLine[];
  readonly costUsd: Money | null;
  readonly priceState: 'known' | 'unknown' | 'none';
  readonly rateCard: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly providerRequestId: string;
  readonly decisions: readonly string[];
  readonly simulated: boolean;
}

interface CallTotals {
  readonly costUsd: Money | null;
  readonly knownCostUsd: Money;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly unknownPriceAttempts: number;
  readonly estimatedAttempts: number;
  readonly simulated: boolean;
}

export interface Call extends CallTotals, Attribution {
  readonly id: string;
  readonly run: string;
  readonly attempts: readonly Attempt[];
}

export interface Outcome {
  readonly id: string;
  readonly run: string;
  readonly outcome: OutcomeKind;
  readonly valueUsd: Money | null;
  readonly humanMinutes: number | null;
  readonly role: string | null;
  readonly csat: number | null;
  readonly at: string;
  readonly recordedAt: string;
}

export interface Run extends CallTotals {
  readonly id: string;
  readonly workflow: string | null;
  readonly outcome: Outcome | null;
  readonly outcomes: readonly Outcome[];
  readonly calls: readonly Call[];
}

/** An attempt as lists of calls show it. */
export type AttemptInList = Pick<
  Attempt,
  | 'id'
  | 'number'
  | 'reason'
  | 'layer'
  | 'provider'
  | 'model'
  | 'modelRequested'
  | 'status'
  | 'failure'
  | 'startedAt'
  | 'firstTokenMs'
  | 'durationMs'
  | 'streamed'
  | 'inputTokens'
  | 'outputTokens'
  | 'usageSource'
  | 'costUsd'
  | 'priceState'
  | 'simulated'
>;

export interface CallInList extends CallTotals, Attribution {
  readonly id: string;
  readonly run: string;
  readonly attempts: readonly AttemptInList[];
}

export interface NewestCalls {
  readonly calls: readonly CallInList[];
  readonly next: string | null;
}

export interface RunInList extends CallTotals, Attribution {
  readonly id: string;
  readonly calls: number;
  readonly attempts: number;
  readonly outcome: OutcomeKind | null;
  readonly valueUsd: Money | null;
  readonly humanMinutes: number | null;
}

export interface NewestRuns {
  readonly runs: readonly RunInList[];
  readonly next: string | null;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface PerformanceSums {
  readonly calls: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly rateLimitedAttempts: number;
  readonly furtherAttempts: number;
  readonly streamedAttempts: number;
  readonly estimatedAttempts: number;
  readonly silentAttempts: number;
  readonly unknownPriceAttempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly costUsd: Money;
  readonly durationMs: Quantiles | null;
  readonly firstTokenMs: Quantiles | null;
}

export type PerformanceRow = PerformanceSums & { readonly [dimension: string]: string | number | Quantiles | null };

export interface Performance {
  readonly range: Range;
  readonly by: readonly string[];
  readonly rows: readonly PerformanceRow[];
  readonly total: PerformanceSums;
}

export interface RetryRow {
  readonly workflow: string | null;
  readonly stage: string | null;
  readonly reason: string;
  readonly layer: string;
  readonly cause: string | null;
  readonly calls: number;
  readonly attempts: number;
  readonly tokens: number;
  readonly costUsd: Money;
}

export interface Retries {
  readonly rows: readonly RetryRow[];
}

export interface Storage {
  readonly attempts: number;
  readonly outcomes: number;
  readonly sums: number;
  readonly bytes: number;
  readonly oldestAttemptAt: string | null;
  readonly newestAttemptAt: string | null;
  readonly keepAttemptsMs: number;
}

export interface AccessKey {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly defaults: Attribution;
  readonly allowedModels: readonly string[];
  readonly budgets: readonly string[];
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

export interface AccessKeys {
  readonly keys: readonly AccessKey[];
}

export interface CreatedKey {
  readonly key: AccessKey;
  readonly secret: string | null;
}

export interface Price {
  readonly provider: string;
  readonly model: string;
  readonly source: 'catalogue' | 'contract' | 'self-hosted';
  readonly tier: string;
  readonly aboveInputTokens: number;
  readonly from: string | null;
  readonly until: string | null;
  readonly timeOfDay: string | null;
  readonly contextWindow: number | null;
  readonly usdPerMillion: Readonly<Record<string, Money>>;
  readonly rateCard: string;
}

export interface Prices {
  readonly prices: readonly Price[];
  readonly pricesLeftOut: number;
}

export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly message: string }[];
}

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly fields?: readonly { readonly field: string; readonly message: string }[];
    readonly retryAfterMs?: number;
  };
}

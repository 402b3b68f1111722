import type { Usd } from '../money/index.ts';
import type { Attempt, AttributionName, LineTotal, OutcomeKind } from '../tree/index.ts';
import type { EconomicQuery, GroupedQuery } from './economic-questions.ts';
import type { BehaviourFilter, Dimension } from './ledger.ts';

/** After which row a page goes on: rows that are older, or as old and of a smaller id. */
export interface PageCursor {
  readonly atMs: number;
  readonly id: string;
}

export interface PageRequest {
  /** Rows at most; 500 however many are asked for. */
  readonly limit: number;
  readonly before?: PageCursor;
}

/** One call of a page, with every attempt of it, first to last. */
export interface CallOnPage {
  readonly callId: string;
  /** When the newest attempt that matched began, which is what pages are ordered by. */
  readonly atMs: number;
  readonly attempts: readonly Attempt[];
}

export interface NewestCallsQuery extends EconomicQuery {
  /** Only calls of what behaved so. */
  readonly behaved?: BehaviourFilter;
}

export interface NewestRunsQuery extends NewestCallsQuery {
  /** How the runs ended; `open` are those nobody reported on. Every run when absent. */
  readonly outcome?: OutcomeKind | 'open';
}

/** One run of a page: what it cost in all, and how it ended. */
export interface RunOnPage {
  readonly run: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** As the run's first attempt says. */
  readonly labels: Readonly<Partial<Record<AttributionName, string>>>;
  readonly calls: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the attempts whose price is known. */
  readonly cost: Usd;
  readonly unknownPriceAttempts: number;
  readonly estimatedAttempts: number;
  readonly simulated: boolean;
  /** Null while the run is open. */
  readonly outcome: OutcomeKind | null;
  readonly value: Usd | null;
  readonly humanMinutes: number | null;
}

/** Three quantiles, ms. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How upstream requests went, by group. */
export interface PerformanceRow {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly calls: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly rateLimitedAttempts: number;
  /** Sent again: every attempt but the first of its call. */
  readonly furtherAttempts: number;
  readonly streamedAttempts: number;
  readonly estimatedAttempts: number;
  /** Successes without token counts: meters that say nothing. */
  readonly silentAttempts: number;
  readonly unknownPriceAttempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly cost: Usd;
  /** First byte sent to last byte received, over all attempts; null without attempts. */
  readonly durationMs: Quantiles | null;
  /** Over the attempts that had a token; null when none had. */
  readonly firstTokenMs: Quantiles | null;
}

/** What lines were bought, by group. */
export interface LineRow extends LineTotal {
  readonly dimensions: Readonly<Record<string, string | null>>;
}

/** How large the record has become. */
export interface LedgerSize {
  readonly attempts: number;
  readonly outcomes: number;
  /** Rows of sums by hour and day, which outlive the attempts they are made from. */
  readonly sums: number;
  /** On disk, with what is not yet merged into the file. */
  readonly bytes: number;
  /** When the oldest and newest attempt still kept began; null when there is none. */
  readonly oldestAttemptMs: number | null;
  readonly newestAttemptMs: number | null;
}

/** Questions of those who run a product and look for single things. Attempts older than the retention period are gone. */
export interface OperationQuestions {
  /** Calls with an attempt that matches, newest first; filters of lines mean attempts with such a line. */
  newestCalls(query: NewestCallsQuery, page: PageRequest): Promise<readonly CallOnPage[]>;
  /** Runs that began in the range and whose first attempt (within a stage, when stages are filtered) matches, newest first. */
  newestRuns(query: NewestRunsQuery, page: PageRequest): Promise<readonly RunOnPage[]>;
  /** The largest groups first, or by their dimensions when they are told apart by time; 10,000 at most. */
  performance(query: GroupedQuery): Promise<readonly PerformanceRow[]>;
  /** Cost lines merged by group, kind, bucket and unit; from sums where they suffice. */
  lines(query: EconomicQuery & { readonly by: readonly Dimension[] }): Promise<readonly LineRow[]>;
  size(): Promise<LedgerSize>;
}

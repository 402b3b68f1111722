import type { Usd } from '../money/index.ts';
import type { Attempt, AttributionName, CostNode, Outcome, ShipBatch } from '../tree/index.ts';
import type { EconomicQuestions } from './economic-questions.ts';
import type { OperationQuestions } from './operation-questions.ts';
import type { PeopleQuestions } from './people-questions.ts';

/** Half-open: from ≤ startedAt < to, ms since the Unix epoch. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export type Dimension =
  | AttributionName
  | 'provider'
  | 'model'
  | 'modelRequested'
  | 'tier'
  | 'protocol'
  | 'operation'
  | 'key'
  | 'status'
  | 'failure'
  | 'cause'
  | 'reason'
  | 'layer'
  | 'streamed'
  | 'usageSource'
  | 'priceState'
  | 'simulated'
  | 'bucket'
  | 'line'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | `tag.${string}`;

/** What behaved so in a stretch of time, of what the filters of the question leave: the calls behind a figure of behaviour. */
export type BehaviourFilter = { readonly range: TimeRange } & (
  | {
      readonly of: 'cohort';
      /** Users first seen in the week (UTC) that began then. */
      readonly weekMs: number;
    }
  | {
      /** Sessions of so many interactions; interactions of so many runs. */
      readonly of: 'depth' | 'chain';
      readonly count: number;
      readonly orMore: boolean;
    }
  | {
      /** Requests sent again while the first still ran, or within `soonMs` after. */
      readonly of: 'repeat';
      readonly how: 'overlapping' | 'soonAfter' | 'either';
      readonly soonMs: number;
    }
);

export interface CostQuery {
  readonly range: TimeRange;
  readonly by: readonly Dimension[];
  /** Equality filters; several values of one dimension are alternatives. An empty string matches rows without a value. */
  readonly where: Readonly<Partial<Record<Dimension, readonly string[]>>>;
  /** Only attempts of what behaved so. */
  readonly behaved?: BehaviourFilter;
  /** Dearest first (the default), or by the dimensions' values. */
  readonly orderBy?: 'cost' | 'dimensions';
  /** Most rows answered; 1,000 when absent. */
  readonly limit?: number;
  /**
   * What `total` counts where lines are told apart: each attempt once, or with every row it is in, as the rows do. Its cost
   * is the same, and the second is quicker. Attempts once when absent.
   */
  readonly total?: 'attempts' | 'rows';
  /** IANA name; days, weeks (from Monday) and months follow it, UTC when absent. Minutes and hours are always UTC instants. */
  readonly timeZone?: string;
}

export interface CostRow {
  /** One value per dimension asked for; null where the row has none. */
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly cost: Usd;
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

export interface CostAnswer {
  readonly rows: readonly CostRow[];
  /** Sums over everything that matched, also over rows cut off by `limit`. */
  readonly total: CostRow;
  /** How many rows `limit` cut off. */
  readonly rowsLeftOut: number;
}

/** Figures of a workflow over a range, beside its tree. */
export interface WorkflowFacts {
  readonly tree: CostNode;
  /** Runs whose first attempt is in the range: those with an outcome and the open ones. The tree counts runs with any attempt in it. */
  readonly runs: number;
  readonly interactions: number;
  readonly calls: number;
  readonly attempts: number;
  readonly outcomes: Readonly<Record<'success' | 'escalated' | 'abandoned' | 'failed', number>>;
  /** Runs of the range without an outcome yet. */
  readonly runsOpen: number;
  readonly value: Usd;
  readonly humanMinutes: number;
}

export interface RunFacts {
  readonly run: string;
  readonly attempts: readonly Attempt[];
  readonly outcomes: readonly Outcome[];
}

export type OutcomeResult =
  | { readonly ok: true; readonly outcome: Outcome; readonly repeated: boolean; readonly runKnown: boolean }
  | { readonly ok: false; readonly reason: 'outcome_conflict'; readonly recorded: Outcome };

/** Which stage's calls to show: the newest `limit` of them, older than `beforeCallId` when that is given. */
export interface StageDetail {
  readonly stage: string;
  readonly limit: number;
  readonly beforeCallId?: string;
}

/** What happened lately, for live views. */
export interface LedgerPulse {
  readonly attempts: number;
  readonly cost: Usd;
  readonly lastAppendedAtMs: number | null;
  readonly version: number;
}

/** How long single attempts are kept; whole UTC days. */
export interface RetentionPeriods {
  /** Attempts that began earlier are deleted; their sums by hour and day stay. */
  readonly keepAttemptsMs: number;
  /** Attempts of this share of runs, from 0 to 1, stay until they are `keepMs` old. */
  readonly sampled?: { readonly keepMs: number; readonly share: number };
}

export interface RetentionRule extends RetentionPeriods {
  /** Workflows with periods of their own, by name. */
  readonly workflows?: Readonly<Record<string, RetentionPeriods>>;
  /** Sums older than this are deleted; kept for ever when absent. */
  readonly keepAggregatesMs?: number;
}

/** The analytical record every question is asked of. One owner process per file; every engine passes `ledger.contract.ts`. */
export interface Ledger extends EconomicQuestions, OperationQuestions, PeopleQuestions {
  /** Appends rows and the journal's watermark in one transaction; entries at or below the watermark are skipped. @returns the watermark */
  append(batch: ShipBatch): Promise<number>;
  watermark(journalId: string): Promise<number>;
  /** Idempotent by id. Of several outcomes of one run the latest by `atMs` counts. */
  recordOutcome(outcome: Outcome): Promise<OutcomeResult>;
  costs(query: CostQuery): Promise<CostAnswer>;
  /** Several groupings of one question, read together where that is quicker; an answer for each. */
  costsBy(query: Omit<CostQuery, 'by'>, groupings: readonly (readonly Dimension[])[]): Promise<readonly CostAnswer[]>;
  /** Calls that name no workflow or stage are under the name `''`. Workflow and stage nodes, with calls and attempts below a stage when `stage` is given (newest first, `limit` calls). */
  workflow(name: string, range: TimeRange, detail?: StageDetail): Promise<WorkflowFacts | null>;
  workflows(range: TimeRange): Promise<readonly WorkflowFacts[]>;
  call(callId: string): Promise<readonly Attempt[]>;
  run(runId: string): Promise<RunFacts | null>;
  pulse(): Promise<LedgerPulse>;
  applyRetention(rule: RetentionRule, nowMs: number): Promise<{ readonly attemptsDeleted: number }>;
  close(): Promise<void>;
}

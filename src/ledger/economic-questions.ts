import type { Usd } from '../money/index.ts';
import type { Attempt, AttemptLayer, AttemptReason, FailureClass, OutcomeKind, PartTokens } from '../tree/index.ts';
import type { CostQuery, Dimension, TimeRange } from './ledger.ts';

/** Which attempts are meant; filters as in a cost query, without those of lines. */
export interface EconomicQuery {
  readonly range: TimeRange;
  readonly where: CostQuery['where'];
  /** IANA name; calendar dimensions follow it, UTC when absent. */
  readonly timeZone?: string;
}

export interface GroupedQuery extends EconomicQuery {
  /** Dimensions of attempts; not `line` or `bucket`. */
  readonly by: readonly Dimension[];
}

/** What flowed, by group. Calls, runs, interactions and sessions count where their first attempt does. */
export interface TrafficRow {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly sessions: number;
  readonly interactions: number;
  readonly runs: number;
  readonly calls: number;
  readonly attempts: number;
  /** Calls with an attempt that did not fail. */
  readonly completedCalls: number;
  /** Calls with at least one attempt of that reason. */
  readonly retriedCalls: number;
  readonly fallbackCalls: number;
  readonly failedAttempts: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: Usd;
  /** Estimated input tokens by part, over `attemptsWithParts`. */
  readonly parts: PartTokens;
  readonly attemptsWithParts: number;
}

/** How many users there were, by group; a user counts in every group seen in. */
export interface UsersRow {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly users: number;
}

/** Users first seen in one week of the range, and what they did in one week from then on. Weeks begin on Monday. */
export interface CohortRow {
  readonly firstWeek: string;
  readonly week: string;
  readonly users: number;
  readonly cost: Usd;
}

/** How often something came in something larger, over a sample. */
export interface Repetitions {
  /** How many of the larger held so many of the smaller. */
  readonly bars: readonly { readonly value: number; readonly count: number }[];
  /** Share of all sessions, or interactions, that was looked at; 1 when all were. */
  readonly share: number;
}

/** The same request sent again by the same user. */
export interface RepeatedCalls {
  /** Sent while the first was still being answered: a second tab, or a button pressed again. */
  readonly overlapping: number;
  /** Sent soon after the first had ended: asked again. */
  readonly soonAfter: number;
  /** What these calls cost. */
  readonly cost: Usd;
  /** The newest of the range; fewer than there are where there are very many. */
  readonly callsLookedAt: number;
}

/** Runs that began in the range, by dimensions of their first attempt, their latest outcome and its role. */
export interface EndingRow {
  readonly dimensions: Readonly<Record<string, string | null>>;
  /** Null while the run is open. */
  readonly outcome: OutcomeKind | null;
  readonly role: string | null;
  readonly runs: number;
  readonly value: Usd;
  readonly humanMinutes: number;
  readonly ratings: number;
  /** Sum of the ratings. */
  readonly csat: number;
}

/** Further attempts of calls, by what made them necessary. */
export interface RetryRow {
  readonly workflow: string | null;
  readonly stage: string | null;
  readonly reason: AttemptReason;
  readonly layer: AttemptLayer;
  /** Failure of the attempt before; null when that had none (a hedge, a repair) or is not known. */
  readonly cause: FailureClass | null;
  readonly calls: number;
  readonly attempts: number;
  readonly tokens: number;
  readonly cost: Usd;
}

/** One run with what it cost and how it ended. */
export interface RunRow {
  readonly run: string;
  readonly startedAtMs: number;
  readonly workflow: string | null;
  readonly release: string | null;
  readonly promptVersion: string | null;
  readonly segment: string | null;
  readonly user: string | null;
  readonly calls: number;
  readonly attempts: number;
  readonly cost: Usd;
  readonly durationMs: number;
  readonly outcome: OutcomeKind | null;
  readonly humanMinutes: number;
}

export interface RunSample {
  /** About as many as the limit and at most so many, chosen by a hash of the run: the same runs whenever asked. */
  readonly rows: readonly RunRow[];
  /** How many runs there are. */
  readonly runs: number;
}

/** How long runs of one workflow took, in no order. */
export interface RunDurations {
  readonly workflow: string | null;
  readonly durationsMs: readonly number[];
}

/** Attempts after this one, in the order they began. */
export interface AttemptCursor {
  readonly startedAtMs: number;
  readonly attemptId: string;
}

/** Questions only the economics of a product asks. */
export interface EconomicQuestions {
  traffic(query: GroupedQuery): Promise<readonly TrafficRow[]>;
  /** For each way of grouping its rows. */
  users(query: EconomicQuery, groupings: readonly (readonly Dimension[])[]): Promise<readonly (readonly UsersRow[])[]>;
  cohorts(query: EconomicQuery): Promise<readonly CohortRow[]>;
  /** Interactions of a session, or runs of an interaction. */
  repetitions(query: EconomicQuery, of: 'session' | 'interaction'): Promise<Repetitions>;
  /** First attempts with an equal fingerprint of the same key and user that began before, or within `soonMs` after, the end of an earlier one. */
  repeats(query: EconomicQuery, soonMs: number): Promise<RepeatedCalls>;
  /** For each way of grouping its rows. */
  endings(
    query: EconomicQuery,
    groupings: readonly (readonly Dimension[])[],
  ): Promise<readonly (readonly EndingRow[])[]>;
  retries(query: EconomicQuery): Promise<readonly RetryRow[]>;
  runs(query: EconomicQuery, limit: number): Promise<RunSample>;
  /** Of the same runs as `runs` takes, by workflow. */
  durations(query: EconomicQuery, limit: number): Promise<readonly RunDurations[]>;
  /** A page of single attempts, oldest first, at most `limit`. */
  history(query: EconomicQuery, limit: number, after?: AttemptCursor): Promise<readonly Attempt[]>;
}

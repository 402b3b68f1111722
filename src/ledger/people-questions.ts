import type { Attempt, Attribution, HumanWork } from '../tree/index.ts';
import type { EconomicQuery, GroupedQuery } from './economic-questions.ts';

/** Minutes people spent in the range, by dimensions of what they looked at. */
export interface WorkRow {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly role: string | null;
  readonly kind: string;
  readonly decision: string;
  readonly items: number;
  readonly minutes: number;
}

/** A call that was answered, with what it is attributed to. */
export interface AnsweredCall extends Attribution {
  readonly callId: string;
  readonly startedAtMs: number;
}

/** What a client told of something it used elsewhere. */
export interface ToldUsage {
  /** The client's own id, made unique among clients; the same id is the same use. */
  readonly id: string;
  /** Hash of what was told. */
  readonly content: string;
  readonly attempt: Attempt;
}

export type ToldUsageResult =
  | { readonly ok: true; readonly recorded: number; readonly repeated: number }
  /** Ids that were told before with other content; nothing of the batch was recorded. */
  | { readonly ok: false; readonly conflicts: readonly string[] };

/** People's work and what clients tell of use elsewhere. */
export interface PeopleQuestions {
  /** Idempotent by id; what was recorded first stays. @returns whether it was there before */
  recordWork(work: HumanWork): Promise<{ readonly repeated: boolean }>;
  /**
   * By attribution, key, whether it is simulated, and calendar dimensions.
   * @throws BurnrateError bad_request for other dimensions
   */
  work(query: GroupedQuery): Promise<readonly WorkRow[]>;
  /**
   * A share of the calls that were answered in the range, chosen by a hash of the call's id, so that asking again gives
   * the same; oldest first, at most `limit`.
   */
  answeredCalls(query: EconomicQuery, share: number, limit: number): Promise<readonly AnsweredCall[]>;
  /** All or nothing, idempotent by id. The attempt's id must follow from the id. */
  recordUsage(told: readonly ToldUsage[]): Promise<ToldUsageResult>;
}

/** Dimensions human work has. */
export const workDimensions: ReadonlySet<string> = new Set([
  ...['workflow', 'stage', 'run', 'session', 'interaction', 'user', 'customer', 'segment', 'team', 'feature', 'plan'],
  ...['environment', 'release', 'promptVersion', 'key', 'simulated', 'minute', 'hour', 'day', 'week', 'month'],
]);

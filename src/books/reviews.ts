import type { Attribution } from '../tree/index.ts';

/** Why a person should look: the product asked, chance picked the call, or a person has to finish the run. */
export const reviewKinds = ['application', 'sample', 'escalation'] as const;
export type ReviewKind = (typeof reviewKinds)[number];

export const reviewDecisions = ['approve', 'correct', 'reject'] as const;
export type ReviewDecision = (typeof reviewDecisions)[number];

export const reviewStates = ['waiting', 'started', 'decided'] as const;
export type ReviewState = (typeof reviewStates)[number];

/** What is to be looked at. Neither prompt nor answer is in it: `link` leads to where the product shows them. */
export interface NewReview {
  readonly id: string;
  readonly kind: ReviewKind;
  readonly callId: string | null;
  readonly run: string | null;
  /** Role of burnrate.yaml whose rate its minutes cost; null leaves it to the workflow. */
  readonly role: string | null;
  /** What its cost is attributed to, as far as whoever sent it said. */
  readonly labels: Omit<Attribution, 'run'>;
  /** Where it is shown; of the labels or of the call, when that was known. */
  readonly workflow: string | null;
  readonly stage: string | null;
  readonly reason: string | null;
  readonly link: string | null;
}

export interface ReviewRecord extends NewReview {
  readonly state: ReviewState;
  readonly createdAtMs: number;
  /** Who works on it or decided it; null while it waits. */
  readonly reviewer: string | null;
  /** When the reviewer took it; null while it waits. */
  readonly startedAtMs: number | null;
  /** Time of those who gave it back. */
  readonly spentMs: number;
  readonly decidedAtMs: number | null;
  readonly decision: ReviewDecision | null;
  /** Human minutes it took; null until it is decided. */
  readonly minutes: number | null;
  /** False when the minutes were measured from start to decision. */
  readonly minutesStated: boolean;
  readonly note: string | null;
  /** Who was signed in when it was decided, and as what. */
  readonly decidedBy: string | null;
  readonly decidedAs: string | null;
}

export interface ReviewVerdict {
  readonly reviewer: string;
  readonly decision: ReviewDecision;
  /** Null takes the time measured since it was started. */
  readonly minutes: number | null;
  readonly note: string | null;
  /** The role the caller is signed in with. */
  readonly as: string;
}

export interface ReviewQuery {
  readonly state?: ReviewState;
  readonly kind?: ReviewKind;
  readonly workflow?: string;
  readonly stage?: string;
  readonly limit: number;
  /** The page that follows this review. */
  readonly afterId?: string;
}

export interface ReviewCounts {
  readonly waiting: number;
  readonly started: number;
  readonly oldestWaitingAtMs: number | null;
}

export type AddReviewResult =
  | { readonly ok: true; readonly review: ReviewRecord; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'conflict' | 'full' };

export type ReviewChange =
  | { readonly ok: true; readonly review: ReviewRecord; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'not_found' }
  | { readonly ok: false; readonly reason: 'taken' | 'decided' | 'not_started'; readonly review: ReviewRecord };

/** The queue of what people should look at. Everything is repeatable and leaves an audit entry. */
export interface ReviewBooks {
  /** Idempotent by id; in the order given. Of what finds the queue full nothing is kept. */
  add(reviews: readonly NewReview[], actor: string): Promise<readonly AddReviewResult[]>;
  get(id: string): Promise<ReviewRecord | null>;
  /** Those that wait oldest first, others newest first. */
  list(query: ReviewQuery): Promise<readonly ReviewRecord[]>;
  counts(): Promise<ReviewCounts>;
  /** Takes it; from another reviewer only when that one has had it for too long. */
  start(id: string, reviewer: string, actor: string): Promise<ReviewChange>;
  /** Gives it back; the time spent so far counts. */
  release(id: string, reviewer: string, actor: string): Promise<ReviewChange>;
  decide(id: string, verdict: ReviewVerdict, actor: string): Promise<ReviewChange>;
  /** Decided and not yet said to be in the ledger, oldest first. */
  unrecorded(limit: number): Promise<readonly ReviewRecord[]>;
  markRecorded(ids: readonly string[]): Promise<void>;
  /** Drops samples nobody took since before `sampledBeforeMs`, and what was recorded and decided before `decidedBeforeMs`. @returns how many */
  prune(sampledBeforeMs: number, decidedBeforeMs: number): Promise<number>;
}

/** Named limits of the queue. */
export const reviewLimits = {
  /** Undecided reviews kept; more are refused. */
  openMax: 2_000,
  /** A reviewer who says nothing for this long may be relieved, and no more than this is measured at a stretch. */
  stretchMsMax: 2 * 3_600_000,
  minutesMax: 480,
} as const;

/** Time people spent on it so far, ms: each stretch bounded, since nobody works on one answer for a night. */
export function spentUntil(review: Pick<ReviewRecord, 'spentMs' | 'startedAtMs'>, nowMs: number): number {
  const stretch = review.startedAtMs === null ? 0 : Math.max(0, nowMs - review.startedAtMs);
  return review.spentMs + Math.min(stretch, reviewLimits.stretchMsMax);
}

/** Whether somebody else has it and may keep it. */
export function isTaken(review: ReviewRecord, reviewer: string, nowMs: number): boolean {
  return (
    review.state === 'started' &&
    review.reviewer !== reviewer &&
    nowMs - (review.startedAtMs ?? 0) < reviewLimits.stretchMsMax
  );
}

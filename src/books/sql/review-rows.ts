import type { NewReview, ReviewRecord } from '../reviews.ts';
import type { ReviewRow } from './schema.ts';

export function newRow(review: NewReview, createdAtMs: number): ReviewRow {
  return {
    ...{ id: review.id, kind: review.kind, state: 'waiting', call_id: review.callId, run: review.run },
    ...{ workflow: review.workflow, stage: review.stage, role: review.role },
    ...{ labels: JSON.stringify(review.labels), reason: review.reason, link: review.link, created_at_ms: createdAtMs },
    ...{ reviewer: null, started_at_ms: null, spent_ms: 0, decided_at_ms: null, decision: null, minutes: null },
    ...{ minutes_stated: 0, note: null, decided_by: null, decided_as: null, in_ledger: 0 },
  };
}

export function toReview(row: ReviewRow): ReviewRecord {
  const number = (value: number | null) => (value === null ? null : Number(value));
  return {
    ...{ id: row.id, callId: row.call_id, run: row.run, role: row.role, labels: JSON.parse(row.labels) },
    ...{ workflow: row.workflow, stage: row.stage },
    kind: row.kind as ReviewRecord['kind'],
    state: row.state as ReviewRecord['state'],
    ...{ reason: row.reason, link: row.link, createdAtMs: Number(row.created_at_ms), reviewer: row.reviewer },
    ...{ startedAtMs: number(row.started_at_ms), spentMs: Number(row.spent_ms) },
    ...{ decidedAtMs: number(row.decided_at_ms), decision: row.decision as ReviewRecord['decision'] },
    ...{ minutes: number(row.minutes), minutesStated: Number(row.minutes_stated) === 1, note: row.note },
    ...{ decidedBy: row.decided_by, decidedAs: row.decided_as },
  };
}

/** What makes two reviews under one id the same. */
export function contentOf({ kind, callId, run, role, labels, reason, link }: NewReview): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, callId, run, role, sorted, reason, link]);
}

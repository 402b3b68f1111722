import type { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import { type ReviewChange, type ReviewRecord, spentUntil } from '../books/index.ts';
import { timeJson } from './range.ts';
import type { reviewSchema } from './schemas-reviews.ts';

const minuteMs = 60_000;
const maybeTime = (ms: number | null) => (ms === null ? null : timeJson(ms));

export function reviewJson(review: ReviewRecord, nowMs: number): z.infer<typeof reviewSchema> {
  const { id, kind, state, run, workflow, stage, role, labels, reason, link, reviewer } = review;
  const { decision, minutes, minutesStated, note, decidedBy, decidedAs } = review;
  const untilMs = review.decidedAtMs === null ? spentUntil(review, nowMs) : review.spentMs;
  return {
    ...{ id, kind, state, call: review.callId, run, workflow, stage, role, labels: { ...labels }, reason, link },
    ...{ createdAt: timeJson(review.createdAtMs), reviewer, startedAt: maybeTime(review.startedAtMs) },
    ...{ minutesSoFar: untilMs / minuteMs, decidedAt: maybeTime(review.decidedAtMs) },
    ...{ decision, minutes, minutesStated, note, decidedBy, decidedAs },
  };
}

/** @throws BurnrateError not_found, review_taken, review_decided, review_not_started */
export function changed(result: ReviewChange, id: string): ReviewRecord {
  if (result.ok) return result.review;
  switch (result.reason) {
    case 'not_found':
      throw new BurnrateError('not_found', { message: `There is no review "${id}".` });
    case 'taken': {
      const reviewer = result.review.reviewer ?? '';
      throw new BurnrateError('review_taken', { message: `"${reviewer}" works on "${id}".`, facts: { id, reviewer } });
    }
    case 'decided': {
      const decision = result.review.decision ?? '';
      const message = `"${id}" was decided before: ${decision}.`;
      throw new BurnrateError('review_decided', { message, facts: { id, decision } });
    }
    case 'not_started':
      throw new BurnrateError('review_not_started', { message: `Nobody started "${id}".`, facts: { id } });
  }
}

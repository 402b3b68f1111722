import type { ReviewBooks, ReviewRecord } from '../books/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Attempt, attributionNames, type HumanWork } from '../tree/index.ts';

/** Reviews written to the ledger in one go; the rest follow. */
const reviewsAtOnceMax = 100;

export interface ReviewSinks {
  readonly reviews: Pick<ReviewBooks, 'unrecorded' | 'markRecorded'>;
  readonly ledger: Pick<Ledger, 'recordWork' | 'call' | 'run'>;
}

/**
 * Writes the minutes of decided reviews to the ledger, where they become cost. The ledger knows each by its id, so that
 * doing it again after a crash in between adds nothing. @returns how many were written
 */
export async function recordReviews({ reviews, ledger }: ReviewSinks): Promise<number> {
  const decided = await reviews.unrecorded(reviewsAtOnceMax);
  for (const review of decided) await ledger.recordWork(await workOf(review, ledger));
  await reviews.markRecorded(decided.map(({ id }) => id));
  return decided.length;
}

/** What was said of it rules; what was not said is as the call is, or as its run began. */
async function workOf(review: ReviewRecord, ledger: ReviewSinks['ledger']): Promise<HumanWork> {
  const seen = await seenOf(review, ledger);
  const labels = Object.fromEntries(
    attributionNames.flatMap((name) => {
      const value = name === 'run' ? (review.run ?? seen?.run) : (review.labels[name] ?? seen?.[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const tags = review.labels.tags ?? seen?.tags;
  return {
    ...labels,
    ...(tags ? { tags } : {}),
    ...{ id: review.id, kind: review.kind, callId: review.callId, keyId: seen?.keyId ?? null, role: review.role },
    ...{ decision: review.decision ?? '', minutes: review.minutes ?? 0, atMs: review.decidedAtMs ?? 0 },
    simulated: seen?.simulated ?? false,
  };
}

async function seenOf({ callId, run }: ReviewRecord, ledger: ReviewSinks['ledger']): Promise<Attempt | undefined> {
  const [ofCall] = callId === null ? [] : await ledger.call(callId);
  if (ofCall || run === null) return ofCall;
  const attempts = (await ledger.run(run))?.attempts ?? [];
  return attempts.toSorted((a, b) => a.startedAtMs - b.startedAtMs)[0];
}

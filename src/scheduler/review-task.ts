import type { NewReview, ReviewBooks } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import { meanOfQuantity } from '../forecast/index.ts';
import type { AnsweredCall, Ledger } from '../ledger/index.ts';
import { recordReviews } from './record-reviews.ts';
import type { SchedulerLog, Task } from './run-tasks.ts';

const everyMs = 60_000;
/** Calls are written when they end; one that took longer than this may be missed by chance's choice. */
const overlapMs = 15 * 60_000;
/** How far back the first look after a start goes. */
const firstLookMs = 24 * 3_600_000;
const callsAtOnceMax = 500;
/** A sample nobody took for this long says little about today. */
const samplesKeptMs = 30 * 86_400_000;

export interface ReviewTaskOptions {
  readonly config: Pick<Config, 'workflows' | 'retention'>;
  readonly ledger: Pick<Ledger, 'answeredCalls' | 'recordWork' | 'call' | 'run'>;
  readonly reviews: ReviewBooks;
  readonly log: SchedulerLog;
}

interface SampledStage {
  readonly workflow: string;
  readonly stage: string;
  readonly role: string;
  readonly share: number;
}

/** Brings the stated share of each stage's answers to people, and what people decided to the ledger. */
export function reviewTask(options: ReviewTaskOptions): Task {
  const { config, reviews, ledger } = options;
  const stages = sampledStages(config);
  const seenUntilMs = new Map<SampledStage, number>();
  return {
    name: 'reviews',
    everyMs,
    async run(nowMs, signal) {
      for (const stage of stages) {
        if (signal.aborted) return;
        const fromMs = seenUntilMs.get(stage) ?? nowMs - firstLookMs;
        seenUntilMs.set(stage, await sample(stage, { fromMs, toMs: nowMs }, options));
      }
      await recordReviews({ reviews, ledger });
      await reviews.prune(nowMs - samplesKeptMs, nowMs - config.retention.attempts.ms);
    },
  };
}

/** Stages whose answers are reviewed by chance, with the mean of their share. */
function sampledStages({ workflows }: Pick<Config, 'workflows'>): SampledStage[] {
  return Object.entries(workflows).flatMap(([workflow, { stages }]) =>
    Object.entries(stages).flatMap(([stage, { review }]) => {
      const share = review ? (meanOfQuantity(review.share) ?? 0) : 0;
      return review && share > 0 ? [{ workflow, stage, role: review.role, share }] : [];
    }),
  );
}

/** @returns from when the next look has to go on */
async function sample(
  stage: SampledStage,
  range: { readonly fromMs: number; readonly toMs: number },
  { ledger, reviews, log }: ReviewTaskOptions,
): Promise<number> {
  const where = { workflow: [stage.workflow], stage: [stage.stage] };
  const calls = await ledger.answeredCalls({ range, where }, stage.share, callsAtOnceMax);
  const results = await reviews.add(
    calls.map((call) => sampleOf(call, stage)),
    'scheduler',
  );
  const refused = results.filter((result) => !result.ok && result.reason === 'full').length;
  if (refused > 0) log('warn', 'review_queue_full', { workflow: stage.workflow, stage: stage.stage, refused });
  const last = calls.at(-1);
  return last && calls.length === callsAtOnceMax ? last.startedAtMs : range.toMs - overlapMs;
}

function sampleOf(
  { callId, run, startedAtMs: _, ...labels }: AnsweredCall,
  { workflow, stage, role }: SampledStage,
): NewReview {
  return {
    ...{ id: `sample_${callId}`, kind: 'sample', callId, run: run ?? null, role, labels, workflow, stage },
    ...{ reason: null, link: null },
  };
}

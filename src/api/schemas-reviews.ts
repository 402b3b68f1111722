import { z } from '@hono/zod-openapi';
import { reviewDecisions, reviewKinds, reviewLimits, reviewStates } from '../books/index.ts';
import { countSchema, maybeMoneySchema, maybeTimeSchema, rangeSchema, timeSchema } from './schemas.ts';
import { labelsSchema, nameSchema } from './schemas-labels.ts';

const noteLengthMax = 2_000;
const linkLengthMax = 2_000;

const maybeName = z.string().nullable();

export const reviewSchema = z
  .object({
    id: z.string(),
    kind: z.enum(reviewKinds).openapi({
      description: 'The product sent it, chance picked it (`review.share` of its stage), or a person finishes the run.',
    }),
    state: z.enum(reviewStates),
    call: maybeName,
    run: maybeName,
    workflow: maybeName,
    stage: maybeName,
    role: maybeName.openapi({ description: 'Role of burnrate.yaml whose rate its minutes cost.' }),
    labels: z.record(z.string(), z.unknown()),
    reason: z.string().nullable(),
    link: z.string().nullable().openapi({ description: 'Where the product shows what is to be looked at.' }),
    createdAt: timeSchema,
    reviewer: maybeName.openapi({ description: 'Who works on it, or decided it.' }),
    startedAt: maybeTimeSchema,
    minutesSoFar: z.number().openapi({ description: 'Measured; each stretch counts two hours at most.' }),
    decidedAt: maybeTimeSchema,
    decision: z.enum(reviewDecisions).nullable(),
    minutes: z.number().nullable(),
    minutesStated: z.boolean().openapi({ description: 'False when they were measured.' }),
    note: z.string().nullable(),
    decidedBy: maybeName.openapi({ description: 'Who was signed in.' }),
    decidedAs: maybeName.openapi({ description: 'The role they were signed in with.' }),
  })
  .openapi('Review');

export const reviewsSchema = z
  .object({
    reviews: z.array(reviewSchema),
    queue: z.object({ waiting: countSchema, started: countSchema, oldestWaitingAt: maybeTimeSchema }),
  })
  .openapi('Reviews');

export const reviewRequestSchema = z
  .strictObject({
    id: nameSchema.optional().openapi({ description: 'Repeating an id with equal content changes nothing.' }),
    kind: z.enum(['application', 'escalation']).default('application'),
    call: nameSchema.optional().openapi({ description: 'The call whose answer is meant; `burnrate-call-id`.' }),
    run: nameSchema.optional(),
    role: nameSchema
      .optional()
      .openapi({ description: 'Role of burnrate.yaml; else the one the stage or workflow names.' }),
    reason: z.string().min(1).max(noteLengthMax).optional(),
    link: z
      .url({ protocol: /^https?$/ })
      .max(linkLengthMax)
      .optional()
      .openapi({ description: 'Where your product shows it; neither prompt nor answer is stored here.' }),
    labels: labelsSchema.optional().openapi({ description: 'What its cost is attributed to; else as the call is.' }),
  })
  .openapi('ReviewRequest');

export const addedReviewSchema = z.object({ review: reviewSchema, repeated: z.boolean() }).openapi('AddedReview');

export const reviewerSchema = z
  .strictObject({
    reviewer: nameSchema.optional().openapi({ description: 'Whose time it is; who is signed in when absent.' }),
  })
  .openapi('Reviewer');

export const verdictSchema = z
  .strictObject({
    decision: z.enum(reviewDecisions),
    minutes: z
      .number()
      .nonnegative()
      .max(reviewLimits.minutesMax)
      .optional()
      .openapi({ description: 'How long it took; measured since it was started when absent.' }),
    note: z.string().min(1).max(noteLengthMax).optional(),
    reviewer: nameSchema.optional(),
  })
  .openapi('ReviewVerdict');

export const reviewSummarySchema = z
  .object({
    range: rangeSchema,
    items: countSchema,
    minutes: z.number(),
    costUsd: maybeMoneySchema.openapi({
      description: 'At the rates of burnrate.yaml, as in the full cost; null without a rate.',
    }),
    rows: z.array(
      z.object({
        workflow: z.string().nullable(),
        stage: z.string().nullable(),
        role: z.string().nullable(),
        kind: z.enum(reviewKinds),
        decision: z.enum(reviewDecisions),
        items: countSchema,
        minutes: z.number(),
      }),
    ),
  })
  .openapi('ReviewSummary');

import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import { type NewReview, reviewDecisions, reviewKinds, reviewStates } from '../books/index.ts';
import { readCostStack } from '../economics/index.ts';
import { sumUsd, toDecimal } from '../money/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { rangeJson, rangeQuery, readRange, timeJson } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import { reviewChanges } from './review-changes.ts';
import { reviewJson } from './review-json.ts';
import { statedLabels } from './schemas-labels.ts';
import {
  addedReviewSchema,
  reviewRequestSchema,
  reviewSchema,
  reviewSummarySchema,
  reviewsSchema,
} from './schemas-reviews.ts';

const tag = 'Reviews';

export const reviewsEndpoints: Endpoints = (api, ports) => {
  listReviews(api, ports);
  addReview(api, ports);
  summariseReviews(api, ports);
  getReview(api, ports);
  reviewChanges(api, ports);
};

const listReviews: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/reviews', tag, answer: reviewsSchema },
      summary: 'The queue of answers people should look at: those that wait oldest first, others newest first',
      request: {
        query: z.strictObject({
          state: z.enum(reviewStates).optional(),
          kind: z.enum(reviewKinds).optional(),
          workflow: z.string().max(256).optional(),
          stage: z.string().max(256).optional(),
          limit: z.coerce.number().int().min(1).max(apiLimits.reviewsMax).optional(),
          after: z.string().max(512).optional().openapi({ description: 'The page that follows this id.' }),
        }),
      },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { limit, after, state, kind, workflow, stage } = context.req.valid('query');
    const nowMs = ports.clock.nowMs();
    const [reviews, { waiting, started, oldestWaitingAtMs }] = await Promise.all([
      ports.books.reviews.list({
        limit: limit ?? apiLimits.reviewsDefault,
        ...(state === undefined ? {} : { state }),
        ...(kind === undefined ? {} : { kind }),
        ...(workflow === undefined ? {} : { workflow }),
        ...(stage === undefined ? {} : { stage }),
        ...(after === undefined ? {} : { afterId: after }),
      }),
      ports.books.reviews.counts(),
    ]);
    const oldestWaitingAt = oldestWaitingAtMs === null ? null : timeJson(oldestWaitingAtMs);
    const queue = { waiting, started, oldestWaitingAt };
    return context.json({ reviews: reviews.map((review) => reviewJson(review, nowMs)), queue }, 200);
  });
};

const getReview: Endpoints = (api, ports) => {
  const request = { params: z.object({ id: z.string().min(1).max(512) }) };
  const config = { method: 'get', path: '/api/reviews/{id}', tag, answer: reviewSchema, request } as const;
  const route = endpoint('viewer', { ...config, summary: 'One review' }, ports);
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const review = await ports.books.reviews.get(id);
    if (!review) throw new BurnrateError('not_found', { message: `There is no review "${id}".` });
    return context.json(reviewJson(review, ports.clock.nowMs()), 200);
  });
};

const addReview: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/reviews', tag, answer: addedReviewSchema },
      summary: 'Sends an answer, or a run a person has to finish, to the queue',
      description:
        'Name the call, the run or at least the workflow. Its minutes are taken off those the outcome of its run tells, ' +
        'so that none counts twice.',
      request: { body: { required: true, content: { 'application/json': { schema: reviewRequestSchema } } } },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const review = await readReview(context.req.valid('json'), ports);
    const [result] = await ports.books.reviews.add([review], context.get('principal').actor);
    if (!result?.ok) throw refused(review.id, result?.reason ?? 'full');
    return context.json({ review: reviewJson(result.review, ports.clock.nowMs()), repeated: result.repeated }, 200);
  });
};

function refused(id: string, reason: 'conflict' | 'full'): BurnrateError {
  if (reason === 'full') {
    return new BurnrateError('review_queue_full', { message: 'The queue of reviews is full.', retryAfterMs: 60_000 });
  }
  const message = `The review "${id}" was sent before with other content.`;
  return new BurnrateError('already_exists', { message, facts: { id } });
}

async function readReview(request: z.infer<typeof reviewRequestSchema>, ports: ApiPorts): Promise<NewReview> {
  const labels = statedLabels(request.labels);
  if (request.call === undefined && request.run === undefined && labels.workflow === undefined) {
    throw new FieldsRefused([{ field: 'call', message: 'name the call, the run or the workflow' }]);
  }
  const [seen] = request.call === undefined ? [] : await ports.ledger.call(request.call);
  const workflow = labels.workflow ?? seen?.workflow ?? null;
  const stage = labels.stage ?? seen?.stage ?? null;
  return {
    ...{ id: request.id ?? ports.ids.next('rev'), kind: request.kind, labels, workflow, stage },
    ...{ callId: request.call ?? null, run: request.run ?? null, role: request.role ?? null },
    ...{ reason: request.reason ?? null, link: request.link ?? null },
  };
}

const summariseReviews: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/reviews/summary', tag, answer: reviewSummarySchema },
      summary: 'What people decided in a range, how long it took and what it cost',
      request: { query: z.strictObject(rangeQuery) },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const { timeZone } = ports.config;
    const [rows, stack] = await Promise.all([
      ports.ledger.work({ range, timeZone, where: {}, by: ['workflow', 'stage'] }),
      readCostStack(ports.ledger, { range, timeZone, by: ['workflow'] }, ports.config),
    ]);
    const cost = sumUsd(stack.lines.filter(({ origin }) => origin === 'reviews').map((line) => line.cost));
    const sum = (read: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + read(row), 0);
    const minutes = sum((row) => row.minutes);
    return context.json(
      {
        ...{ range: rangeJson(range), items: sum((row) => row.items), minutes },
        costUsd: minutes > 0 && cost.picos === 0n ? null : toDecimal(cost),
        rows: rows.map(({ dimensions, role, kind, decision, items, minutes: own }) => ({
          ...{ workflow: dimensions.workflow ?? null, stage: dimensions.stage ?? null, role, items, minutes: own },
          kind: z.enum(reviewKinds).parse(kind),
          decision: z.enum(reviewDecisions).parse(decision),
        })),
      },
      200,
    );
  });
};

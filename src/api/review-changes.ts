import { z } from '@hono/zod-openapi';
import { recordReviews } from '../scheduler/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import type { ApiPorts } from './ports.ts';
import { changed, reviewJson } from './review-json.ts';
import { reviewerSchema, reviewSchema, verdictSchema } from './schemas-reviews.ts';

const tag = 'Reviews';
const params = z.object({ id: z.string().min(1).max(512) });

/** Taking, giving back and deciding. */
export const reviewChanges: Endpoints = (api, ports) => {
  startReview(api, ports);
  releaseReview(api, ports);
  decideReview(api, ports);
};

const reviewerRequest = {
  params,
  body: { required: false, content: { 'application/json': { schema: reviewerSchema } } },
} as const;

const startReview: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/reviews/{id}/start', tag, answer: reviewSchema, request: reviewerRequest },
      summary: 'Takes a review, so that its time is measured; who says nothing for two hours may be relieved',
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { actor } = context.get('principal');
    const result = await ports.books.reviews.start(id, context.req.valid('json').reviewer ?? actor, actor);
    return context.json(reviewJson(changed(result, id), ports.clock.nowMs()), 200);
  });
};

const releaseReview: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/reviews/{id}/release', tag, answer: reviewSchema, request: reviewerRequest },
      summary: 'Gives a review back to the queue; the time spent so far counts',
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { actor } = context.get('principal');
    const result = await ports.books.reviews.release(id, context.req.valid('json').reviewer ?? actor, actor);
    return context.json(reviewJson(changed(result, id), ports.clock.nowMs()), 200);
  });
};

const decideReview: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/reviews/{id}/decide', tag, answer: reviewSchema },
      summary: 'Approves, corrects or rejects; the minutes become cost at the rate of the role',
      description: 'Repeating the same verdict changes nothing; another one is refused with `review_decided`.',
      request: { params, body: { required: true, content: { 'application/json': { schema: verdictSchema } } } },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { decision, minutes, note, reviewer } = context.req.valid('json');
    const { actor, role } = context.get('principal');
    const verdict = { reviewer: reviewer ?? actor, decision, minutes: minutes ?? null, note: note ?? null, as: role };
    const review = changed(await ports.books.reviews.decide(id, verdict, actor), id);
    await recordNow(ports);
    return context.json(reviewJson(review, ports.clock.nowMs()), 200);
  });
};

/** Shows the minutes in the full cost at once. */
async function recordNow({ books, ledger, log }: ApiPorts): Promise<void> {
  try {
    await recordReviews({ reviews: books.reviews, ledger });
  } catch (error) {
    // The decision is kept; what happens by itself brings its minutes to the ledger within a minute.
    log('review_minutes_wait', { error });
  }
}

/** People look at answers of the built product: sent by it or picked by chance, their minutes measured and paid for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { restartLater } from './later.ts';
import { pause, type Stack, startStack } from './stack.ts';

const settings = `
people: { agent: { hourlyUsd: 60 } }
workflows:
  support:
    stages:
      answer: { model: openai/gpt-4o-mini, review: { role: agent, minutes: 3, share: 0.5 } }
`;
const calls = 30;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ settings });
}, 60_000);
afterAll(() => stack?.stop());

interface Review {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly call: string;
  readonly minutes: number | null;
  readonly minutesStated: boolean;
  readonly reviewer: string | null;
}
interface Line {
  readonly line: string;
  readonly name: string;
  readonly quantity: number;
  readonly costUsd: string;
}
interface StackAnswer {
  readonly totalUsd: string;
  readonly lines: readonly Line[];
  readonly groups: readonly { readonly dimensions: Record<string, string | null>; readonly totalUsd: string }[];
}

const get = <Answer>(path: string) => ask<Answer>(stack.origin, 'GET', path);
const post = <Answer>(path: string, body: unknown, status = 200) =>
  ask<Answer>(stack.origin, 'POST', path, body, status);

async function call(run: string): Promise<string> {
  const response = await fetch(`${stack.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'burnrate-workflow': 'support', 'burnrate-stage': 'answer' },
      ...{ 'burnrate-run': run, 'burnrate-team': 'care' },
    },
    body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 20, messages: [{ role: 'user', content: `Hi ${run}` }] }),
  });
  await response.arrayBuffer();
  expect(response.status).toBe(200);
  return response.headers.get('burnrate-call-id') ?? '';
}

test('answers that are sent and answers that chance picks are taken, decided, and paid for by the minute', async () => {
  const ids = await Promise.all(Array.from({ length: calls }, (_, index) => call(`run-${index}`)));
  await stack.until<{ total: { calls: number } }>('/api/costs', ({ total }) => total.calls === calls);
  const sent = { id: 'sent-1', call: ids[0], role: 'agent', reason: 'low confidence', link: 'https://desk.test/1' };
  const added = await post<{ review: Review; repeated: boolean }>('/api/reviews', sent);
  expect(added).toMatchObject({ repeated: false, review: { kind: 'application', state: 'waiting', stage: 'answer' } });
  expect(await post('/api/reviews', sent)).toMatchObject({ repeated: true, review: { id: 'sent-1' } });
  await post('/api/reviews', { id: 'escalated-1', kind: 'escalation', run: 'run-1' });
  const before = await get<StackAnswer>('/api/stack?by=workflow');
  expect(before.lines.filter(({ line }) => line === 'human')).toEqual([]);

  await restartLater(stack, 61_000);
  const sampled = await stack.until<{ reviews: Review[] }>(
    '/api/reviews?kind=sample&limit=100',
    ({ reviews }) => reviews.length > 0,
  );
  expect(sampled.reviews.length).toBeGreaterThan(2);
  expect(sampled.reviews.length).toBeLessThan(calls - 2);
  expect(sampled.reviews.every((review) => ids.includes(review.call))).toBe(true);

  const measured = sampled.reviews[0]?.id ?? '';
  await post(`/api/reviews/${measured}/start`, { reviewer: 'ada' });
  await post(`/api/reviews/${measured}/start`, { reviewer: 'bob' }, 409);
  await pause(1_200);
  const decided = await post<Review>(`/api/reviews/${measured}/decide`, { decision: 'correct', reviewer: 'ada' });
  expect(decided).toMatchObject({ state: 'decided', reviewer: 'ada', minutesStated: false });
  const ofSample = decided.minutes ?? 0;
  expect(ofSample).toBeGreaterThanOrEqual(1.2 / 60);
  await post('/api/reviews/sent-1/decide', { decision: 'approve', minutes: 4.5, reviewer: 'bob' });
  await post('/api/reviews/escalated-1/decide', { decision: 'reject', minutes: 5, reviewer: 'bob' });
  await post('/api/reviews/escalated-1/decide', { decision: 'approve', minutes: 5, reviewer: 'bob' }, 409);
  await post('/api/outcomes', { id: 'end-1', run: 'run-1', outcome: 'escalated', humanMinutes: 7 });

  const after = await get<StackAnswer>('/api/stack?by=workflow');
  const human = after.lines.filter(({ line }) => line === 'human').sort((a, b) => (a.name < b.name ? -1 : 1));
  // Of the seven minutes the outcome tells of, five are the review's.
  expect(human.map(({ name }) => name)).toEqual(['agent', 'agent, reviews']);
  expect(human[0]).toMatchObject({ quantity: 2, costUsd: '2' });
  expect(human[1]?.quantity).toBeCloseTo(9.5 + ofSample, 9);
  expect(Number(human[1]?.costUsd)).toBeCloseTo(9.5 + ofSample, 6);
  const people = human.reduce((sum, { costUsd }) => sum + Number(costUsd), 0);
  expect(Number(after.totalUsd)).toBeCloseTo(Number(before.totalUsd) + people, 6);
  expect(after.groups).toMatchObject([{ dimensions: { workflow: 'support' }, totalUsd: after.totalUsd }]);
  const units = await get<{ costUsd: string }>('/api/unit-economics');
  expect(units.costUsd).toBe(after.totalUsd);
  const summary = await get<{ items: number; minutes: number; costUsd: string }>('/api/reviews/summary');
  expect(summary).toMatchObject({ items: 3, costUsd: human[1]?.costUsd });
}, 60_000);

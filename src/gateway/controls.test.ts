import { afterEach, describe, expect, test } from 'vitest';
import { type BudgetRig, budget, openBudgetRig } from '../../test/cases/budget-rig.ts';
import { planBudgets } from '../policy/index.ts';
import { type Answer, answerWith, ask, until } from './test-rig.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const answer = JSON.stringify({ id: 'c1', model: 'test-model', choices: [{ message: { content: 'Hi' } }], usage });
const body = (more: object = {}) =>
  JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hi' }], ...more });
const cent = 10_000_000_000n;

let open: BudgetRig;
afterEach(() => open.close());
const chat = (text = body(), headers: Record<string, string> = {}): Promise<Answer> =>
  ask(open.rig.port, { path: '/v1/chat/completions', body: text, headers });
const code = (got: Answer) => [got.status, got.headers['burnrate-error-code']];
const sent = (index: number) => JSON.parse(open.rig.received[index]?.body.toString() ?? 'null');

async function withAnswer(...given: Parameters<typeof openBudgetRig>): Promise<void> {
  open = await openBudgetRig(...given);
  open.rig.script = answerWith(answer);
}

describe('limits', () => {
  test('on requests refuse with a time to come back, each user by itself', async () => {
    await withAnswer([], { yaml: 'limits: [{ per: user, requests: 2/m }]' });
    const as = (user: string) => chat(body(), { 'burnrate-user': user });
    const first = await as('a');
    expect(first.headers).toMatchObject({
      ratelimit: '"per-user";r=1;t=30',
      'ratelimit-policy': '"per-user";q=2;w=60',
    });
    expect((await as('a')).status).toBe(200);
    const third = await as('a');
    expect(code(third)).toEqual([429, 'rate_limited']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(20);
    expect((await as('b')).status).toBe(200);
  });

  test('on tokens count what was used', async () => {
    await withAnswer([], { yaml: 'limits: [{ tokens: 50/h }]' });
    expect((await chat()).status).toBe(200);
    expect((await chat()).status).toBe(200);
    expect(code(await chat())).toEqual([429, 'rate_limited']);
  });

  test('on calls in flight are free again at a call’s end; a cooldown follows what exceeds them', async () => {
    await withAnswer([], { yaml: 'limits: [{ name: few, concurrent: 1, cooldown: 30s }]' });
    const release: (() => void)[] = [];
    expect((await chat()).status).toBe(200);
    open.rig.script = (req, res, received) => void release.push(() => answerWith(answer)(req, res, received));
    const first = chat();
    await until(() => release.length === 1);
    expect(code(await chat())).toEqual([429, 'rate_limited']);
    release[0]?.();
    expect((await first).status).toBe(200);
    expect(code(await chat())).toEqual([429, 'cooldown']);
  });
});

describe('bounded output', () => {
  const stages = 'workflows: { bot: { stages: { answer: { model: openai/test-model, maxOutputTokens: 64 } } } }';
  const inStage = { 'burnrate-workflow': 'bot', 'burnrate-stage': 'answer' };

  test.each([
    ['where the client set none', {}, { max_completion_tokens: 64 }],
    ['where it asked for more', { max_tokens: 500 }, { max_tokens: 64 }],
    ['not where it asked for less', { max_tokens: 5 }, { max_tokens: 5 }],
  ])('of a stage goes upstream: %s', async (_name, asked, expected) => {
    await withAnswer([], { yaml: stages });
    await chat(body(asked), inStage);
    expect(sent(0)).toMatchObject(expected);
  });

  test.each([
    ['/anthropic/v1/messages', body({ max_tokens: 9_000 }), { max_tokens: 30 }],
    ['/v1/responses', '{"model":"test-model","input":"Hi"}', { max_output_tokens: 30 }],
    [
      '/gemini/v1beta/models/test-model:generateContent',
      '{"contents":[],"generationConfig":{"topK":3}}',
      { generationConfig: { topK: 3, maxOutputTokens: 30 } },
    ],
  ])('of a plan at %s', async (path, text, expected) => {
    await withAnswer([], { yaml: 'plans: { free: { maxOutputTokens: 30 } }' });
    await ask(open.rig.port, { path, body: text, headers: { 'burnrate-plan': 'free' } });
    expect(sent(0)).toMatchObject(expected);
  });
});

describe('plans', () => {
  test('allow their models only', async () => {
    await withAnswer([], { yaml: 'plans: { free: { models: [openai/small] } }' });
    expect(code(await chat(body(), { 'burnrate-plan': 'free' }))).toEqual([403, 'model_not_allowed']);
    expect((await chat(body(), { 'burnrate-plan': 'pro' })).status).toBe(200);
  });

  test('count an interaction once, however many calls it takes', async () => {
    await withAnswer(planBudgets('free', [{ unit: 'interactions', period: 'day', limit: 2n }], 'UTC'));
    const call = (interaction: string) =>
      chat(body(), { 'burnrate-plan': 'free', 'burnrate-user': 'a', 'burnrate-interaction': interaction });
    const statuses = [];
    for (const interaction of ['i1', 'i1', 'i1', 'i2', 'i1']) statuses.push((await call(interaction)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const refused = await call('i3');
    expect(code(refused)).toEqual([402, 'quota_exceeded']);
    expect(JSON.parse(refused.body.toString()).error.message).toContain('0 interactions of 2 interactions left');
  });
});

describe('the brake', () => {
  const rungs = (...brake: object[]) => [budget('company', 100n * cent, { brake: brake as never })];

  test.each([
    ['shortens answers', { atShare: 0, maxOutputTokens: 40 }, { max_completion_tokens: 40, model: 'test-model' }],
    ['takes a cheaper model', { atShare: 0, model: 'second/cheap' }, { model: 'cheap' }],
  ])('%s from the first call on', async (_name, rung, expected) => {
    await withAnswer(rungs(rung));
    const got = await chat();
    expect(sent(0)).toMatchObject(expected);
    expect(got.headers['burnrate-brake']).toBe('company@0');
    expect(open.rig.journal.ended[0]?.decisions).toEqual(['company@0']);
  });

  test('queues calls at the pace that makes the money last', async () => {
    await withAnswer(rungs({ atShare: 0, queueMs: 300 }));
    const got = await chat();
    expect([got.status, got.headers['burnrate-brake']]).toEqual([200, 'company@0']);
  });

  test('pauses each user', async () => {
    await withAnswer(rungs({ atShare: 0, cooldownMs: 60_000 }));
    const first = await chat();
    expect([first.status, first.body.toString()]).toEqual([200, answer]);
    const again = await chat();
    expect(code(again)).toEqual([429, 'cooldown']);
    expect((await chat(body(), { 'burnrate-user': 'another' })).status).toBe(200);
  });

  test('stops everything, and says which budget', async () => {
    await withAnswer(rungs({ atShare: 0, stop: true }));
    const got = await chat();
    expect(code(got)).toEqual([402, 'budget_exceeded']);
    expect(got.body.toString()).toContain('The budget \\"company\\" lets nothing more in');
    expect(open.rig.received).toHaveLength(0);
    expect(open.account.state.openHolds).toBe(0);
    expect(open.rig.gateway.stats().controls.brakes).toEqual({ 'company@0': 1 });
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string, text = body()) => chat(text, { 'idempotency-key': key });

  test('the same key and body give the same answer, billed once', async () => {
    await withAnswer([]);
    const [first, second] = [await keyed('k1'), await keyed('k1')];
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'burnrate-call-id': first.headers['burnrate-call-id'],
      'idempotent-replayed': 'true',
    });
    expect([open.rig.received.length, open.rig.journal.ended.length]).toEqual([1, 1]);
  });

  test('streams are given again byte by byte', async () => {
    open = await openBudgetRig([]);
    const text = `data: {"id":"c1","choices":[{"delta":{"content":"a"}}]}\n\ndata: {"id":"c1","choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`;
    open.rig.script = (_req, res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
    const asked = body({ stream: true, stream_options: { include_usage: true } });
    await keyed('k1', asked);
    expect((await keyed('k1', asked)).body.toString()).toBe(text);
    expect(open.rig.received).toHaveLength(1);
  });

  test('another body is a conflict, a running one is told to wait, a failed one may be tried again', async () => {
    await withAnswer([]);
    await keyed('k1');
    expect(code(await keyed('k1', body({ n: 2 })))).toEqual([422, 'idempotency_conflict']);
    const release: (() => void)[] = [];
    open.rig.script = (req, res, received) => void release.push(() => answerWith('{}', {}, 500)(req, res, received));
    const running = keyed('k2');
    await until(() => release.length === 1);
    expect(code(await keyed('k2'))).toEqual([409, 'idempotency_in_flight']);
    release[0]?.();
    expect((await running).status).toBe(500);
    open.rig.script = answerWith(answer);
    expect((await keyed('k2')).status).toBe(200);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configured, economicLedger } from '../../test/cases/economic-ledger.ts';
import { anAttempt } from '../../test/fakes/attempt.ts';
import { plainPorts } from '../../test/fakes/plain-api.ts';
import { idSource, type ManualClock, manualClock } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { reviewTask } from '../scheduler/index.ts';
import { type ControlPlane, createApi } from './index.ts';
import type { Principal } from './roles.ts';
import { stackSchema } from './schemas-economics.ts';

const startMs = Date.UTC(2026, 2, 1, 12);
const under = economicLedger();
const config = configured(`
version: 1
workflows:
  support-assistant:
    stages:
      answer: { model: openai/gpt-5, review: { role: qa, minutes: 3, share: 1 } }
people: { support-agent: { hourlyUsd: 30 }, qa: { hourlyUsd: 60 } }
`);

let dir: string;
let clock: ManualClock;
let books: Books;
let api: ControlPlane;
let who: Principal = { actor: 'ada', role: 'operator' };

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reviews-'));
  clock = manualClock(startMs);
  who = { actor: 'ada', role: 'operator' };
  const ids = idSource(clock);
  books = await openSqliteBooks({ path: join(dir, 'books.db'), clock, ids });
  await under.append([anAttempt({ team: 'care' }), anAttempt({ attemptId: 'att_2', callId: 'call_2', run: 'run_2' })]);
  api = createApi(plainPorts({ clock, ids, ledger: under.ledger, books, config, identify: async () => who }));
});
afterEach(async () => {
  await books.close();
  rmSync(dir, { recursive: true });
});

interface Answer {
  readonly reviews: readonly Record<string, string>[];
}

async function ask(method: string, path: string, body?: unknown) {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await api.fetch(new Request(`http://127.0.0.1:4700/api/reviews${path}`, { method, ...init }));
  return { status: answer.status, body: (await answer.json()) as Answer };
}
const whole = '?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z';
const stackOf = async (by: string) =>
  stackSchema.parse(await (await api.fetch(new Request(`http://127.0.0.1:4700/api/stack${whole}&by=${by}`))).json());

test('from the queue to the full cost: sent, taken, decided, priced where the call is', async () => {
  const sent = { id: 'r1', call: 'call_1', role: 'support-agent', reason: 'unsure', link: 'https://desk.test/1' };
  expect(await ask('POST', '', sent)).toMatchObject({
    status: 200,
    body: { repeated: false, review: { id: 'r1', state: 'waiting', workflow: 'support-assistant', stage: 'answer' } },
  });
  expect((await ask('POST', '', sent)).body).toMatchObject({ repeated: true });
  expect(await ask('POST', '', { ...sent, reason: 'x' })).toMatchObject({ status: 409 });
  clock.advance(30_000);
  expect((await ask('GET', '?state=waiting')).body).toMatchObject({
    reviews: [{ id: 'r1', minutesSoFar: 0 }],
    queue: { waiting: 1, started: 0, oldestWaitingAt: '2026-03-01T12:00:00.000Z' },
  });
  expect((await ask('POST', '/r1/start')).body).toMatchObject({ state: 'started', reviewer: 'ada' });
  who = { actor: 'bob', role: 'operator' };
  expect((await ask('POST', '/r1/start')).body).toMatchObject({ error: { code: 'review_taken' } });
  who = { actor: 'ada', role: 'operator' };
  clock.advance(4 * 60_000);
  const verdict = { decision: 'correct', note: 'wrong tone' };
  expect((await ask('POST', '/r1/decide', verdict)).body).toMatchObject({
    ...{ state: 'decided', decision: 'correct', minutes: 4, minutesStated: false, decidedBy: 'ada' },
    decidedAs: 'operator',
  });
  expect((await ask('POST', '/r1/decide', verdict)).status).toBe(200);
  expect((await ask('POST', '/r1/decide', { decision: 'reject' })).body).toMatchObject({
    error: { code: 'review_decided' },
  });
  expect((await ask('GET', `/summary${whole}`)).body).toMatchObject({
    ...{ items: 1, minutes: 4, costUsd: '2' },
    rows: [{ workflow: 'support-assistant', stage: 'answer', role: 'support-agent', decision: 'correct' }],
  });
  const stack = await stackOf('team');
  expect(stack.lines).toContainEqual(
    expect.objectContaining({ line: 'human', name: 'support-agent, reviews', origin: 'reviews', costUsd: '2' }),
  );
  expect(stack.groups).toContainEqual(expect.objectContaining({ dimensions: { team: 'care' }, totalUsd: '2.00225' }));
  const units = await (await api.fetch(new Request(`http://127.0.0.1:4700/api/unit-economics${whole}`))).json();
  expect(units).toMatchObject({ humanMinutes: 4 });
});

test('a share of the answers comes by itself, once, and its minutes reach the ledger by themselves too', async () => {
  const task = reviewTask({ config, ledger: under.ledger, reviews: books.reviews, log: () => undefined });
  const signal = new AbortController().signal;
  await task.run(clock.nowMs(), signal);
  clock.advance(60_000);
  await task.run(clock.nowMs(), signal);
  const { body } = await ask('GET', '?kind=sample');
  expect(body.reviews.map(({ id, role, call }) => [id, role, call]).toSorted()).toEqual([
    ['sample_call_1', 'qa', 'call_1'],
    ['sample_call_2', 'qa', 'call_2'],
  ]);
  const verdict = { reviewer: 'bob', decision: 'approve', minutes: 2, note: null, as: 'operator' } as const;
  await books.reviews.decide('sample_call_1', verdict, 'ada');
  await task.run(clock.nowMs(), signal);
  await task.run(clock.nowMs(), signal);
  expect((await ask('GET', `/summary${whole}`)).body).toMatchObject({ items: 1, minutes: 2, costUsd: '2' });
});

test.each([
  ['POST', '', {}, 422, 'validation_failed'],
  ['POST', '', { call: 'c', link: 'javascript:alert(1)' }, 422, 'validation_failed'],
  ['POST', '', { call: 'c', prompt: 'secret' }, 422, 'validation_failed'],
  ['POST', '', { run: 'r', labels: { teem: 'x' } }, 422, 'validation_failed'],
  ['POST', '/none/start', undefined, 404, 'not_found'],
  ['POST', '/none/decide', { decision: 'maybe' }, 422, 'validation_failed'],
  ['POST', '/none/decide', { decision: 'approve', minutes: 100_000 }, 422, 'validation_failed'],
  ['GET', '/none', undefined, 404, 'not_found'],
  ['GET', '?state=gone', undefined, 422, 'validation_failed'],
])('%s %s %j is refused', async (method, path, body, status, code) => {
  expect(await ask(method, path, body)).toMatchObject({ status, body: { error: { code } } });
});

test('who only looks changes nothing; what was not started needs its minutes', async () => {
  await ask('POST', '', { id: 'r1', run: 'run_1', kind: 'escalation' });
  expect(await ask('POST', '/r1/decide', { decision: 'approve' })).toMatchObject({
    ...{ status: 409, body: { error: { code: 'review_not_started' } } },
  });
  who = { actor: 'eve', role: 'viewer' };
  expect((await ask('GET', '/r1')).body).toMatchObject({ state: 'waiting', kind: 'escalation' });
  for (const path of ['', '/r1/start', '/r1/release', '/r1/decide']) {
    expect((await ask('POST', path, { run: 'r', decision: 'approve' })).status).toBe(403);
  }
});

test('given back it waits again, and says who had it no more', async () => {
  await ask('POST', '', { id: 'r1', run: 'run_1', kind: 'escalation' });
  await ask('POST', '/r1/start', { reviewer: 'bob' });
  clock.advance(60_000);
  expect(await ask('POST', '/r1/release', { reviewer: 'bob' })).toMatchObject({
    body: { state: 'waiting', reviewer: null, minutesSoFar: 1 },
  });
});

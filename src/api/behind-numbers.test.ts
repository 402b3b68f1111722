import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { plainPorts } from '../../test/fakes/plain-api.ts';
import { manualClock } from '../base/index.ts';
import { parseConfig } from '../config/index.ts';
import { openDuckDbLedger } from '../ledger/duckdb/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { fromPicos, toDecimal } from '../money/index.ts';
import { type ControlPlane, createApi } from './index.ts';
import { newestCallsSchema, newestRunsSchema } from './schemas-newest.ts';
import { performanceSchema, retriesSchema, storageSchema } from './schemas-operations.ts';
import { workflowsSchema, workflowTreeSchema } from './schemas-workflows.ts';

const folder = mkdtempSync(join(tmpdir(), 'burnrate-api-'));
const range = 'from=2026-03-02T00:00:00Z&to=2026-03-04T00:00:00Z';
let ledger: Ledger;
let api: ControlPlane;

const attempts = [
  caseAttempt('1', { workflow: 'support', stage: 'answer', team: 'a', failure: 'timeout', status: 0 }),
  caseAttempt('2', {
    ...{ callId: 'call_1', run: 'run_1', attemptNumber: 2, reason: 'retry', layer: 'client', workflow: 'support' },
    ...{ stage: 'answer', team: 'a', startedAtMs: caseStartMs + 1_000 },
  }),
  caseAttempt('3', { workflow: 'support', stage: 'moderate', team: 'b', startedAtMs: caseStartMs + 2_000 }),
  caseAttempt('4', { workflow: 'search', stage: 'find', team: 'b', startedAtMs: caseStartMs + 3_000 }),
];

beforeAll(async () => {
  const clock = manualClock(caseStartMs + 60_000);
  ledger = await openDuckDbLedger({ file: join(folder, 'ledger.duckdb'), clock });
  await ledger.append({ journalId: 'j', lastSequence: 4, attempts });
  const ending = {
    value: null,
    humanMinutes: null,
    role: null,
    csat: null,
    atMs: caseStartMs,
    recordedAtMs: caseStartMs,
  };
  await ledger.recordOutcome({ id: 'o1', run: 'run_1', outcome: 'success', ...ending });
  api = createApi(plainPorts({ clock, ledger }));
});

afterAll(async () => {
  api?.close();
  await ledger?.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = async (path: string) => {
  const answer = await api.fetch(new Request(`http://127.0.0.1:4700${path}`));
  return { status: answer.status, body: (await answer.json()) as { error?: { code: string; message: string } } };
};

describe('the calls behind a number', () => {
  test('newest first, with what their list shows, page by page', async () => {
    const first = newestCallsSchema.parse((await get(`/api/calls?${range}&limit=2`)).body);
    expect(first.calls.map((call) => call.id)).toEqual(['call_4', 'call_3']);
    const rest = newestCallsSchema.parse(
      (await get(`/api/calls?${range}&limit=2&before=${encodeURIComponent(first.next ?? '')}`)).body,
    );
    expect(rest).toMatchObject({ calls: [{ id: 'call_1', stage: 'answer', costUsd: '0.00855' }] });
    expect(rest.calls[0]?.attempts.map(({ status, failure }) => [status, failure])).toEqual([
      [0, 'timeout'],
      [200, null],
    ]);
    expect(rest.next).toBeNull();
  });

  test.each([
    ['where=team:a', ['call_1']],
    ['failure=timeout', ['call_1']],
    ['where=bucket:cacheRead&where=workflow:search', ['call_4']],
    ['team=nobody', []],
    ['cause=timeout', ['call_1']],
    ['behaviour=repeat:soonAfter', ['call_4', 'call_3']],
    ['behaviour=repeat:either&where=team:b', ['call_4']],
    ['behaviour=cohort:2026-03-02@2026-03-01T00:00:00Z/2026-03-09T00:00:00Z', []],
  ])('%s → %j', async (filter, ids) => {
    const { body } = await get(`/api/calls?${range}&${filter}`);
    expect(newestCallsSchema.parse(body).calls.map((call) => call.id)).toEqual(ids);
  });

  test.each([
    ['/api/calls?before=nonsense', 'before'],
    ['/api/calls?teem=a', 'team'],
    ['/api/calls?limit=501', 'limit'],
    ['/api/calls?behaviour=depth:deep', 'behaviour'],
    ['/api/runs?behaviour=cohort:2026-03-02@then/now', 'behaviour'],
    ['/api/costs?behaviour=repeat:often', 'behaviour'],
    ['/api/runs?outcome=happy', 'outcome'],
  ])('%s is refused, naming %s', async (path, named) => {
    const { status, body } = await get(path);
    expect([status, body.error?.code]).toEqual([422, 'validation_failed']);
    expect(JSON.stringify(body)).toContain(named);
  });
});

test.each([
  ['outcome=success', ['run_1']],
  ['outcome=open', ['run_4', 'run_3']],
  ['where=workflow:support', ['run_3', 'run_1']],
])('runs with %s are %j', async (filter, ids) => {
  const { runs } = newestRunsSchema.parse((await get(`/api/runs?${range}&${filter}`)).body);
  expect(runs.map((run) => run.id)).toEqual(ids);
});

describe('a workflow through filters', () => {
  test('has the figures of what matches, and lines that sum to them', async () => {
    const { body } = await get(`/api/workflows/support/tree?${range}&where=team:a&stage=answer`);
    const { figures, tree } = workflowTreeSchema.parse(body);
    expect(figures).toMatchObject({ costUsd: '0.00855', calls: 1, attempts: 2, runs: 1, outcomes: { success: 1 } });
    expect(tree).toMatchObject({ totalUsd: '0.00855', children: [{ name: 'answer', totalUsd: '0.00855' }] });
    expect(tree.children[0]?.children.map((call) => call.name)).toEqual(['call_1']);
  });

  test('is the same as without them when they hold everything', async () => {
    const plain = (await get(`/api/workflows/support/tree?${range}`)).body;
    const filtered = (await get(`/api/workflows/support/tree?${range}&team=a&team=b`)).body;
    expect(filtered).toEqual(plain);
  });

  test('only those with a match are listed', async () => {
    const { workflows } = workflowsSchema.parse((await get(`/api/workflows?${range}&stage=find`)).body);
    expect(workflows.map(({ name, figures }) => [name, figures.calls])).toEqual([['search', 1]]);
    expect((await get(`/api/workflows/search/tree?${range}&team=a`)).status).toBe(404);
  });
});

test('performance, retries and storage', async () => {
  const answer = performanceSchema.parse((await get(`/api/performance?${range}&by=stage`)).body);
  expect(
    answer.rows.map(({ stage, attempts: count, failedAttempts }) => [stage, count, failedAttempts]),
  ).toContainEqual([...['answer', 2, 1]]);
  expect(answer.total).toMatchObject({ attempts: 4, failedAttempts: 1 });
  // Read from bins of one per cent.
  expect(Math.abs((answer.total.durationMs?.p50 ?? 0) / 900.75 - 1)).toBeLessThan(0.01);
  const retries = retriesSchema.parse((await get(`/api/retries?${range}`)).body);
  expect(retries.rows).toMatchObject([
    { stage: 'answer', reason: 'retry', layer: 'client', cause: 'timeout', attempts: 1 },
  ]);
  expect(storageSchema.parse((await get('/api/storage')).body)).toMatchObject({
    ...{ attempts: 4, outcomes: 1, monthlyUsd: null },
  });
});

test('what is kept has its price', async () => {
  const observability = 'bytesPerCall: 1kB, tiers: [ { keep: 7d } ], perGbMonthUsd: 0.1';
  const config = parseConfig(`{ version: 1, overheads: { observability: { ${observability} } } }`, {
    ...{ file: 'burnrate.yaml', environment: {} },
  });
  const priced = createApi({ ...plainPorts({ clock: manualClock(caseStartMs), ledger }), config });
  const answer = await priced.fetch(new Request('http://127.0.0.1:4700/api/storage'));
  const { bytes, monthlyUsd } = storageSchema.parse(await answer.json());
  // A tenth of a nano-dollar for a byte.
  expect(monthlyUsd).toBe(toDecimal(fromPicos(BigInt(bytes) * 100n)));
  priced.close();
});

test('prices in force are found by part of a name, and what was left out is counted', async () => {
  const { body } = await get('/api/prices?provider=openai&model=GPT-5-Mini&limit=1');
  expect(body).toMatchObject({ prices: [{ provider: 'openai', source: 'catalogue' }] });
  expect(JSON.stringify(body)).toContain('gpt-5-mini');
});

import { beforeEach, describe, expect, test } from 'vitest';
import { anAttempt } from '../../test/fakes/attempt.ts';
import { fakeBooks } from '../../test/fakes/fake-books.ts';
import { noForecasts } from '../../test/fakes/fake-forecaster.ts';
import { type FakeLedger, fakeLedger } from '../../test/fakes/fake-ledger.ts';
import { BurnrateError, idSource, type ManualClock, manualClock } from '../base/index.ts';
import { defaultConfig } from '../config/index.ts';
import { type ApiPorts, apiLimits, type ControlPlane, createApi, openIdentify, tokenSignIn } from './index.ts';
import { callSchema, runSchema } from './schemas-calls.ts';
import { costsSchema } from './schemas-costs.ts';
import { instanceSchema } from './schemas-instance.ts';
import { recordedOutcomeSchema } from './schemas-outcomes.ts';
import { workflowsSchema, workflowTreeSchema } from './schemas-workflows.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
let clock: ManualClock;
let ledger: FakeLedger;
let books: ReturnType<typeof fakeBooks>;
let api: ControlPlane;
let logged: string[];

function start(changes: Partial<ApiPorts> = {}): ControlPlane {
  return createApi({
    clock,
    ids: idSource(clock),
    ledger,
    books,
    config: defaultConfig({}),
    heldMoney: async () => [],
    refusedCalls: async () => [],
    forecasts: noForecasts,
    instance: {
      version: '1.2.3',
      startedAtMs: noonMs,
      timeZone: 'UTC',
      url: 'http://127.0.0.1:4700',
      simulated: false,
      access: 'open',
      signIn: false,
      providers: [{ name: 'openai', kind: 'openai' }],
      workflows: ['support-assistant'],
      features: { forecast: false },
    },
    identify: openIdentify,
    openSession: () => null,
    readiness: [],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'burnrate_up 1\n' }),
    assets: new Map(),
    log: (event) => logged.push(event),
    ...changes,
  });
}

beforeEach(() => {
  clock = manualClock(noonMs);
  logged = [];
  books = fakeBooks();
  ledger = fakeLedger([
    anAttempt({ team: 'support', interaction: 'i1' }),
    anAttempt({
      attemptId: 'att_2',
      attemptNumber: 2,
      startedAtMs: noonMs - 3_000_000,
      reason: 'retry',
      layer: 'client',
      team: 'support',
      interaction: 'i1',
    }),
    anAttempt({ attemptId: 'att_3', callId: 'call_2', run: 'run_2', stage: 'classify', simulated: true }),
    anAttempt({ attemptId: 'att_4', callId: 'call_3', run: 'run_2', cost: null, priceState: 'unknown', lines: [] }),
  ]);
  api = start();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  api.fetch(new Request(`http://127.0.0.1:4700${path}`, { headers }));

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.fetch(
    new Request(`http://127.0.0.1:4700${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: '127.0.0.1:4700', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );

async function refusal(answer: Response | Promise<Response>) {
  const response = await answer;
  const body = (await response.json()) as { error: { code: string; remedy: string } };
  expect(response.headers.get('burnrate-error-code')).toBe(body.error.code);
  expect(body.error.remedy).toBeTypeOf('string');
  return { status: response.status, fields: [] as { field: string; message: string }[], ...body.error };
}

describe('costs', () => {
  test('rows carry the dimensions by name; money is exact text', async () => {
    const answer = costsSchema.parse(await (await get('/api/costs?by=team,stage')).json());
    expect(answer.totalUsd).toBe('0.00675');
    expect(answer.rows[0]).toMatchObject({
      team: 'support',
      stage: 'answer',
      costUsd: '0.0045',
      attempts: 2,
      calls: 1,
    });
    expect(answer).toMatchObject({
      by: ['team', 'stage'],
      simulated: true,
      total: { unknownPriceAttempts: 1 },
      range: { from: '2026-02-28T12:00:00.001Z', to: '2026-03-01T12:00:00.001Z' },
    });
  });

  test.each([
    ['where=stage:classify', 1],
    ['stage=classify', 1],
    ['stage=classify&stage=answer', 4],
    ['where=stage:classify&where=stage:answer&where=team:support', 2],
    ['where=team:', 2],
    ['simulated=false', 3],
    ['from=2026-03-01T11:05:00Z', 1],
    ['to=2026-03-01T11:00:00%2B01:00', 0],
    ['tag.tier=gold', 0],
  ])('%s leaves %i attempts', async (query, attempts) => {
    const answer = costsSchema.parse(await (await get(`/api/costs?${query}`)).json());
    expect(answer.total.attempts).toBe(attempts);
  });

  test.each([
    ['by=teem', 'by', 'did you mean "team"?'],
    ['stgae=answer', 'stgae', 'did you mean "stage"?'],
    ['where=moddel:x', 'where', 'did you mean "model"?'],
    ['where=team', 'where', 'is not <dimension>:<value>'],
    ['by=run,user,team,stage,plan,tier,model', 'by', 'at most 6'],
    ['from=yesterday', 'from', 'RFC 3339'],
    ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 'from', 'must be before'],
    ['limit=0', 'limit', '>=1'],
    ['limit=many', 'limit', 'number'],
  ])('%s is refused', async (query, field, message) => {
    const error = await refusal(get(`/api/costs?${query}`));
    expect(error).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(error.fields[0]).toMatchObject({ field, message: expect.stringContaining(message) });
  });

  test('a ledger that restarts is told as such, with the time to wait', async () => {
    ledger.failure = new BurnrateError('LEDGER_UNAVAILABLE', { message: 'restarting', retryAfterMs: 1_500 });
    const response = await get('/api/costs');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await refusal(response)).toMatchObject({ status: 503, code: 'ledger_unavailable', retryAfterMs: 1_500 });
  });

  test('what nobody foresaw is logged, and its text stays inside', async () => {
    ledger.failure = new TypeError('secret detail');
    const error = await refusal(get('/api/costs'));
    expect(error).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(error)).not.toContain('secret detail');
    expect(logged).toEqual(['api_failed']);
  });
});

describe('workflows', () => {
  test('the tree has stages whose lines sum to the total, and figures per thing', async () => {
    await post('/api/outcomes', { run: 'run_1', outcome: 'success', valueUsd: '4.5', humanMinutes: 2 });
    const answer = workflowTreeSchema.parse(await (await get('/api/workflows/support-assistant/tree')).json());
    expect(answer.tree).toMatchObject({ kind: 'workflow', totalUsd: '0.00675' });
    expect(answer.tree.children.map((stage) => [stage.name, stage.totalUsd])).toEqual([
      ['answer', '0.0045'],
      ['classify', '0.00225'],
    ]);
    expect(answer.figures).toMatchObject({
      costPerCallUsd: '0.00225',
      costPerRunUsd: '0.003375',
      costPerInteractionUsd: '0.00675',
      costPerSuccessUsd: '0.00675',
      callsPerInteraction: 3,
      valueUsd: '4.5',
      humanMinutes: 2,
      runsOpen: 1,
      unknownPriceAttempts: 1,
    });
    expect(answer.simulated).toBe(true);
  });

  test('without successes a cost per success is not known', async () => {
    const answer = workflowsSchema.parse(await (await get('/api/workflows')).json());
    expect(answer.workflows).toHaveLength(1);
    expect(answer.workflows[0]).toMatchObject({ name: 'support-assistant', figures: { costPerSuccessUsd: null } });
  });

  test('a stage shows its calls', async () => {
    const path = '/api/workflows/support-assistant/tree?stage=classify&limit=5';
    const { tree } = workflowTreeSchema.parse(await (await get(path)).json());
    expect(tree.children[1]?.children.map((call) => [call.kind, call.name])).toEqual([['call', 'call_2']]);
  });

  test.each([
    ['/api/workflows/nobody/tree', 404, 'not_found'],
    ['/api/workflows/support-assistant/tree?view=forecast', 409, 'forecast_missing'],
    ['/api/workflows/support-assistant/tree?view=diff', 409, 'forecast_missing'],
    ['/api/workflows/support-assistant/tree?view=actul', 422, 'validation_failed'],
    ['/api/workflows/support-assistant/tree?stge=x', 422, 'validation_failed'],
    ['/api/workflows?from=x', 422, 'validation_failed'],
  ])('%s → %i %s', async (path, status, code) => {
    expect(await refusal(get(path))).toMatchObject({ status, code });
  });
});

describe('calls and runs', () => {
  test('a call has its attempts in order and their sum', async () => {
    const call = callSchema.parse(await (await get('/api/calls/call_1')).json());
    expect(call).toMatchObject({ id: 'call_1', run: 'run_1', costUsd: '0.0045', inputTokens: 2_000, team: 'support' });
    expect(call.attempts.map((attempt) => [attempt.number, attempt.reason])).toEqual([
      [1, 'first'],
      [2, 'retry'],
    ]);
    expect(call.attempts[0]?.lines[0]).toEqual({
      line: 'inference',
      bucket: 'input',
      unit: 'tokens',
      quantity: 1_000,
      rateUsdPerMillion: '1.25',
      costUsd: '0.00125',
    });
  });

  test('a run with an unknown price has an unknown cost', async () => {
    const run = runSchema.parse(await (await get('/api/runs/run_2')).json());
    expect(run).toMatchObject({ costUsd: null, knownCostUsd: '0.00225', unknownPriceAttempts: 1, simulated: true });
    expect(run.calls).toHaveLength(2);
  });

  test('a run known by its outcome alone is shown', async () => {
    await post('/api/outcomes', { run: 'early', outcome: 'failed' });
    const run = runSchema.parse(await (await get('/api/runs/early')).json());
    expect(run).toMatchObject({ costUsd: '0', calls: [], outcome: { outcome: 'failed' } });
  });

  test.each(['/api/calls/nope', '/api/runs/nope'])('%s is not found', async (path) => {
    expect(await refusal(get(path))).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('outcomes', () => {
  const outcome = { id: 'o1', run: 'run_1', outcome: 'success', valueUsd: '4.50', at: '2026-03-01T10:00:00+02:00' };
  const record = async (body: unknown) => recordedOutcomeSchema.parse(await (await post('/api/outcomes', body)).json());

  test('is recorded once, whatever is repeated, and audited once', async () => {
    const first = await record(outcome);
    expect(first).toMatchObject({ repeated: false, runKnown: true });
    expect(first.outcome).toMatchObject({ valueUsd: '4.5', at: '2026-03-01T08:00:00.000Z' });
    expect(await record(outcome)).toMatchObject({ repeated: true });
    expect(books.entries).toMatchObject([{ action: 'outcome.record', subject: 'o1', actor: 'local' }]);
  });

  test('repeated later without a time it is still the same outcome', async () => {
    await record({ id: 'o2', run: 'r', outcome: 'escalated' });
    clock.advance(60_000);
    expect(await record({ id: 'o2', run: 'r', outcome: 'escalated' })).toMatchObject({ repeated: true });
    expect(await refusal(post('/api/outcomes', { id: 'o2', run: 'r', outcome: 'failed' }))).toMatchObject({
      status: 409,
      code: 'outcome_conflict',
    });
  });

  test('an unknown run, and one long past, are accepted', async () => {
    expect(await record({ run: 'unknown', outcome: 'abandoned', at: '2001-01-01T00:00:00Z' })).toMatchObject({
      runKnown: false,
    });
  });

  test.each([
    [{ valueUsd: 0.1 }, '0.1'],
    [{ valueUsd: 1e-7 }, '0.0000001'],
    [{ valueUsd: '0.000000000001' }, '0.000000000001'],
    [{ valueUsd: 123456789012345e-10 }, '12345.6789012345'],
  ])('%j is read exactly', async (fields, valueUsd) => {
    expect((await record({ run: 'r', outcome: 'success', ...fields })).outcome.valueUsd).toBe(valueUsd);
  });

  test.each([
    [{ run: undefined }, 'run'],
    [{ run: '' }, 'run'],
    [{ outcome: 'great' }, 'outcome'],
    [{ valueUsd: 'four' }, 'valueUsd'],
    [{ valueUsd: -1 }, 'valueUsd'],
    [{ valueUsd: 1 / 3 }, 'valueUsd'],
    [{ valueUsd: '1000001' }, 'valueUsd'],
    [{ humanMinutes: -1 }, 'humanMinutes'],
    [{ csat: 101 }, 'csat'],
    [{ at: 'now' }, 'at'],
    [{ at: '2026-03-01T12:05:00.001Z' }, 'at'],
    [{ valuUsd: 1 }, 'valuUsd'],
  ])('%j is refused, naming %s', async (fields, field) => {
    const error = await refusal(post('/api/outcomes', { run: 'r', outcome: 'success', ...fields }));
    expect(error).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(error.fields.map((each) => each.field)).toContain(field);
  });

  test('five minutes of clock skew are borne', async () => {
    expect(await record({ run: 'r', outcome: 'success', at: '2026-03-01T12:05:00Z' })).toMatchObject({
      repeated: false,
    });
  });
});

describe('the door', () => {
  test.each([
    ['/api/nothing', 'GET', 404, 'not_found'],
    ['/api', 'GET', 404, 'not_found'],
    ['/api/costs', 'DELETE', 405, 'method_not_allowed'],
    ['/api/outcomes', 'GET', 405, 'method_not_allowed'],
    ['/api/openapi.json', 'DELETE', 405, 'method_not_allowed'],
    ['/missing.js', 'GET', 404, 'not_found'],
    ['/', 'GET', 404, 'not_found'],
  ])('%s %s → %i %s', async (path, method, status, code) => {
    const answer = api.fetch(new Request(`http://127.0.0.1:4700${path}`, { method }));
    expect(await refusal(answer)).toMatchObject({ status, code });
  });

  test.each([
    ['{', {}, 400, 'bad_request'],
    ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'bad_request'],
    ['{}', { origin: 'https://evil.example' }, 403, 'origin_refused'],
    ['{}', { 'sec-fetch-site': 'cross-site' }, 403, 'origin_refused'],
    ['{}', { origin: 'null' }, 403, 'origin_refused'],
    [`"${'x'.repeat(apiLimits.bodyBytesMax)}"`, {}, 413, 'body_too_large'],
  ])('a bad body (%#) is refused', async (body, headers, status, code) => {
    expect(await refusal(post('/api/outcomes', body, headers))).toMatchObject({ status, code });
  });

  test('our own page may write', async () => {
    const headers = { origin: 'http://127.0.0.1:4700', 'sec-fetch-site': 'same-origin' };
    expect((await post('/api/outcomes', { run: 'r', outcome: 'success' }, headers)).status).toBe(200);
  });

  test('pages get a strict policy', async () => {
    const headers = (await get('/api/instance')).headers;
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('probes and metrics', async () => {
    for (const path of ['/healthz', '/api/healthz', '/readyz', '/api/readyz'])
      expect((await get(path)).status).toBe(200);
    expect(await (await get('/metrics')).text()).toBe('burnrate_up 1\n');
    api = start({ readiness: [{ name: 'ledger', check: () => Promise.reject(new Error('gone')) }] });
    const answer = await get('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not_ready', checks: [{ name: 'ledger', ok: false, message: 'gone' }] },
    ]);
  });

  test('the instance names its addresses', async () => {
    const instance = instanceSchema.parse(await (await get('/api/instance')).json());
    expect(instance.dataPlane.providers[0]?.url).toBe('http://127.0.0.1:4700/p/openai');
  });
});

describe('sign-in', () => {
  beforeEach(() => {
    const signIn = tokenSignIn('the-token', 'secret', clock);
    api = start({ identify: signIn.identify, openSession: signIn.openSession });
  });

  test.each([
    [{}, 401],
    [{ authorization: 'Bearer wrong' }, 401],
    [{ cookie: 'burnrate_session=9999999999999.forged' }, 401],
    [{ authorization: 'Bearer the-token' }, 200],
  ])('%j → %i', async (headers, status) => {
    expect((await get('/api/instance', headers as Record<string, string>)).status).toBe(status);
    expect((await get('/metrics', headers as Record<string, string>)).status).toBe(status);
    expect((await get('/healthz')).status).toBe(200);
  });

  test('a browser exchanges the token for a cookie, which ends', async () => {
    expect(await refusal(post('/api/session', { token: 'wrong' }))).toMatchObject({ code: 'sign_in_required' });
    const signedIn = await post('/api/session', { token: 'the-token' });
    const set = signedIn.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(';')[0] ?? '';
    expect((await get('/api/instance', { cookie })).status).toBe(200);
    clock.advance(12 * 3_600_000);
    expect((await get('/api/instance', { cookie })).status).toBe(401);
  });

  test('a role that may not is told so', async () => {
    api = start({ identify: async () => ({ actor: 'vera', role: 'viewer' }) });
    expect(await refusal(post('/api/outcomes', { run: 'r', outcome: 'success' }))).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect((await get('/api/costs')).status).toBe(200);
  });
});

describe('keys', () => {
  test('are made once, listed without secrets, revoked, and audited', async () => {
    const made = (await (await post('/api/keys', { id: 'k1', name: 'ci', defaults: { team: 'a' } })).json()) as object;
    expect(made).toMatchObject({ secret: 'br_secret', key: { id: 'k1', defaults: { team: 'a' }, revokedAt: null } });
    const again = await (await post('/api/keys', { id: 'k1', name: 'ci', defaults: { team: 'a' } })).json();
    expect(again).toMatchObject({ secret: null, key: { id: 'k1' } });
    expect(await refusal(post('/api/keys', { id: 'k1', name: 'other' }))).toMatchObject({ code: 'already_exists' });
    expect(await (await get('/api/keys')).text()).not.toContain('br_secret');
    const gone = await api.fetch(new Request('http://127.0.0.1:4700/api/keys/k1', { method: 'DELETE' }));
    expect(await gone.json()).toMatchObject({ id: 'k1', revokedAt: '1970-01-01T00:00:00.002Z' });
    const audit = (await (await get('/api/audit?action=key.')).json()) as { entries: { action: string }[] };
    expect(audit.entries.map((entry) => entry.action)).toEqual(['key.revoke', 'key.create']);
  });

  test('an unknown key is not found', async () => {
    const answer = api.fetch(new Request('http://127.0.0.1:4700/api/keys/none', { method: 'DELETE' }));
    expect(await refusal(answer)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

import { describe, expect, test } from 'vitest';
import { fakeApi, refusal } from '../../test/cases/fake-api.ts';
import { BurnrateError } from '../base/index.ts';
import { callSchema, runSchema } from './schemas-calls.ts';
import { costsSchema } from './schemas-costs.ts';
import { workflowsSchema, workflowTreeSchema } from './schemas-workflows.ts';

const on = fakeApi();

describe('costs', () => {
  test('rows carry the dimensions by name; money is exact text', async () => {
    const answer = costsSchema.parse(await (await on.get('/api/costs?by=team,stage')).json());
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
    const answer = costsSchema.parse(await (await on.get(`/api/costs?${query}`)).json());
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
    const error = await refusal(on.get(`/api/costs?${query}`));
    expect(error).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(error.fields[0]).toMatchObject({ field, message: expect.stringContaining(message) });
  });

  test('a ledger that restarts is told as such, with the time to wait', async () => {
    on.opened.ledger.failure = new BurnrateError('LEDGER_UNAVAILABLE', { message: 'restarting', retryAfterMs: 1_500 });
    const response = await on.get('/api/costs');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await refusal(response)).toMatchObject({ status: 503, code: 'ledger_unavailable', retryAfterMs: 1_500 });
  });

  test('what nobody foresaw is logged, and its text stays inside', async () => {
    on.opened.ledger.failure = new TypeError('secret detail');
    const error = await refusal(on.get('/api/costs'));
    expect(error).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(error)).not.toContain('secret detail');
    expect(on.opened.logged).toEqual(['api_failed']);
  });
});

describe('workflows', () => {
  test('the tree has stages whose lines sum to the total, and figures per thing', async () => {
    await on.post('/api/outcomes', { run: 'run_1', outcome: 'success', valueUsd: '4.5', humanMinutes: 2 });
    const answer = workflowTreeSchema.parse(await (await on.get('/api/workflows/support-assistant/tree')).json());
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
    const answer = workflowsSchema.parse(await (await on.get('/api/workflows')).json());
    expect(answer.workflows).toHaveLength(1);
    expect(answer.workflows[0]).toMatchObject({ name: 'support-assistant', figures: { costPerSuccessUsd: null } });
  });

  test('a stage shows its calls', async () => {
    const path = '/api/workflows/support-assistant/tree?stage=classify&limit=5';
    const { tree } = workflowTreeSchema.parse(await (await on.get(path)).json());
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
    expect(await refusal(on.get(path))).toMatchObject({ status, code });
  });
});

describe('calls and runs', () => {
  test('a call has its attempts in order and their sum', async () => {
    const call = callSchema.parse(await (await on.get('/api/calls/call_1')).json());
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
    const run = runSchema.parse(await (await on.get('/api/runs/run_2')).json());
    expect(run).toMatchObject({ costUsd: null, knownCostUsd: '0.00225', unknownPriceAttempts: 1, simulated: true });
    expect(run.calls).toHaveLength(2);
  });

  test('a run known by its outcome alone is shown', async () => {
    await on.post('/api/outcomes', { run: 'early', outcome: 'failed' });
    const run = runSchema.parse(await (await on.get('/api/runs/early')).json());
    expect(run).toMatchObject({ costUsd: '0', calls: [], outcome: { outcome: 'failed' } });
  });

  test.each(['/api/calls/nope', '/api/runs/nope'])('%s is not found', async (path) => {
    expect(await refusal(on.get(path))).toMatchObject({ status: 404, code: 'not_found' });
  });
});

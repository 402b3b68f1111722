import { describe, expect, test } from 'vitest';
import { apiOverLedger } from '../../test/cases/api-over-ledger.ts';
import { configured, economicLedger } from '../../test/cases/economic-ledger.ts';

const under = economicLedger();
const startMs = Date.UTC(2026, 2, 1, 12);
const config = configured(`
version: 1
retention: { attempts: 90d }
prices: [ { provider: openai, model: big, inputPerMillion: 10, outputPerMillion: 100 } ]
workflows: { support: { stages: { retrieve: { service: vector-search, next: answer }, answer: { model: openai/big } } } }
services: { vector-search: { perCallUsd: 0.0002, line: retrieval }, ranged: { perCallUsd: 0.1 to 0.3 } }
`);
const on = apiOverLedger({ under, config, startMs });
const range = 'from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z';

const event = (id: string, type: string, data: unknown, more = {}) => ({
  ...{ specversion: '1.0', id, source: '/crm', type: `burnrate.${type}`, time: '2026-03-01T11:00:00Z', data },
  ...more,
});
const call = (id: string, data = {}, more = {}) =>
  event(
    id,
    'call',
    { provider: 'openai', model: 'big', usage: { prompt_tokens: 100, completion_tokens: 10 }, ...data },
    more,
  );
const service = (id: string, data = {}, more = {}) =>
  event(id, 'service', { service: 'vector-search', quantity: 3, ...data }, more);
const post = (body: unknown, contentType?: string) => on.ask('POST', '/api/usage', body, contentType);
const costs = async (by: string) =>
  (await on.ask<{ rows: unknown[]; totalUsd: string }>('GET', `/api/costs?by=${by}&${range}`)).body;

describe('what is told', () => {
  test('becomes attempts and lines, priced here, or as told', async () => {
    const labels = { workflow: 'support', stage: 'retrieve', team: 'care', tags: { a: 'b' } };
    const batch = [
      call('1', { labels: { workflow: 'support', stage: 'answer', team: 'care' }, run: 'r1', durationMs: 900 }),
      service('2', { labels, run: 'r1' }),
      service('3', { service: 'crm', costUsd: '0.05', line: 'services', labels, run: 'r1' }),
      service('4', { service: 'never-heard-of' }),
    ];
    const answer = await post(batch, 'application/cloudevents-batch+json');
    expect(answer).toEqual({ status: 200, body: { recorded: 4, repeated: 0, unknownPrice: 1 } });
    const byLine = await costs('line');
    expect(byLine).toMatchObject({
      totalUsd: '0.0526',
      rows: [
        { line: 'services', costUsd: '0.05' },
        { line: 'inference', costUsd: '0.002' },
        { line: 'retrieval', costUsd: '0.0006' },
        { line: null, costUsd: '0', unknownPriceAttempts: 1 },
      ],
    });
    expect((await costs('key')).rows).toMatchObject([{ key: '/crm', calls: 4 }]);
    const run = (await on.ask('GET', '/api/runs/r1')).body;
    expect(run).toMatchObject({ calls: [{}, {}, {}] });
    const stack = (await on.ask('GET', `/api/stack?by=team&${range}`)).body;
    expect(stack).toMatchObject({ totalUsd: '0.0526', unknownPriceAttempts: 1 });
    expect((await on.ask('GET', `/api/workflows/support/tree?${range}`)).body).toMatchObject({});
  });

  test('is there once, however often it comes and however its fields are ordered', async () => {
    await post(service('1', {}, { time: undefined }), 'application/cloudevents+json');
    on.clock.advance(60_000);
    const { data, ...rest } = service('1', {}, { time: undefined });
    expect((await post({ data, ...rest })).body).toEqual({ recorded: 0, repeated: 1, unknownPrice: 0 });
    expect((await post([service('1', {}, { source: '/other', time: undefined })])).body).toMatchObject({ recorded: 1 });
    expect((await costs('key')).totalUsd).toBe('0.0012');
    expect(await on.books.audit.list({ actionPrefix: 'usage.' })).toHaveLength(2);
  });

  test('is refused as a whole when a part contradicts what was told', async () => {
    await post(service('1'));
    const answer = await post([service('2'), service('1', { quantity: 4 })]);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'usage_conflict' } } });
    expect(JSON.stringify(answer.body)).toContain('\\"1\\"');
    expect((await costs('key')).totalUsd).toBe('0.0006');
  });

  test('a price stated as a range makes an estimate', async () => {
    await post(service('1', { service: 'ranged', quantity: 1 }));
    expect((await costs('usageSource')).rows).toMatchObject([{ usageSource: 'estimated' }]);
  });

  test('what was cut off between ledger and audit is audited when it comes again', async () => {
    const { audit } = on.books;
    const append = audit.append;
    (audit as { append: unknown }).append = () => Promise.reject(new Error('gone'));
    expect((await post(service('1'))).status).toBe(500);
    const outcome = { run: 'r1', outcome: 'success', id: 'o1' };
    expect((await on.ask('POST', '/api/outcomes', outcome)).status).toBe(500);
    (audit as { append: unknown }).append = append;
    for (const _ of [1, 2]) {
      expect((await post(service('1'))).body).toMatchObject({ repeated: 1 });
      expect((await on.ask('POST', '/api/outcomes', outcome)).body).toMatchObject({ repeated: true });
    }
    const actions = (await audit.list({})).map((entry) => entry.action);
    expect(actions).toEqual(['outcome.record', 'usage.record']);
  });
});

test.each([
  ['no event', {}, ''],
  ['an empty batch', [], ''],
  ['another version', service('1', {}, { specversion: '0.3' }), '0.specversion'],
  ['another type', event('1', 'other', {}), '0.type'],
  ['no id', service('', {}), '0.id'],
  ['a call with nothing to price', call('1', { usage: undefined }), '0.data'],
  ['usage nobody can read', call('1', { usage: { prompt_tokens: -5 } }), '0.data.usage'],
  ['an unknown field', service('1', { quanttity: 2 }), 'quanttity'],
  ['a prompt', call('1', { prompt: 'secret' }), 'prompt'],
  ['a negative cost', service('1', { costUsd: -1 }), '0.data.costUsd'],
  ['too dear', service('1', { costUsd: '1000001' }), '0.data.costUsd'],
  ['half a call', service('1', { quantity: 0.5 }), '0.data.quantity'],
  ['the future', service('1', {}, { time: '2026-03-02T12:00:00Z' }), '0.time'],
  ['long ago', [service('1'), service('2', {}, { time: '2025-03-02T12:00:00Z' })], '1.time'],
])('%s is refused, naming the field', async (_, body, field) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 422, body: { error: { code: 'validation_failed' } } });
  expect(JSON.stringify(answer.body)).toContain(field);
  expect((await costs('key')).rows).toEqual([]);
});

test('who only looks tells nothing, and a batch is bounded', async () => {
  const many = Array.from({ length: 1_001 }, (_, index) => service(`${index}`));
  expect((await post(many)).status).toBe(422);
  on.signedIn.who = { actor: 'eve', role: 'finance' };
  expect((await post(service('1'))).status).toBe(403);
});

import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ask, answerWith, ask, openRig, type Rig, type RigOptions } from './test-rig.ts';

const question = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] });
const answerText = JSON.stringify({ id: 'c1', model: 'test-model', usage: { prompt_tokens: 3, completion_tokens: 2 } });

let rig: Rig;
afterEach(() => rig.close());

async function open(options: RigOptions = {}): Promise<void> {
  rig = await openRig(options);
  rig.script = answerWith(answerText);
}

const post = (path: string, more: Partial<Ask> = {}): Ask => ({ path, body: question, ...more });

describe('refusals', () => {
  const cases: readonly [string, RigOptions, Ask, number, string][] = [
    ['a foreign host', {}, post('/v1/chat/completions', { headers: { host: 'evil.example' } }), 403, 'origin_refused'],
    [
      'a foreign page',
      {},
      post('/v1/chat/completions', { headers: { origin: 'https://evil.example' } }),
      403,
      'origin_refused',
    ],
    ['a sandboxed page', {}, post('/v1/chat/completions', { headers: { origin: 'null' } }), 403, 'origin_refused'],
    [
      'a foreign page at the control plane',
      {},
      { path: '/api/costs', headers: { origin: 'https://evil.example' } },
      403,
      'origin_refused',
    ],
    ['no key', { yaml: 'access: keys' }, post('/v1/chat/completions'), 401, 'invalid_key'],
    [
      'a wrong key',
      { yaml: 'access: keys' },
      post('/v1/chat/completions', { headers: { authorization: 'Bearer no' } }),
      401,
      'invalid_key',
    ],
    ['malformed JSON', {}, { path: '/v1/chat/completions', body: '{"model":' }, 400, 'bad_request'],
    ['JSON that is no object', {}, { path: '/v1/chat/completions', body: '[1]' }, 400, 'bad_request'],
    ['an empty body', {}, { path: '/v1/chat/completions', method: 'POST' }, 400, 'bad_request'],
    [
      'a body too large',
      { serverYaml: 'maxBodyBytes: 1kB' },
      { path: '/v1/chat/completions', body: 'x'.repeat(2_000) },
      413,
      'body_too_large',
    ],
    ['an unknown provider', {}, post('/p/nobody/chat/completions'), 404, 'not_found'],
    ['a path that climbs out', {}, post('/p/openai/%2e%2e/admin'), 400, 'bad_request'],
    [
      'broken baggage of ours',
      {},
      post('/v1/chat/completions', { headers: { baggage: 'burnrate.user=%zz' } }),
      400,
      'bad_request',
    ],
    [
      'unknown baggage of ours',
      {},
      post('/v1/chat/completions', { headers: { baggage: 'burnrate.colour=red' } }),
      400,
      'bad_request',
    ],
    [
      'a value too long',
      {},
      post('/v1/chat/completions', { headers: { 'burnrate-user': 'u'.repeat(300) } }),
      400,
      'bad_request',
    ],
    [
      'a tag without value',
      {},
      post('/v1/chat/completions', { headers: { 'burnrate-tags': 'lonely' } }),
      400,
      'bad_request',
    ],
    [
      'too many tags',
      {},
      post('/v1/chat/completions', {
        headers: { 'burnrate-tags': Array.from({ length: 17 }, (_, i) => `t${i}=1`).join(',') },
      }),
      400,
      'bad_request',
    ],
    [
      'a body that is not gzip',
      {},
      post('/v1/chat/completions', { headers: { 'content-encoding': 'gzip' } }),
      400,
      'bad_request',
    ],
    [
      'a provider of another kind',
      {},
      post('/v1/chat/completions', { body: '{"model":"anthropic/claude"}' }),
      400,
      'bad_request',
    ],
    [
      'a web socket',
      {},
      { path: '/v1/realtime', headers: { connection: 'Upgrade', upgrade: 'websocket' } },
      400,
      'bad_request',
    ],
  ];

  test.each([
    [{}, 'No key was sent.'],
    [{ authorization: 'Bearer no' }, 'The key is not known here.'],
  ])('with %j it is said: %s', async (headers, message) => {
    await open({ yaml: 'access: keys' });
    const answer = await ask(rig.port, post('/v1/chat/completions', { headers }));
    expect(JSON.parse(answer.body.toString()).error.message).toContain(message);
  });

  test.each(cases)('%s', async (_name, options, request, status, code) => {
    await open(options);
    const answer = await ask(rig.port, request);
    expect([answer.status, answer.headers['burnrate-error-code']]).toEqual([status, code]);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(JSON.parse(answer.body.toString()).error).toBeDefined();
    expect(rig.received).toHaveLength(0);
    expect(rig.journal.begun).toHaveLength(0);
    expect(rig.gateway.stats().errors).toEqual({ [code]: 1 });
    expect(
      (await ask(rig.port, post('/v1/chat/completions', { headers: { authorization: 'Bearer k' } }))).status,
    ).toBeLessThan(500);
  });

  test('a body without an announced length is cut off at the bound', async () => {
    await open({ serverYaml: 'maxBodyBytes: 1kB' });
    const answer = await ask(rig.port, {
      path: '/v1/chat/completions',
      body: 'x'.repeat(5_000),
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(answer.status).toBe(413);
  });

  test('a journal that cannot be written: nothing goes upstream', async () => {
    await open();
    rig.journal.full = true;
    const answer = await ask(rig.port, post('/v1/chat/completions'));
    expect([answer.status, answer.headers['burnrate-error-code']]).toEqual([503, 'journal_unavailable']);
    expect(answer.headers['x-should-retry']).toBeUndefined();
    expect(rig.received).toHaveLength(0);
    expect(rig.journal.ended).toHaveLength(0);
  });

  test('more calls than allowed at a time are told to come back', async () => {
    await open({ serverYaml: 'maxConcurrent: 1' });
    let release = (): void => undefined;
    rig.script = (_req, res) => {
      release = () => void res.end(answerText);
    };
    const first = ask(rig.port, post('/v1/chat/completions'));
    while (rig.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await ask(rig.port, post('/v1/chat/completions'));
    expect([second.status, second.headers['burnrate-error-code'], second.headers['retry-after']]).toEqual([
      503,
      'overloaded',
      '1',
    ]);
    release();
    expect((await first).status).toBe(200);
  });

  test.each([
    ['/v1/chat/completions', { error: { type: 'invalid_request_error', param: null, code: 'bad_request' } }],
    ['/anthropic/v1/messages', { type: 'error', error: { type: 'invalid_request_error' } }],
    ['/gemini/v1beta/models/m:generateContent', { error: { code: 400, status: 'INVALID_ARGUMENT' } }],
  ])('come in the shape of the provider: %s', async (path, shape) => {
    await open();
    const answer = await ask(rig.port, { path, body: 'no' });
    expect(JSON.parse(answer.body.toString())).toMatchObject(shape);
  });
});

describe('where keys go', () => {
  test.each([
    ['/v1/chat/completions', { authorization: 'Bearer mine' }, 'authorization', 'Bearer provider-secret'],
    ['/anthropic/v1/messages', { 'x-api-key': 'mine' }, 'x-api-key', 'provider-secret'],
    [
      '/gemini/v1beta/models/test-model:generateContent',
      { 'x-goog-api-key': 'mine' },
      'x-goog-api-key',
      'provider-secret',
    ],
    ['/gemini/v1beta/models/test-model:generateContent?key=mine&alt=json', {}, 'x-goog-api-key', 'provider-secret'],
    ['/p/own/chat/completions', { authorization: 'Bearer mine' }, 'authorization', 'Bearer mine'],
  ] as const)('%s', async (path, headers, name, value) => {
    await open({ yaml: 'access: keys', keys: { mine: { defaults: { team: 'blue' } } } });
    const answer = await ask(rig.port, post(path, { headers: { ...headers, cookie: 'session=1' } }));
    expect(answer.status).toBe(200);
    const [received] = rig.received;
    expect(received?.headers[name]).toBe(value);
    expect(received?.headers.cookie).toBeUndefined();
    if (!path.startsWith('/p/own')) expect(JSON.stringify(received)).not.toContain('mine');
    expect(rig.journal.ended[0]).toMatchObject({ keyId: 'key_mine', team: 'blue' });
  });

  test.each([
    ['br_known', 'key_br_known'],
    ['br_unknown', 'anonymous'],
    ['sk-foreign', 'anonymous'],
    ['', 'anonymous'],
  ])('where any key will do, "%s" counts as %s', async (secret, keyId) => {
    const lateKeys = {
      identify: () => null,
      lookUp: (asked: string) =>
        Promise.resolve(
          asked === 'br_known' ? ({ id: 'key_br_known', defaults: {}, allowedModels: [] } as never) : null,
        ),
    };
    await open({ deps: { keys: lateKeys } });
    const headers = secret === '' ? {} : { 'x-api-key': secret };
    await ask(rig.port, post('/v1/chat/completions', { headers }));
    expect(rig.journal.ended[0]?.keyId).toBe(keyId);
  });

  test.each([
    ['test-model', 200],
    ['openai/test-model', 200],
    ['other-model', 403],
  ])('a key with a list of models asks for %s', async (model, status) => {
    await open({ yaml: 'access: keys', keys: { mine: { allowedModels: ['openai/test-model'] } } });
    const headers = { authorization: 'Bearer mine' };
    const answer = await ask(rig.port, post('/v1/chat/completions', { headers, body: JSON.stringify({ model }) }));
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.headers['burnrate-error-code']).toBe('model_not_allowed');
  });
});

describe('what passes through', () => {
  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s on an endpoint nobody knows', async (method) => {
    await open();
    rig.script = answerWith('pong', { 'content-type': 'text/plain' }, 207);
    const answer = await ask(rig.port, { path: '/v1/brand/new?x=%20y', method });
    expect([answer.status, answer.body.toString()]).toEqual([207, 'pong']);
    expect(rig.received[0]).toMatchObject({ method, url: '/up/v1/brand/new?x=%20y' });
    // Reading costs nothing and is not recorded; what may change something is.
    const recorded = ['GET', 'OPTIONS'].includes(method) ? [] : [{ operation: 'other', usageSource: 'none' }];
    expect(rig.journal.ended).toMatchObject(recorded);
  });

  test('HEAD keeps the length of the body that does not come', async () => {
    await open();
    rig.script = (_req, res) => res.writeHead(200, { 'content-length': '42' }).end();
    const answer = await ask(rig.port, { path: '/v1/models', method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '42', 0]);
  });

  test('an unknown endpoint that reports usage is metered', async () => {
    await open();
    const answer = await ask(rig.port, post('/v1/brand/new'));
    expect(answer.body.toString()).toBe(answerText);
    expect(rig.journal.ended[0]).toMatchObject({ operation: 'other', usage: { input: 3, output: 2 } });
  });

  test('reading a stored response again is not billed again', async () => {
    await open();
    await ask(rig.port, { path: '/v1/responses/resp_1' });
    expect(rig.journal.begun).toEqual([]);
  });

  test('a provider of another wire format counts calls', async () => {
    await open();
    await ask(rig.port, post('/p/else/rank?n=2'));
    expect(rig.received[0]?.url).toBe('/else/rank?n=2');
    expect(rig.journal.ended[0]).toMatchObject({ protocol: 'other', usage: { call: 1 } });
  });

  test('a compressed request body goes on as it came and is read all the same', async () => {
    await open();
    const body = gzipSync(question);
    await ask(rig.port, post('/v1/chat/completions', { body, headers: { 'content-encoding': 'gzip' } }));
    expect(rig.received[0]?.body.equals(body)).toBe(true);
    expect(rig.received[0]?.headers['content-encoding']).toBe('gzip');
    expect(rig.journal.ended[0]).toMatchObject({ modelRequested: 'test-model' });
  });

  test('a model of another provider of the same kind goes there, and only its name changes', async () => {
    await open();
    const body = '{ "messages" : [],  "model" : "second/test-model", "n": 1.0 }';
    const answer = await ask(rig.port, post('/v1/chat/completions', { body }));
    expect(rig.received[0]?.url).toBe('/second/chat/completions');
    expect(rig.received[0]?.headers.authorization).toBe('Bearer second-secret');
    expect(rig.received[0]?.body.toString()).toBe('{ "messages" : [],  "model" : "test-model", "n": 1.0 }');
    expect(answer.headers['burnrate-served-by']).toBe('second/test-model');
  });

  test('what is not of the data plane is forwarded', async () => {
    await open();
    const answer = await ask(rig.port, { path: '/healthz' });
    expect(answer.body.toString()).toBe('forwarded');
    expect((await ask(rig.port, { path: '/v1x' })).body.toString()).toBe('forwarded');
  });

  test('headers of one connection and ours stay here; the rest keeps spelling and order', async () => {
    await open();
    await ask(
      rig.port,
      post('/v1/chat/completions', {
        headers: {
          'X-First': '1',
          'burnrate-team': 'red',
          'OpenAI-Beta': 'x',
          connection: 'close, x-hop',
          'x-hop': 'gone',
          baggage: 'a=1,burnrate.user=me,b=2;p=3',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        },
      }),
    );
    const headers = rig.received[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-first': '1', 'openai-beta': 'x', baggage: 'a=1,b=2;p=3' });
    expect(headers.traceparent).toMatch(/^00-0af7/);
    expect(headers['x-hop']).toBeUndefined();
    expect(headers['burnrate-team']).toBeUndefined();
    expect(rig.journal.ended[0]).toMatchObject({ team: 'red', user: 'me', run: '0af7651916cd43dd8448eb211c80319c' });
  });

  test('an answer of the emulator is marked simulated', async () => {
    await open();
    rig.script = answerWith(answerText, { 'burnrate-emulator': '1' });
    await ask(rig.port, post('/v1/chat/completions'));
    await ask(rig.port, post('/v1/chat/completions'));
    expect(rig.journal.ended.map((attempt) => attempt.simulated)).toEqual([true, true]);
    expect(rig.journal.begun.map((attempt) => attempt.simulated)).toEqual([false, true]);
  });
});

test('a client SDK’s retry is a further attempt of the same call', async () => {
  await open();
  const send = (count: string) =>
    ask(rig.port, post('/v1/chat/completions', { headers: { 'x-stainless-retry-count': count } }));
  const answers = [await send('0'), await send('1'), await send('2')];
  const [first, second, third] = rig.journal.ended;
  expect([second?.callId, third?.callId]).toEqual([first?.callId, first?.callId]);
  expect([first?.run, third?.run]).toEqual([second?.run, second?.run]);
  expect(rig.journal.ended.map((attempt) => [attempt.attemptNumber, attempt.reason, attempt.layer])).toEqual([
    [1, 'first', 'product'],
    [2, 'retry', 'client'],
    [3, 'retry', 'client'],
  ]);
  expect(answers.map((answer) => answer.headers['burnrate-attempts'])).toEqual(['1', '2', '3']);
  expect(third?.lines.map((line) => line.line)).toEqual(['retries', 'retries']);
  expect(new Set(rig.journal.ended.map((attempt) => attempt.attemptId)).size).toBe(3);
});

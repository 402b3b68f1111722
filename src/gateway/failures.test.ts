import { createServer } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attempt } from '../tree/index.ts';
import { answerWith, ask, listen, openRig, type Rig, type Script, stop, until } from './test-rig.ts';

const question = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'x'.repeat(400) }] });
const streamQuestion = JSON.stringify({ ...JSON.parse(question), stream: true });
const answerText = JSON.stringify({ id: 'c1', model: 'test-model', usage: { prompt_tokens: 3, completion_tokens: 2 } });
const event = (text: string) =>
  `data: {"id":"c1","model":"test-model","choices":[{"delta":{"content":"${text}"}}]}\n\n`;

let rig: Rig;
beforeEach(async () => {
  rig = await openRig({ serverYaml: 'streamIdleTimeout: 300ms, upstreamTimeout: 300ms, connectTimeout: 2s' });
});
afterEach(() => rig.close());

async function lastAttempt(): Promise<Attempt> {
  await until(() => rig.journal.ended.length > 0);
  return rig.journal.ended[0] as Attempt;
}

const never: Script = () => undefined;
const reset: Script = (req) => req.socket.resetAndDestroy();
const garbage: Script = (req) => req.socket.end('this is not HTTP\r\n\r\n');
const shortBody: Script = (req) =>
  req.socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"id":');
const hangingBody: Script = (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');

describe('before the head of the answer is out', () => {
  test.each([
    ['a provider that never answers', never, 504, 'upstream_timeout', 'timeout'],
    ['a connection reset', reset, 502, 'upstream_failed', 'network'],
    ['something that is not HTTP', garbage, 502, 'upstream_failed', 'network'],
    ['a body shorter than announced', shortBody, 502, 'upstream_failed', 'network'],
    ['a body that stops', hangingBody, 504, 'upstream_timeout', 'timeout'],
  ] as const)('%s', async (_name, script, status, code, failure) => {
    rig.script = script;
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body: question });
    expect(answer.status).toBe(status);
    expect(answer.headers['burnrate-error-code']).toBe(code);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(answer.headers['burnrate-call-id']).toMatch(/^call_/);
    expect(JSON.parse(answer.body.toString()).error.code).toBe(code);
    const attempt = await lastAttempt();
    expect(attempt).toMatchObject({ failure, usageSource: 'estimated', usage: { input: 100 }, priceState: 'known' });
    expect(rig.journal.ended).toHaveLength(1);
  });

  test('a provider that cannot be reached bills nothing', async () => {
    const probe = createServer();
    const freePort = await listen(probe);
    await stop(probe);
    const lonely = await openRig({ providerPort: freePort });
    const answer = await ask(lonely.port, { path: '/v1/chat/completions', body: question });
    expect(answer.status).toBe(502);
    expect(lonely.journal.ended[0]).toMatchObject({
      failure: 'network',
      usageSource: 'none',
      priceState: 'none',
      status: 0,
    });
    await lonely.close();
  });
});

describe('what a provider answers passes through as it is', () => {
  test.each([
    [429, 'rate_limited'],
    [408, 'timeout'],
    [500, 'upstream_error'],
    [529, 'upstream_error'],
    [400, 'client_error'],
    [404, 'client_error'],
  ] as const)('status %i', async (status, failure) => {
    const body = '{"error":{"message":"no"}}';
    rig.script = answerWith(body, { 'retry-after': '7' }, status);
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body: question });
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toBe(body);
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.headers['burnrate-error-code']).toBeUndefined();
    expect(await lastAttempt()).toMatchObject({ failure, usageSource: 'none', priceState: 'none', usage: {}, status });
  });

  test.each([
    ['text that is not JSON', 'oops', 'application/json', 'malformed', 'absent'],
    ['a page of HTML', '<html></html>', 'text/html', 'malformed', 'absent'],
    ['JSON without usage', '{"id":"x","model":"test-model"}', 'application/json', null, 'absent'],
    ['usage that is nonsense', '{"usage":{"prompt_tokens":-4}}', 'application/json', 'malformed', 'absent'],
  ] as const)('%s', async (_name, body, type, failure, usageSource) => {
    rig.script = answerWith(body, { 'content-type': type });
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body: question });
    expect(answer.body.toString()).toBe(body);
    expect(await lastAttempt()).toMatchObject({ failure, usageSource, priceState: 'unknown', cost: null });
    expect(answer.headers['burnrate-cost-usd']).toBeUndefined();
  });

  test.each([
    ['gzip', gzipSync(answerText)],
    ['br', brotliCompressSync(answerText)],
  ] as const)('%s is metered from a side copy', async (coding, bytes) => {
    rig.script = answerWith(bytes, { 'content-encoding': coding });
    const answer = await ask(rig.port, {
      path: '/v1/chat/completions',
      body: question,
      headers: { 'accept-encoding': 'gzip, br, zstd' },
    });
    expect(answer.body.equals(bytes)).toBe(true);
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(rig.received[0]?.headers['accept-encoding']).toBe('gzip, br');
    expect(await lastAttempt()).toMatchObject({ usage: { input: 3, output: 2 }, usageSource: 'reported' });
  });

  test('a compressed answer that is broken passes through and is a silent meter', async () => {
    const bytes = Buffer.concat([gzipSync(answerText).subarray(0, 12), Buffer.from('garbage')]);
    rig.script = answerWith(bytes, { 'content-encoding': 'gzip' });
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body: question });
    expect(answer.body.equals(bytes)).toBe(true);
    expect(await lastAttempt()).toMatchObject({ usageSource: 'absent', failure: 'malformed' });
  });

  test('an answer too large to hold is streamed and its usage found at its end', async () => {
    const vector = `[${Array.from({ length: 400_000 }, () => '0.125').join(',')}]`;
    const body = `{"object":"list","data":[{"embedding":${vector}}],"model":"test-model","usage":{"prompt_tokens":9,"total_tokens":9}}`;
    rig.script = answerWith(body);
    const answer = await ask(rig.port, { path: '/v1/embeddings', body: '{"model":"test-model","input":"hi"}' });
    expect(answer.body.toString()).toBe(body);
    expect(answer.headers['burnrate-cost-usd']).toBeUndefined();
    expect(await lastAttempt()).toMatchObject({
      usage: { input: 9 },
      usageSource: 'reported',
      modelServed: 'test-model',
    });
  });
});

describe('streams that break', () => {
  test('an idle stream ends with the error in the provider’s own event format', async () => {
    rig.script = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).write(event('12345678'));
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body: streamQuestion });
    expect(answer.status).toBe(200);
    expect(answer.body.toString().startsWith(event('12345678'))).toBe(true);
    expect(answer.body.toString()).toMatch(/\n\ndata: \{"error":\{"message":".*"code":"upstream_timeout"\}\}\n\n$/);
    expect(await lastAttempt()).toMatchObject({
      failure: 'timeout',
      usageSource: 'estimated',
      usage: { input: 100, output: 2 },
    });
  });

  test('an Anthropic stream that is reset keeps the input it reported', async () => {
    const start = `event: message_start\ndata: {"type":"message_start","message":{"id":"m1","model":"test-model","usage":{"input_tokens":77,"output_tokens":1}}}\n\n`;
    const delta = `event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"${'y'.repeat(40)}"}}\n\n`;
    rig.script = (req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(start + delta, () => setTimeout(() => req.socket.resetAndDestroy(), 30));
    };
    const answer = await ask(rig.port, { path: '/anthropic/v1/messages', body: streamQuestion });
    expect(answer.body.toString()).toContain('event: error\ndata: {"type":"error"');
    expect(await lastAttempt()).toMatchObject({ usage: { input: 77, output: 10 }, usageSource: 'estimated' });
  });

  test('a stream that ends without its end mark is malformed and estimated', async () => {
    rig.script = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(event('abcd'));
    await ask(rig.port, { path: '/v1/chat/completions', body: streamQuestion });
    expect(await lastAttempt()).toMatchObject({ failure: 'malformed', usageSource: 'estimated' });
  });

  test('a compressed stream is metered from a side copy', async () => {
    const whole = `${event('hello')}data: {"id":"c1","model":"test-model","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":1}}\n\ndata: [DONE]\n\n`;
    const bytes = gzipSync(whole);
    rig.script = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      for (const byte of bytes) res.write(Buffer.from([byte]));
      res.end();
    };
    const body = JSON.stringify({ ...JSON.parse(streamQuestion), stream_options: { include_usage: true } });
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body });
    expect(answer.body.equals(bytes)).toBe(true);
    expect(await lastAttempt()).toMatchObject({ usage: { input: 4, output: 1 }, usageSource: 'reported' });
  });
});

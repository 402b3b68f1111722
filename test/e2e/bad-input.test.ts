/** Bad input gets a coded error that tells the remedy; the process lives and loses nothing. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ settings: 'server: { maxBodyBytes: 65536 }\n' });
});

afterAll(async () => {
  await stack?.stop();
});

const chat = '/v1/chat/completions';
const good = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hi' }] });
const json = { 'content-type': 'application/json', authorization: 'Bearer x' };

interface Case {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly code: string;
}

const futureMs = 24 * 3_600_000;
const outcome = (fields: object) => JSON.stringify({ run: 'r', outcome: 'success', ...fields });

const cases: readonly Case[] = [
  {
    name: 'malformed JSON',
    path: chat,
    body: '{"model": "gpt-5-mini", "messages": [',
    status: 400,
    code: 'bad_request',
  },
  { name: 'a body that is no object', path: chat, body: '[1,2]', status: 400, code: 'bad_request' },
  {
    name: 'an oversized body',
    path: chat,
    body: JSON.stringify({ x: 'y'.repeat(70_000) }),
    status: 413,
    code: 'body_too_large',
  },
  { name: 'an unknown provider', path: '/p/nobody/v1/x', body: '{}', status: 404, code: 'not_found' },
  {
    name: 'a foreign Origin',
    path: chat,
    headers: { origin: 'https://evil.example' },
    body: good,
    status: 403,
    code: 'origin_refused',
  },
  {
    name: 'malformed burnrate baggage',
    path: chat,
    headers: { baggage: 'burnrate.user=%E0%A4%A' },
    body: good,
    status: 400,
    code: 'bad_request',
  },
  { name: 'an unknown API path', path: '/api/nothing', method: 'GET', status: 404, code: 'not_found' },
  { name: 'a wrong method', path: '/api/costs', method: 'DELETE', status: 405, code: 'method_not_allowed' },
  { name: 'an unknown dimension', path: '/api/costs?by=teem', method: 'GET', status: 422, code: 'validation_failed' },
  {
    name: 'an outcome of no known kind',
    path: '/api/outcomes',
    body: outcome({ outcome: 'great' }),
    status: 422,
    code: 'validation_failed',
  },
  {
    name: 'an outcome from the future',
    path: '/api/outcomes',
    body: outcome({ at: new Date(Date.now() + futureMs).toISOString() }),
    status: 422,
    code: 'validation_failed',
  },
  { name: 'an outcome that is no JSON', path: '/api/outcomes', body: '{', status: 400, code: 'bad_request' },
  { name: 'an unknown call', path: '/api/calls/call_nope', method: 'GET', status: 404, code: 'not_found' },
];

async function send(c: Pick<Case, 'path' | 'method' | 'headers' | 'body'>): Promise<Response> {
  const method = c.method ?? 'POST';
  return fetch(stack.origin + c.path, {
    method,
    headers: { ...json, ...c.headers },
    ...(c.body ? { body: c.body } : {}),
  });
}

describe('bad input', () => {
  test.each(cases)('$name: $status $code', async (c) => {
    const response = await send(c);
    const text = await response.text();
    expect(text).toContain(c.code === 'not_found' ? '' : 'message');
    expect({ status: response.status, code: response.headers.get('burnrate-error-code') }).toEqual({
      status: c.status,
      code: c.code,
    });
    expect(() => JSON.parse(text)).not.toThrow();
  });

  test('an outcome sent in chunks of no announced length is taken', async () => {
    async function* parts() {
      yield Buffer.from('{"run": "chunked-run", ');
      yield Buffer.from('"outcome": "success"}');
    }
    const chunked = { method: 'POST', headers: json, body: parts(), duplex: 'half' };
    const response = await fetch(`${stack.origin}/api/outcomes`, chunked as unknown as RequestInit);
    expect([response.status, await response.json()]).toMatchObject([200, { outcome: { run: 'chunked-run' } }]);
  });

  test('a foreign Host is refused', async () => {
    const status = await new Promise<{ status: number | undefined; code: unknown }>((done, fail) => {
      const { port } = new URL(stack.origin);
      const sent = request(
        { port, host: '127.0.0.1', path: '/api/costs', headers: { host: 'burnrate.evil.example' } },
        (response) => {
          response.resume();
          done({ status: response.statusCode, code: response.headers['burnrate-error-code'] });
        },
      );
      sent.on('error', fail);
      sent.end();
    });
    expect(status).toEqual({ status: 403, code: 'origin_refused' });
  });

  test('a model without a price passes, and its cost is unknown, never zero', async () => {
    const run = 'unknown-model-run';
    const body = JSON.stringify({ model: 'nobody-knows-this-model', messages: [{ role: 'user', content: 'hi' }] });
    const response = await send({ path: chat, headers: { 'burnrate-run': run }, body });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    const found = await stack.until<{ costUsd: string | null; unknownPriceAttempts: number; calls: unknown[] }>(
      `/api/runs/${run}`,
      (answer) => answer.calls.length === 1,
    );
    expect(found).toMatchObject({ costUsd: null, unknownPriceAttempts: 1 });
  });

  test('after all of it the process is alive and has lost nothing', async () => {
    const run = 'after-bad-input';
    const response = await send({ path: chat, headers: { 'burnrate-run': run }, body: good });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    await stack.until<{ calls: unknown[] }>(`/api/runs/${run}`, (answer) => answer.calls.length === 1);
    expect(stack.burnrate.child.exitCode).toBeNull();
  });
});

describe('keys', () => {
  test('a wrong key is refused where keys are asked for', async () => {
    const locked = await startStack({ settings: 'access: keys\n' });
    const response = await fetch(`${locked.origin}${chat}`, { method: 'POST', headers: json, body: good });
    const code = response.headers.get('burnrate-error-code');
    await response.arrayBuffer();
    await locked.stop();
    expect([response.status, code, response.headers.get('x-should-retry')]).toEqual([401, 'invalid_key', 'false']);
  });
});

import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainPorts } from '../../test/fakes/plain-api.ts';
import { createApi } from './index.ts';

const api = createApi(plainPorts());
const server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' });
let origin: string;

beforeAll(async () => {
  if (!server.listening) await new Promise((listening) => server.once('listening', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  api.close();
  server.close();
});

const typed = (type: string) => ({ 'content-type': type });

test.each<[string, string, RequestInit, string]>([
  ['DELETE', '/api/keys/none', {}, 'not_found'],
  ['POST', '/api/keys', { body: new Uint8Array([123, 125]) }, 'bad_request'],
  ['POST', '/api/keys', { body: '{}' }, 'bad_request'],
  ['POST', '/api/keys', { body: 'name=a', headers: typed('application/x-www-form-urlencoded') }, 'bad_request'],
  ['POST', '/api/keys', { body: '{}', headers: typed('application/json; charset=utf-8') }, 'validation_failed'],
])('over a socket %s %s with %j is %s', async (method, path, init, code) => {
  const answer = await fetch(`${origin}${path}`, { method, ...init });
  expect(answer.headers.get('burnrate-error-code')).toBe(code);
});

test('over a socket what needs no body takes none', async () => {
  const answer = await fetch(`${origin}/api/alerts/none/acknowledge`, { method: 'POST' });
  expect(answer.headers.get('burnrate-error-code')).toBe('not_found');
});

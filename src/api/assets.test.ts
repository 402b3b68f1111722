import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Assets, loadAssets } from './assets.ts';
import { serveAssets } from './assets-endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'burnrate-assets-'));
let assets: Assets;

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'dist', 'assets', 'app-1a2b.js'), 'run()');
  writeFileSync(join(folder, 'dist', 'notes.md'), 'not served');
  assets = await loadAssets(join(folder, 'dist'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  new Hono().get('*', serveAssets(assets) as never).request(`http://127.0.0.1${path}`, { headers });

test.each([
  ['/index.html', {}, 200, 'no-cache'],
  ['/assets/app-1a2b.js', {}, 200, 'public, max-age=31536000, immutable'],
  ['/workflows/support', { accept: 'text/html,*/*' }, 200, 'no-cache'],
  ['/workflows/support', {}, 404, null],
  ['/assets/gone.js', { accept: '*/*' }, 404, null],
  ['/api/nothing', { accept: 'text/html' }, 404, null],
  ['/notes.md', {}, 404, null],
  ['/..%2fsecret.txt', {}, 404, null],
  ['/%2e%2e/secret.txt', {}, 404, null],
] as const)('%s %j → %i', async (path, headers, status, caching) => {
  const response = await get(path, headers);
  expect(response.status).toBe(status);
  expect(response.headers.get('cache-control')).toBe(caching);
});

test('what has not changed is not sent again', async () => {
  const etag = (await get('/index.html')).headers.get('etag') ?? '';
  expect((await get('/index.html', { 'if-none-match': etag })).status).toBe(304);
});

test('a folder that is not there gives no assets', async () => {
  expect((await loadAssets(join(folder, 'none'))).size).toBe(0);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Assets, loadAssets } from './assets.ts';
import { serveAssets } from './assets-endpoint.ts';

const large = 'run();\n'.repeat(500);
const folder = mkdtempSync(join(tmpdir(), 'burnrate-assets-'));
let assets: Assets;

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'dist', 'assets', 'app-1a2b.js'), 'run()');
  writeFileSync(join(folder, 'dist', 'assets', 'large-3c4d.js'), large);
  writeFileSync(join(folder, 'dist', 'notes.md'), 'not served');
  assets = await loadAssets(join(folder, 'dist'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  new Hono().get('*', serveAssets(assets) as never).request(`http://127.0.0.1${path}`, { headers });

test.each([
  ['/index.html', {}, 200, 'no-cache'],
  ['/', {}, 200, 'no-cache'],
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

test.each([
  ['br, gzip', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['identity', null],
  ['', null],
] as const)(
  'to a client that takes "%s" a large file is sent as %s, under a tag of its own',
  async (accepted, sent) => {
    const plain = await get('/assets/large-3c4d.js');
    const answer = await get('/assets/large-3c4d.js', { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(sent);
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    expect(answer.headers.get('etag') === plain.headers.get('etag')).toBe(sent === null);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = sent === 'br' ? brotliDecompressSync(bytes) : sent === 'gzip' ? gunzipSync(bytes) : bytes;
    expect(text.toString()).toBe(large);
    const again = { 'accept-encoding': accepted, 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await get('/assets/large-3c4d.js', again)).status).toBe(304);
  },
);

test('what has not changed is not sent again', async () => {
  const etag = (await get('/index.html')).headers.get('etag') ?? '';
  expect((await get('/index.html', { 'if-none-match': etag })).status).toBe(304);
});

test('a folder that is not there gives no assets', async () => {
  expect((await loadAssets(join(folder, 'none'))).size).toBe(0);
});

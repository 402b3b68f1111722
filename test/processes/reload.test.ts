/** A running instance whose file changes under it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../src/pilot/index.ts';
import { type Served, serve, until } from './running.ts';

let emulator: Emulator;
let upstream: string;
let folder: string;
let served: Served | null;

beforeEach(async () => {
  emulator = createEmulator({ scenario: {}, seed: 1 });
  upstream = (await emulator.listen()).url;
  folder = mkdtempSync(join(tmpdir(), 'burnrate-reload-'));
  served = null;
});
afterEach(async () => {
  await served?.destroy();
  await emulator.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const configFile = () => join(folder, 'burnrate.yaml');
function write(more: string, listen = '127.0.0.1:0'): void {
  const provider = `{ kind: openai, baseUrl: "${upstream}/v1", apiKey: emulated }`;
  writeFileSync(
    configFile(),
    `version: 1\nlisten: "${listen}"\ndata: data\nproviders: { openai: ${provider} }\n${more}\n`,
  );
}

const chat = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'burnrate-workflow': 'w', ...headers },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'one two three' }] }),
  });

const json = async <T>(url: string, init?: RequestInit) => {
  const answer = await fetch(url, init);
  return { status: answer.status, json: (await answer.json()) as T };
};
const reload = (url: string) => json<Record<string, unknown>>(`${url}/api/config/reload`, { method: 'POST' });

// Each start is three processes that compile what they run.
vi.setConfig({ testTimeout: 120_000 });

test('a changed file holds for what begins then; one with mistakes changes nothing; SIGHUP asks for it too', async () => {
  write('');
  served = await serve(configFile());
  const { url } = served;
  const slow = chat(url, { 'emulator-latency-ms': '1500' });
  await until('the call upstream', () => (emulator.billed().inFlight > 0 ? true : null));

  write('limits: [{ name: none, requests: 0/m }]\nworkers: 2', '127.0.0.1:1');
  expect(await reload(url)).toEqual({
    status: 200,
    json: { changed: ['limits'], restartNeeded: ['listen', 'workers'], workers: { told: 1, of: 1 } },
  });
  expect((await chat(url)).headers.get('burnrate-error-code')).toBe('rate_limited');
  expect((await slow).status).toBe(200);

  write('limts: []');
  const refused = await reload(url);
  expect(refused).toMatchObject({ status: 422, json: { error: { code: 'config_refused' } } });
  expect(JSON.stringify(refused.json)).toContain('did you mean \\"limits\\"');
  expect((await chat(url)).status).toBe(429);

  write('budgets: [{ name: of-the-file, limitUsd: 1, period: day }]\nrelease: r2');
  process.kill(served.pid, 'SIGHUP');
  await until('the second change in the log', () =>
    served?.log().match(/config_reloaded/g)?.length === 2 ? true : null,
  );
  expect((await chat(url)).status).toBe(200);
  const { budgets } = (await json<{ budgets: { name: string }[] }>(`${url}/api/budgets`)).json;
  expect(budgets.map(({ name }) => name)).toEqual(['of-the-file']);
  const { entries } = (await json<{ entries: { action: string; actor: string }[] }>(`${url}/api/audit`)).json;
  expect(entries.filter(({ action }) => action === 'config.reload').map(({ actor }) => actor)).toEqual([
    'SIGHUP',
    'local',
  ]);
  expect(await served.end('SIGTERM')).toBe(0);
});

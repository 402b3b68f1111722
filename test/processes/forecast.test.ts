import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainFile } from '../cases/forecast-rig.ts';
import { type Served, serve, until } from './running.ts';

let folder: string;
let served: Served | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-forecast-'));
});
afterAll(async () => {
  await served?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test('an instance forecasts by itself and on demand, in a process of its own', async () => {
  const file = join(folder, 'burnrate.yaml');
  writeFileSync(file, `listen: 127.0.0.1:0\ndata: ./data\n${plainFile}`);
  served = await serve(file);
  const { url } = served;
  const get = async (path: string) => (await fetch(`${url}/api/forecasts${path}`)).json();
  await until('a forecast that nobody asked for', async () =>
    'id' in ((await get('/latest')) as object) ? true : null,
  );
  expect(await get('/latest')).toMatchObject({ reasons: ['first'], automatic: true, report: { trials: 10_000 } });
  const body = JSON.stringify({ id: 'mine', scenario: 'busy', trials: 500 });
  const asked = await fetch(`${url}/api/forecasts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(await asked.json()).toMatchObject({ id: 'mine', reasons: ['asked'], report: { seed: 7, trials: 500 } });
}, 90_000);

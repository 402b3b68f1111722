import { expect, test } from 'vitest';
import { createEmulator } from '../emulator/emulator.ts';
import { instantScenario } from '../emulator/scenario.ts';
import { generateLoad } from './generate-load.ts';

test('counts every answer by status, and what has none', async () => {
  const emulator = createEmulator({ scenario: instantScenario });
  const { url } = await emulator.listen();
  const target = `${url}/v1/chat/completions`;
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], stream: true });
  const done = await generateLoad({
    target,
    connections: 4,
    requests: 50,
    body,
    headers: { 'emulator-output-tokens': '40' },
  });
  expect(done).toMatchObject({ requests: 50, byStatus: { 200: 50 } });
  expect(done.chunks).toBeGreaterThanOrEqual(50);
  expect(done.latencyMs.max).toBeGreaterThanOrEqual(done.latencyMs.p50);
  const refused = await generateLoad({
    target,
    connections: 2,
    requests: 6,
    body,
    headers: { 'emulator-error': 'reset' },
  });
  expect(refused.byStatus).toEqual({ connection: 6 });
  const limited = await generateLoad({ target, connections: 2, durationMs: 30, body });
  expect(limited.byStatus[200]).toBe(limited.requests);
  expect(emulator.billed().total.requests).toBe(50 + limited.requests);
  await emulator.close();
});

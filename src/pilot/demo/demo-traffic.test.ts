import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { parseConfig } from '../../config/index.ts';
import { createEmulator } from '../emulator/emulator.ts';
import { demoConfigYaml } from './demo-config.ts';
import { demoWorkflows } from './demo-workflows.ts';
import { runDemoTraffic } from './run-demo-traffic.ts';

const emulator = createEmulator({ scenario: { errors: { 'server-error': 0.05, reset: 0.02 } }, seed: 3 });
const outcomes: Record<string, unknown>[] = [];
const seen: { path: string; stage: string; retry: string; workflow: string }[] = [];
let front: Server;
let target: string;

beforeAll(async () => {
  front = createServer((request, response) => {
    if (request.url === '/api/outcomes') {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += String(chunk);
      });
      request.on('end', () => {
        outcomes.push(JSON.parse(text) as Record<string, unknown>);
        response.end('{}');
      });
      return;
    }
    const { headers, url = '' } = request;
    seen.push({
      path: url,
      stage: String(headers['burnrate-stage']),
      retry: String(headers['x-stainless-retry-count']),
      workflow: String(headers['burnrate-workflow']),
    });
    emulator.handler(request, response);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await emulator.close();
});

test('every interaction makes real calls and reports one outcome', async () => {
  const summary = await runDemoTraffic({
    target,
    random: seededRandom(11),
    signal: AbortSignal.timeout(20_000),
    rate: { opening: 200, openingMs: 60_000, steady: 200 },
    interactions: 60,
  });
  expect(summary.interactions).toBe(60);
  expect(outcomes).toHaveLength(60);
  expect(new Set(outcomes.map((outcome) => outcome.run)).size).toBe(60);
  expect(Object.values(summary.outcomes).reduce((sum, count) => sum + count, 0)).toBe(60);
  expect(new Set(seen.map((call) => call.workflow))).toEqual(new Set(demoWorkflows.map((workflow) => workflow.name)));
  expect(seen.some((call) => call.retry !== '0')).toBe(true);
  const billed = emulator.billed();
  expect(billed.total.requests + billed.unbilled).toBe(seen.length);
});

test('ends when its signal fires', async () => {
  const summary = await runDemoTraffic({ target, signal: AbortSignal.timeout(30) });
  expect(summary.interactions).toBeGreaterThan(0);
});

test('its burnrate.yaml is valid and names every stage the product calls', () => {
  const text = demoConfigYaml({ emulatorUrl: 'http://127.0.0.1:4701' });
  const config = parseConfig(text, { file: 'demo.yaml', environment: {} });
  const declared = new Set(
    Object.entries(config.workflows).flatMap(([name, workflow]) =>
      Object.keys(workflow.stages).map((stage) => `${name}/${stage}`),
    ),
  );
  for (const call of seen) expect(declared).toContain(`${call.workflow}/${call.stage}`);
});

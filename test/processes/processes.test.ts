/** The processes of an instance, started as a user starts them, stopped gently and killed at the worst moment. */
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../src/pilot/index.ts';
import { isAlive, runBurnrate, type Served, serve, until } from './running.ts';

let emulator: Emulator;
let upstream: string;
let folder: string;
let configFile: string;
let served: Served | null;

beforeAll(async () => {
  emulator = createEmulator({ scenario: {}, seed: 1 });
  upstream = (await emulator.listen()).url;
});

afterAll(() => emulator.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-processes-'));
  configFile = join(folder, 'burnrate.yaml');
  writeConfig('127.0.0.1:0');
  served = null;
});

afterEach(async () => {
  await served?.destroy();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function writeConfig(listen: string): void {
  const provider = `{ kind: openai, baseUrl: "${upstream}/v1", apiKey: emulated }`;
  writeFileSync(configFile, `version: 1\nlisten: "${listen}"\ndata: data\nproviders:\n  openai: ${provider}\n`);
}

async function start(): Promise<Served> {
  served = await serve(configFile);
  return served;
}

const call = (url: string, run: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer any',
      'burnrate-workflow': 'w',
      'burnrate-run': run,
      'emulator-output-tokens': '10',
      ...headers,
    },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'one two three' }] }),
  });

/** Calls until one is answered: right after a kill there is nobody to take it. */
const callAgain = (url: string, run: string) =>
  until(`an answer to ${run}`, async () => {
    const answer = await call(url, run).catch(() => null);
    await answer?.arrayBuffer().catch(() => null);
    return answer?.status === 200 ? answer : null;
  });

interface Total {
  readonly calls: number;
  readonly attempts: number;
  readonly estimatedAttempts: number;
  readonly costUsd: string;
}

/** Waits until the ledger holds exactly what was sent, and not one more. */
async function totalOf(url: string, attempts: number): Promise<Total> {
  const ask = async () => {
    const answer = await fetch(`${url}/api/costs`).catch(() => null);
    return answer?.ok ? ((await answer.json()) as { total: Total }).total : null;
  };
  return until(`${attempts} attempts in the ledger`, async () => {
    const total = await ask();
    expect(total?.attempts ?? 0).toBeLessThanOrEqual(attempts);
    return total?.attempts === attempts ? total : null;
  });
}

// Each start is three processes that compile what they run.
vi.setConfig({ testTimeout: 120_000 });

describe('an instance', () => {
  test('meters a call, shows it, and keeps its data for its owner alone', async () => {
    const { url, end } = await start();
    const answer = await call(url, 'run-1');
    expect(answer.status).toBe(200);
    const { usage } = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
    const total = await totalOf(url, 1);
    // gpt-5-mini: $0.25 in, $2 out per million tokens.
    const picos = usage.prompt_tokens * 250_000 + usage.completion_tokens * 2_000_000;
    expect(total).toMatchObject({ calls: 1, estimatedAttempts: 0, costUsd: String(picos / 1e12) });
    const shown = await fetch(`${url}/api/calls/${answer.headers.get('burnrate-call-id')}`);
    expect(await shown.json()).toMatchObject({ run: 'run-1', simulated: true });
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^burnrate_attempts_total\{worker="1"\} 1$/m);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'data', 'secret')).mode & 0o777).toBe(0o600);
    expect(await end('SIGTERM')).toBe(0);
  });

  test('told to stop, it finishes the call under way and keeps it', async () => {
    const { url, end } = await start();
    const slow = call(url, 'slow', { 'emulator-latency-ms': '1500' });
    await until('the call upstream', () => (emulator.billed().inFlight > 0 ? true : null));
    const ended = end('SIGTERM');
    expect((await slow).status).toBe(200);
    expect(await ended).toBe(0);
    const again = await start();
    expect(await totalOf(again.url, 1)).toMatchObject({ estimatedAttempts: 0 });
  });
});

describe('kill −9', () => {
  test('of the worker: another takes its port, and the call it had is booked as an estimate', async () => {
    const { url, children } = await start();
    await callAgain(url, 'before');
    const lost = call(url, 'lost', { 'emulator-latency-ms': '5000' }).catch(() => null);
    await until('the call upstream', () => (emulator.billed().inFlight > 0 ? true : null));
    const [worker] = children('internal-worker');
    process.kill(worker as number, 'SIGKILL');
    expect(await lost).toBeNull();
    await callAgain(url, 'after');
    expect(await totalOf(url, 3)).toMatchObject({ calls: 3, estimatedAttempts: 1 });
    const crashed = await fetch(`${url}/api/costs?by=failure&run=lost`);
    expect(await crashed.json()).toMatchObject({ rows: [{ failure: 'crash' }] });
  });

  test('of the ledger: calls go on, and all of them are there afterwards', async () => {
    const { url, children } = await start();
    await callAgain(url, 'before');
    const [ledger] = children('internal-ledger');
    process.kill(ledger as number, 'SIGKILL');
    for (let index = 0; index < 5; index++) expect((await call(url, `during-${index}`)).status).toBe(200);
    expect(await totalOf(url, 6)).toMatchObject({ calls: 6, estimatedAttempts: 0 });
    expect(children('internal-ledger')).not.toContain(ledger);
  });

  test('of the control process: no child stays behind, and the next start has everything', async () => {
    const { url, children, end } = await start();
    for (let index = 0; index < 3; index++) await callAgain(url, `run-${index}`);
    const pids = [...children('internal-worker'), ...children('internal-ledger')];
    expect(pids).toHaveLength(2);
    await end('SIGKILL');
    await until('the children to end', () => (pids.some(isAlive) ? null : true));
    const again = await start();
    expect(await totalOf(again.url, 3)).toMatchObject({ calls: 3, estimatedAttempts: 0 });
  });
});

describe('a start that cannot be', () => {
  test('a taken port, a taken data folder', async () => {
    appendFileSync(configFile, 'budgets: [{ name: kept, limitUsd: 1, period: day }]\n');
    const { url, children } = await start();
    writeConfig(new URL(url).host);
    const taken = await runBurnrate(['serve', '--config', configFile]);
    expect(taken).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('PORT_IN_USE') });
    writeConfig('127.0.0.1:0');
    const locked = await runBurnrate(['serve', '--config', configFile]);
    expect(locked).toMatchObject({ code: 3, stderr: expect.stringContaining('LEDGER_LOCKED') });
    expect((await call(url, 'still-there')).status).toBe(200);
    expect(await (await fetch(`${url}/api/budgets`)).json()).toMatchObject({ budgets: [{ name: 'kept' }] });
    // Its successor opens every private socket anew.
    process.kill(children('internal-worker')[0] as number, 'SIGKILL');
    await callAgain(url, 'and-after');
    expect((await fetch(`${url}/api/budgets`)).status).toBe(200);
  });

  test('beyond loopback without an admin token', async () => {
    writeConfig('0.0.0.0:0');
    const refused = await runBurnrate(['serve', '--config', configFile]);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('LISTEN_REFUSED') });
  });
});

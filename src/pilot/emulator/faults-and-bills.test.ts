import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request as send } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createEmulator } from './emulator.ts';
import type { BilledReport, Emulator } from './emulator-types.ts';
import { Limiter } from './limiter.ts';
import { profileFinder } from './profile.ts';
import { checkScenario, faultKinds, instantScenario, loadScenario, type ScenarioInput } from './scenario.ts';
import { billedAtDisconnect } from './timeline.ts';

let running: Emulator | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

async function start(scenario: ScenarioInput = instantScenario) {
  running = createEmulator({ scenario });
  return { emulator: running, url: (await running.listen()).url };
}

const chat = (stream: boolean) =>
  JSON.stringify({
    model: 'gpt-4o',
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
    messages: [{ role: 'user', content: 'a b c' }],
  });

async function ask(url: string, stream: boolean, headers: Record<string, string>, signal?: AbortSignal) {
  const answer = await send(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: chat(stream),
    headers,
    ...(signal ? { signal } : {}),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body };
}

async function settled(emulator: Emulator): Promise<BilledReport> {
  while (emulator.billed().inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return emulator.billed();
}

describe('faults', () => {
  test.each([
    ['malformed', false, 40],
    ['garbage', false, 40],
    ['malformed', true, 40],
    ['truncated', true, 40],
  ] as const)('%s (stream %s) answers 200, cannot be read and is billed in full', async (fault, stream, output) => {
    const { emulator, url } = await start();
    const { status, body } = await ask(url, stream, { 'emulator-error': fault, 'emulator-output-tokens': '40' });
    const text = await body.text();
    expect(status).toBe(200);
    if (stream) expect(text).not.toContain('[DONE]');
    else expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect((await settled(emulator)).total).toEqual({ requests: 1, usage: { input: 3, output } });
  });

  test.each([
    ['truncated', false],
    ['reset', false],
    ['reset', true],
  ] as const)('%s (stream %s) breaks the connection', async (fault, stream) => {
    const { emulator, url } = await start();
    const failed = await ask(url, stream, { 'emulator-error': fault })
      .then(({ body }) => body.text())
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    const report = await settled(emulator);
    expect(report.total.requests + report.unbilled).toBe(1);
  });

  test.each([
    ['timeout', false],
    ['half-open', true],
    ['half-open', false],
  ] as const)('%s (stream %s) stays silent until the client leaves', async (fault, stream) => {
    const { emulator, url } = await start();
    const leave = new AbortController();
    const answer = ask(url, stream, { 'emulator-error': fault, 'emulator-output-tokens': '40' }, leave.signal).then(
      ({ body }) => body.text(),
    );
    while (emulator.billed().inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => leave.abort(), 30);
    await expect(answer).rejects.toThrow();
    const { total, log } = await settled(emulator);
    expect(total.usage).toEqual(fault === 'timeout' ? { input: 3 } : { input: 3, output: 40 });
    expect(log[0]).toMatchObject({ fault, disconnected: true });
  });

  test('the emulator itself ends a hang after hangMs', async () => {
    const { url } = await start({ ...instantScenario, hangMs: 20 });
    await expect(ask(url, false, { 'emulator-error': 'timeout' })).rejects.toThrow();
  });

  test('an absent usage, an error in the middle, a slow drip', async () => {
    const { emulator, url } = await start({ ...instantScenario, dripBytesPerSecond: 100_000 });
    const headers = (fault: string) => ({ 'emulator-error': fault, 'emulator-output-tokens': '40' });
    expect(await (await ask(url, false, headers('no-usage'))).body.json()).not.toHaveProperty('usage');
    expect(await (await ask(url, true, headers('no-usage'))).body.text()).not.toContain('completion_tokens');
    expect(await (await ask(url, true, headers('stream-error'))).body.text()).toContain('server_error');
    expect((await ask(url, false, headers('stream-error'))).status).toBe(500);
    expect(await (await ask(url, true, headers('slow-drip'))).body.text()).toContain('[DONE]');
    const { log } = await settled(emulator);
    expect(log.map(({ fault, usage }) => [fault, usage.output])).toEqual([
      ['no-usage', 40],
      ['no-usage', 40],
      ['stream-error', 20],
      ['slow-drip', 40],
    ]);
  });

  test('shares draw faults, equally for equal seeds', async () => {
    const scenario: ScenarioInput = {
      ...instantScenario,
      errors: { 'server-error': 0.3, 'rate-limit': 0.2 },
      retryAfterSeconds: 3,
    };
    const statuses = async () => {
      const { url } = await start(scenario);
      const seen: number[] = [];
      for (let i = 0; i < 40; i++) {
        const { status, headers, body } = await ask(url, false, {});
        await body.dump();
        if (status === 429) expect(headers['retry-after']).toBe('3');
        seen.push(status);
      }
      await running?.close();
      return seen;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 429, 500]));
    expect(await statuses()).toEqual(first);
  });

  test('a control header that means nothing is refused', async () => {
    const { url } = await start();
    expect((await ask(url, false, { 'emulator-error': 'tiemout' })).status).toBe(400);
    expect((await ask(url, false, { 'emulator-output-tokens': 'x' })).status).toBe(400);
  });

  test('answers can be compressed, whole and streamed', async () => {
    const { url } = await start();
    const plain = await ask(url, false, { 'emulator-encoding': 'gzip' });
    expect(JSON.parse(gunzipSync(Buffer.from(await plain.body.arrayBuffer())).toString())).toHaveProperty('usage');
    const streamed = await ask(url, true, { 'emulator-encoding': 'gzip' });
    expect(gunzipSync(Buffer.from(await streamed.body.arrayBuffer())).toString()).toContain('[DONE]');
  });
});

describe('bills', () => {
  const whole = { visibleTokens: 100, reasoningTokens: 20 };
  test.each([
    ['stops', { visibleTokens: 10, reasoningTokens: 20 }, { visibleTokens: 10, reasoningTokens: 20 }],
    ['bills-to-end', { visibleTokens: 10, reasoningTokens: 20 }, whole],
    [{ lagTokens: 40 }, { visibleTokens: 10, reasoningTokens: 20 }, { visibleTokens: 50, reasoningTokens: 20 }],
    [{ lagTokens: 40 }, { visibleTokens: 90, reasoningTokens: 20 }, whole],
    [{ lagTokens: 40 }, { visibleTokens: 0, reasoningTokens: 5 }, { visibleTokens: 25, reasoningTokens: 20 }],
  ] as const)('%j after %j', (billing, generated, billed) => {
    expect(billedAtDisconnect(billing, generated, whole)).toEqual(billed);
  });

  test.each([
    ['stops', 3, 60],
    ['bills-to-end', 200, 200],
  ] as const)('a client that leaves a stream, billing %s', async (billing, least, most) => {
    const { emulator, url } = await start({ ...instantScenario, billing });
    const leave = new AbortController();
    const headers = {
      'emulator-output-tokens': '200',
      'emulator-latency-ms': '1',
      'emulator-chunk-ms': '40',
      'emulator-tag': 'left',
    };
    const { body } = await ask(url, true, headers, leave.signal);
    let chunks = 0;
    await expect(
      (async () => {
        for await (const _chunk of body) if (++chunks === 2) leave.abort();
      })(),
    ).rejects.toThrow();
    const { log, byTag } = await settled(emulator);
    expect(log[0]).toMatchObject({ disconnected: true, streamed: true, tag: 'left' });
    expect(log[0]?.usage.output).toBeGreaterThanOrEqual(least);
    expect(log[0]?.usage.output).toBeLessThanOrEqual(most);
    expect(byTag.left?.requests).toBe(1);
  });

  test('are served and forgotten over HTTP', async () => {
    const { url } = await start();
    const { headers, body } = await ask(url, false, { 'emulator-tag': 't', 'emulator-output-tokens': '5' });
    await body.dump();
    const report = (await (await send(`${url}/emulator/billed`)).body.json()) as BilledReport;
    expect(report.byModel['gpt-4o']).toEqual({ requests: 1, usage: { input: 3, output: 5 } });
    expect(report.log[0]?.requestId).toBe(headers['x-request-id']);
    await (await send(`${url}/emulator/reset`, { method: 'POST' })).body.dump();
    expect(((await (await send(`${url}/emulator/billed`)).body.json()) as BilledReport).total.requests).toBe(0);
    expect((await send(`${url}/emulator/none`)).statusCode).toBe(404);
  });
});

describe('limits', () => {
  test('requests and tokens per minute refill with time', () => {
    const clock = manualClock(1_000_000);
    const limiter = new Limiter();
    const profile = profileFinder(checkScenario({ limits: { requestsPerMinute: 2, tokensPerMinute: 100 } }, 'test'))(
      'openai',
      'm',
    );
    const admit = (tokens: number) => limiter.admit('openai', 'm', profile, tokens, 1, clock.nowMs());
    expect(admit(10)).toMatchObject({ ok: true, requestsLeft: 1, tokensLeft: 90 });
    expect(admit(90)).toMatchObject({ ok: true, requestsLeft: 0 });
    expect(admit(1)).toMatchObject({ ok: false, limit: 'requests', retryAfterSeconds: 30 });
    clock.advance(30_000);
    expect(admit(60)).toMatchObject({ ok: false, limit: 'tokens', retryAfterSeconds: 6 });
    clock.advance(6_000);
    expect(admit(60)).toMatchObject({ ok: true });
  });

  test('answers 429 with the provider’s headers', async () => {
    const { url } = await start({ ...instantScenario, limits: { requestsPerMinute: 1 } });
    const first = await ask(url, false, {});
    await first.body.dump();
    expect(first.headers['x-ratelimit-remaining-requests']).toBe('0');
    const second = await ask(url, false, {});
    await second.body.dump();
    expect([second.status, Number(second.headers['retry-after']) > 0]).toEqual([429, true]);
  });
});

describe('scenarios', () => {
  test('models win over providers, providers over the top', () => {
    const profileOf = profileFinder(
      checkScenario(
        {
          chunkTokens: 1,
          billing: 'stops',
          providers: { openai: { chunkTokens: 2 } },
          models: { m: { chunkTokens: 3 } },
        },
        'test',
      ),
    );
    expect([
      profileOf('gemini', 'x').chunkTokens,
      profileOf('openai', 'x').chunkTokens,
      profileOf('openai', 'm').chunkTokens,
    ]).toEqual([1, 2, 3]);
  });

  test.each([
    [{ latencies: {} }, /latencies/],
    [{ errors: { timeout: 0.7, reset: 0.6 } }, /must not exceed 1/],
    [{ latency: { firstTokenMs: { p50: 9, p99: 3 } } }, /latency\.firstTokenMs/],
    [{ billing: 'later' }, /billing/],
    [{ errors: { tiemout: 1 } }, /errors/],
  ])('%j is refused', (value, problem) => {
    expect(() => checkScenario(value, 'x.yaml')).toThrow(problem);
  });

  test('are read from YAML and JSON files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'burnrate-scenario-'));
    const path = join(folder, 's.yaml');
    writeFileSync(path, 'seed: 4\nerrors: { timeout: 0.1 }\nbilling: { lagTokens: 12 }\n');
    expect(loadScenario(path)).toEqual({ seed: 4, errors: { timeout: 0.1 }, billing: { lagTokens: 12 } });
    writeFileSync(path, '{"seed": [}');
    expect(() => loadScenario(path)).toThrow(/neither YAML nor JSON/);
    rmSync(folder, { recursive: true });
    expect(() => loadScenario(path)).toThrow(/cannot read/);
  });

  test('every fault has a name in the schema', () => {
    for (const kind of faultKinds) expect(checkScenario({ errors: { [kind]: 0.01 } }, 'x')).toBeTruthy();
  });
});

test('a port in use is said so', async () => {
  const { url } = await start();
  await expect(createEmulator().listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BurnrateError } from '../../base/index.ts';
import { createEmulator } from '../emulator/emulator.ts';
import { instantScenario } from '../emulator/scenario.ts';
import { countWords } from '../emulator/words.ts';
import { promptOf } from './prompt-text.ts';
import { readTrace } from './read-trace.ts';
import { replayTrace } from './replay-trace.ts';
import type { ReplayProgress, TraceFormat } from './replay-types.ts';
import type { TraceRecord } from './trace-record.ts';

const sample = (name: string) => join(import.meta.dirname, '../../../test/samples', name);
const emulator = createEmulator({ scenario: instantScenario });
let url: string;
let folder: string;

beforeAll(async () => {
  url = (await emulator.listen()).url;
  folder = await mkdtemp(join(tmpdir(), 'burnrate-replay-'));
});
beforeEach(() => emulator.reset());
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

async function allOf(name: string, format: TraceFormat | 'auto' = 'auto') {
  const trace = await readTrace(sample(name), format, { bytesRead: 0, bytesTotal: 0 });
  const records: TraceRecord[] = [];
  for await (const record of trace.records) records.push(record);
  return { format: trace.format, records };
}

const samples: [string, TraceFormat, number, number, number, number][] = [
  // file, format, records, input, output, ms from first to last
  ['azure.csv', 'azure', 4, 3_563, 53, 2_376.544],
  ['mooncake.jsonl', 'mooncake', 4, 4_476, 42, 6_000],
  ['ragpulse.jsonl', 'ragpulse', 3, 6_500, 116, 6_000],
  ['burstgpt.csv', 'burstgpt', 3, 1_976, 524, 113_000],
  ['generic.csv', 'csv', 3, 355, 31, 1_250],
  ['generic.jsonl', 'jsonl', 2, 40, 6, 500],
];

describe('reading', () => {
  test.each(samples)('%s is %s', async (name, format, count, input, output, spanMs) => {
    const { format: found, records } = await allOf(name);
    expect(found).toBe(format);
    expect(records).toHaveLength(count);
    expect(records.reduce((sum, record) => sum + record.inputTokens, 0)).toBe(input);
    expect(records.reduce((sum, record) => sum + record.outputTokens, 0)).toBe(output);
    expect(records.at(-1)!.atMs - records[0]!.atMs).toBeCloseTo(spanMs, 2);
  });

  test.each(samples)('prompts of %s have exactly the tokens of the trace', async (name) => {
    for (const record of (await allOf(name)).records) {
      const words = promptOf(record).reduce((sum, message) => sum + countWords(message.text), 0);
      expect(words).toBe(record.inputTokens);
    }
  });

  test('equal block ids give equal text', async () => {
    const { records } = await allOf('mooncake.jsonl');
    const texts = records.map((record) =>
      promptOf(record)
        .map((message) => message.text)
        .join(' '),
    );
    expect(texts[1]!.split(' ').slice(0, 1_024)).toEqual(texts[0]!.split(' ').slice(0, 1_024));
    expect(texts[3]).toBe(texts[1]!.split(' ').slice(0, 1_536).join(' '));
  });

  test('attribution, sessions and streams come from the trace', async () => {
    const { records } = await allOf('generic.csv');
    expect(records[0]).toMatchObject({
      session: 's1',
      stream: true,
      model: 'gpt-4o',
      attribution: { workflow: 'support', user: 'ada' },
    });
    expect(records[1]).toMatchObject({ stream: false, attribution: { stage: 'classify' } });
    expect(records[2]).toMatchObject({ session: null, stream: null, model: null });
    expect((await allOf('generic.jsonl')).records[0]?.attribution).toEqual({ promptVersion: 'v2' });
  });

  test.each([
    ['', 1, /empty/],
    ['hello\n', 1, /neither/],
    ['time,input_tokens\n1,2\n', 1, /output tokens/],
    ['time,input_tokens,output_tokens\n1,2,3\n2,x,3\n', 3, /input tokens/],
    ['time,input_tokens,output_tokens\nsoon,2,3\n', 2, /no time/],
    ['time,input_tokens,output_tokens\n1,-2,3\n', 2, /whole number/],
    ['{"time":1,"input_tokens":1,"output_tokens":1}\n{oops\n', 2, /no JSON/],
    ['{"timestamp":1,"input_length":1000,"output_length":1,"hash_ids":[1]}\n', 1, /cannot cover/],
    ['{"time":1,"input_tokens":1,"output_tokens":1}\n\n[]\n', 3, /object/],
  ])('%j is refused at line %d', async (text, line, problem) => {
    const path = join(folder, 'bad');
    await writeFile(path, text);
    const failed = await replayTrace({ source: path, target: `${url}/v1`, speed: Number.POSITIVE_INFINITY }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'TRACE_INVALID', message: expect.stringMatching(problem) as string });
    expect((failed as BurnrateError).message).toContain(`:${line}: `);
  });

  test('a missing file is refused', async () => {
    await expect(replayTrace({ source: join(folder, 'none'), target: url })).rejects.toMatchObject({
      code: 'TRACE_INVALID',
    });
  });
});

describe('replaying', () => {
  test.each(samples)('%s to the token', async (name, _format, count, input, output) => {
    const summary = await replayTrace({
      source: sample(name),
      target: `${url}/v1`,
      speed: Number.POSITIVE_INFINITY,
      streamShare: 0.5,
    });
    expect(summary).toMatchObject({ records: count, completed: count, failed: 0, usageAbsent: 0, aborted: false });
    expect(summary.tokensReceived).toMatchObject({ input, output });
    const { usage } = emulator.billed().total;
    expect((usage.input ?? 0) + (usage.cacheRead ?? 0)).toBe(input);
    expect((usage.output ?? 0) + (usage.reasoning ?? 0)).toBe(output);
  });

  test('a model the trace names is asked for, unless another is chosen for all', async () => {
    const source = sample('generic.csv');
    const send = async (choice: { readonly model?: string }) => {
      emulator.reset();
      await replayTrace({ source, target: `${url}/v1`, speed: Number.POSITIVE_INFINITY, ...choice });
      return Object.keys(emulator.billed().byModel).sort();
    };
    expect(await send({})).toEqual(['gpt-4o', 'gpt-4o-mini']);
    expect(await send({ model: 'gpt-5-mini' })).toEqual(['gpt-5-mini']);
  });

  test('repeated prefixes really hit the cache', async () => {
    const summary = await replayTrace({
      source: sample('mooncake.jsonl'),
      target: `${url}/v1`,
      speed: Number.POSITIVE_INFINITY,
      concurrency: 1,
    });
    expect(summary.tokensReceived.cachedInput).toBe(1_024 + 1_536);
  });

  test.each([
    ['openai', '/v1', 0],
    ['anthropic', '', 0],
    ['anthropic', '', 1],
    ['gemini', '', 0],
    ['gemini', '', 1],
  ] as const)('as %s, stream share %s', async (kind, path, streamShare) => {
    const summary = await replayTrace({
      source: sample('ragpulse.jsonl'),
      target: `${url}${path}`,
      kind,
      streamShare,
      speed: 1_000_000,
    });
    expect(summary).toMatchObject({ completed: 3, failed: 0 });
    expect(summary.tokensReceived).toMatchObject({ input: 6_500, output: 116 });
  });

  test('lost connections are sent again, each record ends once and says so in its header', async () => {
    const seen = new Map<string, string[]>();
    const front = createServer((request, response) => {
      const run = String(request.headers['burnrate-run']);
      const counts = seen.get(run) ?? [];
      seen.set(run, [...counts, String(request.headers['x-stainless-retry-count'] ?? '0')]);
      if (counts.length < 2) request.socket.destroy();
      else emulator.handler(request, response);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1`;
    const progress: ReplayProgress[] = [];
    const summary = await replayTrace({
      source: sample('azure.csv'),
      target,
      speed: Number.POSITIVE_INFINITY,
      onProgress: (state) => progress.push(state),
    });
    front.close();
    front.closeAllConnections();
    expect(summary).toMatchObject({ records: 4, completed: 4, failed: 0, retries: 8, retried: 4 });
    expect([...seen.values()]).toEqual(Array.from({ length: 4 }, () => ['0', '1', '2']));
    expect(emulator.billed().total.requests).toBe(4);
    expect(progress.at(-1)).toMatchObject({ completed: 4, inFlight: 0 });
    expect(progress.at(-1)?.bytesRead).toBe(progress.at(-1)?.bytesTotal);
  });

  test.each([
    ['rate-limit', 'http_429'],
    ['malformed', 'bad_body'],
  ])('%s ends a record as %s', async (fault, reason) => {
    const summary = await replayTrace({
      source: sample('burstgpt.csv'),
      target: `${url}/v1`,
      speed: Number.POSITIVE_INFINITY,
      headers: { 'emulator-error': fault },
    });
    expect(summary).toMatchObject({ completed: 0, failed: 3, failures: { [reason]: 3 } });
  });

  test('an unreachable target ends as failed once its time is up', async () => {
    const summary = await replayTrace({
      source: sample('generic.jsonl'),
      target: 'http://127.0.0.1:1/v1',
      speed: Number.POSITIVE_INFINITY,
      retryForMs: 0,
    });
    expect(summary).toMatchObject({ failed: 2, failures: { connection: 2 } });
  });

  test('an abort ends it', async () => {
    const summary = await replayTrace({
      source: sample('burstgpt.csv'),
      target: `${url}/v1`,
      signal: AbortSignal.timeout(50),
    });
    expect(summary).toMatchObject({ aborted: true, records: 1 });
  });
});

const real = join(import.meta.dirname, '../../../../shared/workloads/mooncake-conversation.jsonl');
test.runIf(existsSync(real))('real traces are told apart by their heads', async () => {
  const trace = await readTrace(real, 'auto', { bytesRead: 0, bytesTotal: 0 });
  const first = await trace.records.next();
  await trace.records.return(undefined);
  expect(trace.format).toBe('mooncake');
  expect(first.done).toBe(false);
});

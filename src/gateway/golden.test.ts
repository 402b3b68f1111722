import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Usage } from '../tree/index.ts';
import { protocols } from './protocols/index.ts';
import { ask, openRig, type Rig, until } from './test-rig.ts';
import type { Observer } from './upstream/observer.ts';
import { StreamMeter } from './upstream/stream-meter.ts';
import { EventStreamObserver, JsonArrayObserver } from './upstream/stream-observers.ts';
import { UsageStripper } from './upstream/usage-stripper.ts';

const bodies = new URL('../../test/golden/provider-bodies/', import.meta.url);
const streams = new URL('../../test/golden/provider-streams/', import.meta.url);

type Wire = 'openai' | 'anthropic' | 'gemini';

interface BodyCase {
  readonly protocol: Wire;
  readonly operation: string;
  readonly status: number;
  readonly body: unknown;
  readonly expected: {
    readonly usage: Usage | null;
    readonly model: string;
    readonly tier?: string;
    readonly requestId: string;
  };
}

interface StreamCase {
  readonly protocol: Wire;
  readonly operation: string;
  readonly usage: Usage;
  readonly usageSource: Attempt['usageSource'];
  readonly model: string;
  readonly requestId: string;
  readonly failed?: boolean;
  readonly framing?: 'array';
}

const paths: Readonly<Record<string, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  embeddings: '/v1/embeddings',
  messages: '/anthropic/v1/messages',
  generateContent: '/gemini/v1beta/models/test-model:generateContent',
};

const withoutZeros = (usage: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).filter(([, quantity]) => quantity !== 0));

const bodyNames = readdirSync(bodies).filter((name) => name.endsWith('.json'));
const streamNames = readdirSync(streams)
  .filter((name) => name.endsWith('.stream'))
  .map((name) => name.slice(0, -'.stream'.length));

function readStream(name: string): { text: Buffer; client: Buffer; wanted: StreamCase } {
  const text = readFileSync(new URL(`${name}.stream`, streams));
  const wanted = JSON.parse(readFileSync(new URL(`${name}.expected.json`, streams), 'utf8')) as StreamCase;
  const hasOwn = readdirSync(streams).includes(`${name}.client`);
  return { text, wanted, client: hasOwn ? readFileSync(new URL(`${name}.client`, streams)) : text };
}

/** Cuts bytes at the given positions, wherever in a character or an event they fall. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const points = [0, ...at.map((point) => point % bytes.length).sort((a, b) => a - b), bytes.length];
  return points.slice(1).map((end, index) => bytes.subarray(points[index], end));
}

describe('golden answers through the gateway', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  test.each(bodyNames)('%s', async (name) => {
    const { protocol, operation, status, body, expected } = JSON.parse(
      readFileSync(new URL(name, bodies), 'utf8'),
    ) as BodyCase;
    const text = JSON.stringify(body);
    rig.script = (_req, res) => res.writeHead(status, { 'content-type': 'application/json' }).end(text);
    const answer = await ask(rig.port, { path: paths[operation] ?? '', body: JSON.stringify({ model: 'test-model' }) });
    expect(answer.body.toString()).toBe(text);
    const attempt = rig.journal.ended.at(-1);
    expect(attempt).toMatchObject({ protocol, operation, status });
    expect(withoutZeros(attempt?.usage ?? {})).toEqual(expected.usage ?? {});
    expect(attempt?.usageSource).toBe(expected.usage ? 'reported' : 'none');
    if (expected.usage) expect(attempt).toMatchObject({ modelServed: expected.model, tier: expected.tier });
    if (expected.requestId) expect(attempt?.providerRequestId).toBe(expected.requestId);
  });

  test.each(streamNames)('stream %s', async (name) => {
    const { text, client, wanted } = readStream(name);
    const type = wanted.framing === 'array' ? 'application/json' : 'text/event-stream';
    rig.script = (_req, res) => {
      res.writeHead(200, { 'content-type': type });
      for (const piece of cut(text, [10, 200, 201, 350, 777])) res.write(piece);
      res.end();
    };
    const path =
      wanted.protocol === 'gemini'
        ? `/gemini/v1beta/models/test-model:streamGenerateContent${wanted.framing ? '' : '?alt=sse'}`
        : paths[wanted.operation];
    const before = rig.journal.ended.length;
    const answer = await ask(rig.port, { path: path ?? '', body: JSON.stringify({ model: 'm', stream: true }) });
    expect(answer.body.toString()).toBe(client.toString());
    await until(() => rig.journal.ended.length > before);
    const attempt = rig.journal.ended.at(-1);
    expect(attempt?.usageSource).toBe(wanted.usageSource);
    expect(attempt?.failure).toBe(wanted.failed ? 'upstream_error' : null);
    const { input: _estimated, ...rest } = withoutZeros(attempt?.usage ?? {});
    const whole = wanted.usageSource === 'reported' || wanted.protocol === 'anthropic';
    expect(whole ? withoutZeros(attempt?.usage ?? {}) : rest).toEqual(wanted.usage);
    if (wanted.model) expect(attempt?.modelServed).toBe(wanted.model);
    expect(attempt?.streamed).toBe(true);
  });
});

describe('chunk boundaries change nothing', () => {
  test.each(streamNames)('%s', (name) => {
    const { text, client, wanted } = readStream(name);
    const observe = (chunks: readonly Buffer[]) => {
      const meter = new StreamMeter(protocols[wanted.protocol], wanted.operation, () => 1);
      const observer: Observer = wanted.framing ? new JsonArrayObserver(meter) : new EventStreamObserver(meter);
      for (const chunk of chunks) observer.push(chunk);
      return observer.end(true);
    };
    const whole = observe([text]);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 40 }), (points) => {
        const chunks = cut(text, points);
        expect(observe(chunks)).toEqual(whole);
        const stripper = new UsageStripper();
        const out = Buffer.concat([...chunks.map((chunk) => stripper.push(chunk)), stripper.end()]);
        if (wanted.operation === 'chat') expect(out.equals(client)).toBe(true);
        else if (wanted.protocol === 'openai') expect(out.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 60 },
    );
  });

  test('one byte at a time', () => {
    const { text, client } = readStream('openai-chat');
    const stripper = new UsageStripper();
    const out = [...text].map((byte) => stripper.push(Buffer.from([byte])));
    expect(Buffer.concat([...out, stripper.end()]).toString()).toBe(client.toString());
  });
});

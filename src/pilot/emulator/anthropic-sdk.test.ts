import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator } from './emulator.ts';
import { instantScenario } from './scenario.ts';

const emulator = createEmulator({ scenario: instantScenario, seed: 7 });
let client: Anthropic;
let baseURL: string;

beforeAll(async () => {
  baseURL = (await emulator.listen()).url;
  client = new Anthropic({ baseURL, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => emulator.close());

const ask = {
  model: 'claude-haiku-4-5',
  max_tokens: 500,
  messages: [{ role: 'user' as const, content: 'one two three' }],
};
const exact = (tokens: number) => ({ headers: { 'emulator-output-tokens': String(tokens) } });
const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
  required: ['city', 'unit'],
  additionalProperties: false,
};

test('plain', async () => {
  const { data, response } = await client.messages.create(ask, exact(11)).withResponse();
  expect(data.usage).toMatchObject({ input_tokens: 3, output_tokens: 11, cache_read_input_tokens: 0 });
  expect(data.stop_reason).toBe('end_turn');
  expect(response.headers.get('request-id')).toMatch(/^req_/);
  expect(response.headers.get('burnrate-emulator')).toBe('1');
});

test('a stream has every event and cumulative usage', async () => {
  const stream = await client.messages.create({ ...ask, stream: true }, exact(10));
  const types: string[] = [];
  let outputTokens = 0;
  for await (const event of stream) {
    types.push(event.type);
    if (event.type === 'message_start') expect(event.message.usage.input_tokens).toBe(3);
    if (event.type === 'message_delta') outputTokens = event.usage.output_tokens;
  }
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    ...Array.from({ length: 3 }, () => 'content_block_delta'),
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
  expect(outputTokens).toBe(10);
});

test('the raw stream carries a ping', async () => {
  const answer = await fetch(`${baseURL}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...ask, stream: true }),
  });
  expect(await answer.text()).toContain('event: ping\ndata: {"type":"ping"}\n\n');
});

test.each([false, true])('tool use (stream %s)', async (stream) => {
  const asked = { ...ask, tools: [{ name: 'weather', input_schema: schema }] };
  const done = stream ? await client.messages.stream(asked).finalMessage() : await client.messages.create(asked);
  expect(done.stop_reason).toBe('tool_use');
  const block = done.content.find((part) => part.type === 'tool_use');
  expect(Object.keys(block?.input as object)).toEqual(['city', 'unit']);
});

test.each([false, true])('thinking is billed as output (stream %s)', async (stream) => {
  const asked = { ...ask, max_tokens: 4_000, thinking: { type: 'enabled' as const, budget_tokens: 1_024 } };
  const options = { headers: { 'emulator-output-tokens': '10', 'emulator-reasoning-tokens': '130' } };
  const done = stream
    ? await client.messages.stream(asked, options).finalMessage()
    : await client.messages.create(asked, options);
  expect(done.content.map((part) => part.type)).toEqual(['thinking', 'text']);
  expect(done.usage.output_tokens).toBe(140);
});

test('a bound cuts the answer', async () => {
  const done = await client.messages.create({ ...ask, max_tokens: 4 }, exact(30));
  expect(done).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 4 } });
});

test('breakpoints write the cache by lifetime and read it again', async () => {
  const words = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}${index}`).join(' ');
  const system = [
    {
      type: 'text' as const,
      text: words('a', 1_100),
      cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
    },
    { type: 'text' as const, text: words('b', 200), cache_control: { type: 'ephemeral' as const } },
  ];
  const first = await client.messages.create({ ...ask, system });
  expect(first.usage).toMatchObject({
    input_tokens: 3,
    cache_creation_input_tokens: 1_300,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_1h_input_tokens: 1_100, ephemeral_5m_input_tokens: 200 },
  });
  const again = await client.messages.create({ ...ask, system });
  expect(again.usage).toMatchObject({
    input_tokens: 3,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 1_300,
  });
  const changed = await client.messages.create({
    ...ask,
    system: [system[0]!, { ...system[1]!, text: words('c', 50) }],
  });
  expect(changed.usage).toMatchObject({ cache_read_input_tokens: 1_100, cache_creation_input_tokens: 50 });
});

test('count_tokens and models', async () => {
  expect(await client.messages.countTokens({ model: ask.model, messages: ask.messages })).toEqual({ input_tokens: 3 });
  expect((await client.models.list()).data.length).toBeGreaterThan(0);
});

describe('errors', () => {
  test.each([
    ['rate-limit', Anthropic.RateLimitError, 429],
    ['overloaded', Anthropic.InternalServerError, 529],
    ['server-error', Anthropic.InternalServerError, 500],
    ['unauthorized', Anthropic.AuthenticationError, 401],
    ['reset', Anthropic.APIConnectionError, undefined],
  ])('%s', async (kind, type, status) => {
    const failed = await client.messages
      .create(ask, { headers: { 'emulator-error': kind } })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(type);
    expect((failed as { status?: number }).status).toBe(status);
  });

  test('an error in the middle of a stream', async () => {
    const stream = client.messages.stream(ask, {
      headers: { 'emulator-error': 'stream-error', 'emulator-output-tokens': '40' },
    });
    await expect(stream.finalMessage()).rejects.toThrow(/Overloaded/);
  });

  test('max_tokens is required', async () => {
    const failed = await client.messages
      .create({ ...ask, max_tokens: undefined as never })
      .catch((error: unknown) => error);
    expect((failed as { status?: number }).status).toBe(400);
  });
});

test('Vercel AI SDK: text, stream, tool, object', async () => {
  const model = createAnthropic({ baseURL: `${baseURL}/v1`, apiKey: 'any' })('claude-haiku-4-5');
  const plain = await generateText({ model, prompt: 'one two', headers: { 'emulator-output-tokens': '5' } });
  expect(plain.usage).toMatchObject({ inputTokens: 2, outputTokens: 5 });
  const streamed = streamText({ model, prompt: 'one two', headers: { 'emulator-output-tokens': '7' } });
  expect((await streamed.text).split(' ')).toHaveLength(7);
  const tools = {
    weather: tool({
      description: 'w',
      inputSchema: jsonSchema<Record<string, unknown>>(schema as never),
      execute: () => 'sunny',
    }),
  };
  expect((await generateText({ model, prompt: 'x', tools })).toolCalls[0]?.toolName).toBe('weather');
  const shaped = await generateText({
    model,
    prompt: 'x',
    output: Output.object({ schema: jsonSchema(schema as never) }),
  });
  expect(Object.keys(shaped.output as object)).toEqual(['city', 'unit']);
});

import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, Output, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator } from './emulator.ts';
import { instantScenario } from './scenario.ts';

const emulator = createEmulator({ scenario: instantScenario, seed: 7 });
let client: OpenAI;
let baseURL: string;

beforeAll(async () => {
  const { url } = await emulator.listen();
  baseURL = `${url}/v1`;
  client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => emulator.close());

const messages = [{ role: 'user' as const, content: 'one two three four' }];
const exact = (tokens: number) => ({ headers: { 'emulator-output-tokens': String(tokens) } });
const weather = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
  required: ['city', 'unit'],
  additionalProperties: false,
} as const;
const weatherTool = { type: 'function' as const, function: { name: 'weather', parameters: weather } };

describe('chat completions', () => {
  test('a plain answer has exactly the tokens asked for', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'gpt-4o-mini', messages }, exact(17))
      .withResponse();
    expect(data.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 17, total_tokens: 21 });
    expect(data.choices[0]?.message.content?.split(/\s+/)).toHaveLength(17);
    expect(data.choices[0]?.finish_reason).toBe('stop');
    expect(response.headers.get('burnrate-emulator')).toBe('1');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test.each([
    [undefined, null],
    [{ include_usage: true }, { prompt_tokens: 4, completion_tokens: 9 }],
  ])('a stream with options %j ends with usage %j', async (options, usage) => {
    const stream = await client.chat.completions.create(
      { model: 'gpt-4o-mini', messages, stream: true, ...(options ? { stream_options: options } : {}) },
      exact(9),
    );
    let text = '';
    let seen: unknown = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) seen = chunk.usage;
    }
    expect(text.split(' ')).toHaveLength(9);
    if (usage) expect(seen).toMatchObject(usage);
    else expect(seen).toBeNull();
  });

  test.each([false, true])('calls a tool (stream %s) and answers in words after its result', async (stream) => {
    const asked = { model: 'gpt-4o-mini', messages, tools: [weatherTool] };
    const runner = stream
      ? await client.chat.completions.stream(asked).finalChatCompletion()
      : await client.chat.completions.create(asked);
    const call = runner.choices[0]?.message.tool_calls?.[0];
    expect(runner.choices[0]?.finish_reason).toBe('tool_calls');
    if (call?.type !== 'function') throw new Error('no tool call');
    expect(Object.keys(JSON.parse(call.function.arguments) as object)).toEqual(['city', 'unit']);
    const after = await client.chat.completions.create({
      ...asked,
      messages: [...messages, runner.choices[0]!.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    });
    expect(after.choices[0]?.message.content).toBeTruthy();
  });

  test('structured output fits its schema', async () => {
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'w', strict: true, schema: weather } };
    const done = await client.chat.completions.create({ model: 'gpt-4o', messages, response_format }, exact(25));
    const value = JSON.parse(done.choices[0]?.message.content ?? '') as { city: string; unit: string };
    expect(['c', 'f']).toContain(value.unit);
    expect(done.usage?.completion_tokens).toBe(25);
  });

  test('several choices are all billed, and a bound cuts each of them', async () => {
    const done = await client.chat.completions.create({ model: 'gpt-4o', messages, n: 3, max_tokens: 5 }, exact(9));
    expect(done.choices.map((choice) => choice.finish_reason)).toEqual(['length', 'length', 'length']);
    expect(done.usage?.completion_tokens).toBe(15);
  });

  test('hidden tokens are inside the completion and inside its bound', async () => {
    const headers = { 'emulator-output-tokens': '10', 'emulator-reasoning-tokens': '20' };
    const done = await client.chat.completions.create(
      { model: 'gpt-5', messages, max_completion_tokens: 25 },
      { headers },
    );
    expect(done.usage).toMatchObject({ completion_tokens: 25, completion_tokens_details: { reasoning_tokens: 20 } });
  });

  test('a long prefix seen before is cached in steps of 128 tokens', async () => {
    const prefix = Array.from({ length: 1_300 }, (_, index) => `p${index}`).join(' ');
    const ask = (question: string) =>
      client.chat.completions.create({
        model: 'gpt-4o',
        messages: [
          { role: 'system', content: prefix },
          { role: 'user', content: question },
        ],
      });
    expect((await ask('first question')).usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    expect((await ask('another one')).usage?.prompt_tokens_details?.cached_tokens).toBe(1_280);
  });

  test('the served tier is the tier asked for', async () => {
    const done = await client.chat.completions.create({ model: 'gpt-5', messages, service_tier: 'flex' });
    expect(done.service_tier).toBe('flex');
  });
});

describe('errors', () => {
  test.each([
    ['rate-limit', OpenAI.RateLimitError, 429],
    ['server-error', OpenAI.InternalServerError, 500],
    ['overloaded', OpenAI.InternalServerError, 503],
    ['unauthorized', OpenAI.AuthenticationError, 401],
    ['bad-request', OpenAI.BadRequestError, 400],
    ['reset', OpenAI.APIConnectionError, undefined],
  ])('%s', async (kind, type, status) => {
    const failed = await client.chat.completions
      .create({ model: 'gpt-5', messages }, { headers: { 'emulator-error': kind } })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(type);
    expect((failed as { status?: number }).status).toBe(status);
  });

  test.each([
    [{ model: 'no-such-model', messages }, 404],
    [{ model: 'gpt-5' }, 400],
    [{ messages }, 400],
  ])('%j is refused with %d', async (body, status) => {
    const failed = await client.chat.completions.create(body as never).catch((error: unknown) => error);
    expect((failed as { status?: number }).status).toBe(status);
  });
});

describe('responses', () => {
  test('plain', async () => {
    const done = await client.responses.create({ model: 'gpt-5-mini', input: 'one two' }, exact(6));
    expect(done.output_text.split(' ')).toHaveLength(6);
    expect(done.usage).toMatchObject({ input_tokens: 2, output_tokens: 6, total_tokens: 8 });
  });

  test('streamed with hidden tokens', async () => {
    const headers = { 'emulator-output-tokens': '12', 'emulator-reasoning-tokens': '30' };
    const stream = await client.responses.create({ model: 'gpt-5-mini', input: 'one two', stream: true }, { headers });
    const types: string[] = [];
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const event of stream) {
      types.push(event.type);
      last = event;
    }
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types.filter((type) => type === 'response.output_text.delta')).toHaveLength(3);
    if (last?.type !== 'response.completed') throw new Error('not completed');
    expect(last.response.usage).toMatchObject({ output_tokens: 42, output_tokens_details: { reasoning_tokens: 30 } });
  });

  test('a bound makes it incomplete', async () => {
    const done = await client.responses.create({ model: 'gpt-4o', input: 'x', max_output_tokens: 3 }, exact(30));
    expect(done.status).toBe('incomplete');
    expect(done.incomplete_details?.reason).toBe('max_output_tokens');
  });

  test('tools and structured output', async () => {
    const tools = [{ type: 'function' as const, name: 'weather', parameters: weather, strict: true }];
    const called = await client.responses.stream({ model: 'gpt-4o', input: 'x', tools }).finalResponse();
    expect(called.output[0]).toMatchObject({ type: 'function_call', name: 'weather' });
    const text = { format: { type: 'json_schema' as const, name: 'w', schema: weather } };
    const done = await client.responses.create({ model: 'gpt-4o', input: 'x', text });
    expect(Object.keys(JSON.parse(done.output_text) as object)).toEqual(['city', 'unit']);
  });
});

describe('other endpoints', () => {
  test.each(['float', 'base64'] as const)('embeddings as %s', async (encoding_format) => {
    const done = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a b', 'c'],
      dimensions: 8,
      encoding_format,
    });
    expect(done.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
    expect(done.data).toHaveLength(2);
  });

  test('moderations, completions and models', async () => {
    const moderated = await client.moderations.create({ model: 'omni-moderation-latest', input: 'fine' });
    expect(moderated.results).toHaveLength(1);
    const completed = await client.completions.create({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'a b c',
      max_tokens: 4,
    });
    expect(completed.usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
    expect((await client.models.list()).data.map((model) => model.id)).toContain('gpt-5-mini');
    expect((await client.models.retrieve('gpt-5')).id).toBe('gpt-5');
  });
});

describe('Vercel AI SDK', () => {
  const model = () => createOpenAI({ baseURL, apiKey: 'any' });

  test.each(['responses', 'chat'] as const)('%s: text, stream, tool, object', async (api) => {
    const chosen = model()[api]('gpt-4o');
    const plain = await generateText({ model: chosen, prompt: 'one two', headers: { 'emulator-output-tokens': '5' } });
    expect(plain.usage).toMatchObject({ inputTokens: 2, outputTokens: 5 });
    const streamed = streamText({ model: chosen, prompt: 'one two', headers: { 'emulator-output-tokens': '7' } });
    expect((await streamed.text).split(' ')).toHaveLength(7);
    expect((await streamed.usage).outputTokens).toBe(7);
    const tools = {
      weather: tool({
        description: 'w',
        inputSchema: jsonSchema<Record<string, unknown>>(weather),
        execute: () => 'sunny',
      }),
    };
    const called = await generateText({ model: chosen, prompt: 'x', tools });
    expect(called.toolCalls[0]?.toolName).toBe('weather');
    const shaped = await generateText({
      model: chosen,
      prompt: 'x',
      output: Output.object({ schema: jsonSchema(weather) }),
    });
    expect(Object.keys(shaped.output as object)).toEqual(['city', 'unit']);
  });
});

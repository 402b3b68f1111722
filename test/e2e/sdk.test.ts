/** The official SDKs, only base URL and key changed; the ledger's cost is the one computed by hand, to the picodollar. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI, Type } from '@google/genai';
import { generateObject, generateText, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anthropicCost, geminiCost, openAiChatCost, openAiResponsesCost } from './hand-prices.ts';
import { type Stack, startStack } from './stack.ts';

interface CallJson {
  readonly costUsd: string | null;
  readonly stage?: string | null;
  readonly attempts: readonly {
    readonly costUsd: string | null;
    readonly usageSource: string;
    readonly status: number;
    readonly failure: string | null;
    readonly streamed: boolean;
    readonly reason: string;
    readonly model: string;
    readonly simulated: boolean;
  }[];
}

interface RunJson {
  readonly costUsd: string | null;
  readonly calls: readonly CallJson[];
}

let stack: Stack;
let runNumber = 0;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(async () => {
  await stack?.stop();
});

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const newRun = () => `sdk-run-${++runNumber}`;
const readRun = (run: string, calls = 1) =>
  stack.until<RunJson>(`/api/runs/${run}`, (answer) => answer.calls.length >= calls);
const question = [{ role: 'user' as const, content: 'Why was the customer charged twice in March?' }];
const weatherParameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

async function expectCost(run: string, costUsd: string, attempt: Record<string, unknown> = {}): Promise<void> {
  const found = await readRun(run);
  expect(found.calls).toHaveLength(1);
  expect(found.calls[0]!.attempts).toHaveLength(1);
  expect(found.calls[0]!.attempts[0]).toMatchObject({
    usageSource: 'reported',
    simulated: true,
    status: 200,
    ...attempt,
  });
  expect(found.costUsd).toBe(costUsd);
}

describe('openai', () => {
  const client = (run: string, maxRetries = 0) =>
    new OpenAI({
      apiKey: 'anything',
      baseURL: `${stack.origin}/v1`,
      maxRetries,
      defaultHeaders: { 'burnrate-run': run, 'burnrate-workflow': 'sdk-check', 'burnrate-stage': 'answer' },
    });

  test('a plain chat completion', async () => {
    const run = newRun();
    const answer = await client(run).chat.completions.create({ model: 'gpt-5-mini', messages: question });
    expect(answer.choices[0]!.message.content!.length).toBeGreaterThan(0);
    await expectCost(run, openAiChatCost('gpt-5-mini', answer.usage!), { streamed: false });
  });

  test('a streamed chat completion that asks for usage', async () => {
    const run = newRun();
    const stream = await client(run).chat.completions.create({
      model: 'gpt-5-mini',
      messages: question,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const usage = chunks.at(-1)!.usage!;
    await expectCost(run, openAiChatCost('gpt-5-mini', usage), { streamed: true });
  });

  test('a streamed chat completion that does not ask for usage is metered and sees none', async () => {
    const run = newRun();
    const stream = await client(run).chat.completions.create({ model: 'gpt-5-mini', messages: question, stream: true });
    const chunks = await collect(stream);
    expect(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage)).toBe(true);
    const found = await readRun(run);
    expect(found.calls[0]!.attempts[0]).toMatchObject({ usageSource: 'reported', streamed: true });
    expect(Number(found.costUsd)).toBeGreaterThan(0);
  });

  test('tools', async () => {
    const run = newRun();
    const answer = await client(run).chat.completions.create({
      model: 'gpt-5-mini',
      messages: question,
      tools: [{ type: 'function', function: { name: 'weather', parameters: weatherParameters } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    expect(answer.choices[0]!.message.tool_calls![0]).toMatchObject({
      type: 'function',
      function: { name: 'weather' },
    });
    await expectCost(run, openAiChatCost('gpt-5-mini', answer.usage!));
  });

  test('structured output', async () => {
    const run = newRun();
    const answer = await client(run).chat.completions.create({
      model: 'gpt-5-mini',
      messages: question,
      response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: weatherParameters } },
    });
    expect(JSON.parse(answer.choices[0]!.message.content!)).toMatchObject({ city: expect.any(String) });
    await expectCost(run, openAiChatCost('gpt-5-mini', answer.usage!));
  });

  test('the responses API, plain and streamed', async () => {
    const run = newRun();
    const answer = await client(run).responses.create({ model: 'gpt-5-mini', input: 'Say something short.' });
    await expectCost(run, openAiResponsesCost(answer.usage!));
    const streamedRun = newRun();
    const stream = await client(streamedRun).responses.create({
      model: 'gpt-5-mini',
      input: 'And again.',
      stream: true,
    });
    const events = await collect(stream);
    const completed = events.find((event) => event.type === 'response.completed');
    await expectCost(streamedRun, openAiResponsesCost(completed!.response.usage!), { streamed: true });
  });

  test('embeddings', async () => {
    const run = newRun();
    const answer = await client(run).embeddings.create({
      model: 'text-embedding-3-small',
      input: 'one two three four',
    });
    await expectCost(run, openAiChatCost('text-embedding-3-small', answer.usage));
  });

  test('a provider error reaches the SDK as its own error, and costs nothing', async () => {
    const run = newRun();
    const failing = client(run).chat.completions.create(
      { model: 'gpt-5-mini', messages: question },
      { headers: { 'emulator-error': 'rate-limit' } },
    );
    await expect(failing).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    const found = await readRun(run);
    expect(found.calls[0]!.attempts[0]).toMatchObject({ status: 429, failure: 'rate_limited', usageSource: 'none' });
    expect(found.costUsd).toBe('0');
  });

  test("the SDK's own retries are attempts of one call", async () => {
    const run = newRun();
    const failing = client(run, 2).chat.completions.create(
      { model: 'gpt-5-mini', messages: question },
      { headers: { 'emulator-error': 'server-error' } },
    );
    await expect(failing).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    const found = await stack.until<RunJson>(`/api/runs/${run}`, (answer) => answer.calls[0]?.attempts.length === 3);
    expect(found.calls).toHaveLength(1);
    expect(found.calls[0]!.attempts.map((attempt) => attempt.reason)).toEqual(['first', 'retry', 'retry']);
  });
});

describe('anthropic', () => {
  const client = (run: string) =>
    new Anthropic({
      apiKey: 'anything',
      baseURL: `${stack.origin}/anthropic`,
      maxRetries: 0,
      defaultHeaders: { 'burnrate-run': run, 'burnrate-workflow': 'sdk-check', 'burnrate-stage': 'answer' },
    });
  const model = 'claude-sonnet-4-5';

  test('a plain message', async () => {
    const run = newRun();
    const answer = await client(run).messages.create({ model, max_tokens: 400, messages: question });
    await expectCost(run, anthropicCost(answer.usage));
  });

  test('a streamed message', async () => {
    const run = newRun();
    const answer = await client(run).messages.stream({ model, max_tokens: 400, messages: question }).finalMessage();
    await expectCost(run, anthropicCost(answer.usage), { streamed: true });
  });

  test('a cached prefix: written for an hour, then read', async () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `fact${i}`).join(' ');
    const system = [{ type: 'text' as const, text, cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } }];
    const first = newRun();
    const written = await client(first).messages.create({ model, max_tokens: 100, system, messages: question });
    expect(written.usage.cache_creation!.ephemeral_1h_input_tokens).toBeGreaterThan(0);
    await expectCost(first, anthropicCost(written.usage));
    const second = newRun();
    const read = await client(second).messages.create({ model, max_tokens: 100, system, messages: question });
    expect(read.usage.cache_read_input_tokens).toBeGreaterThan(0);
    await expectCost(second, anthropicCost(read.usage));
  });

  test('tools', async () => {
    const run = newRun();
    const answer = await client(run).messages.create({
      model,
      max_tokens: 400,
      messages: question,
      tools: [{ name: 'weather', input_schema: weatherParameters }],
      tool_choice: { type: 'tool', name: 'weather' },
    });
    expect(answer.content.some((part) => part.type === 'tool_use' && part.name === 'weather')).toBe(true);
    await expectCost(run, anthropicCost(answer.usage));
  });

  test('a provider error reaches the SDK as its own error', async () => {
    const run = newRun();
    const failing = client(run).messages.create(
      { model, max_tokens: 10, messages: question },
      { headers: { 'emulator-error': 'overloaded' } },
    );
    await expect(failing).rejects.toMatchObject({ status: 529 });
    const found = await readRun(run);
    expect(found.calls[0]!.attempts[0]).toMatchObject({ status: 529, usageSource: 'none' });
  });
});

describe('gemini', () => {
  const client = (run: string) =>
    new GoogleGenAI({
      apiKey: 'anything',
      httpOptions: {
        baseUrl: `${stack.origin}/gemini`,
        headers: { 'burnrate-run': run, 'burnrate-workflow': 'sdk-check', 'burnrate-stage': 'answer' },
      },
    });
  const model = 'gemini-2.5-flash';
  const contents = 'Why was the customer charged twice in March?';

  test('a plain answer', async () => {
    const run = newRun();
    const answer = await client(run).models.generateContent({ model, contents });
    expect(answer.text!.length).toBeGreaterThan(0);
    await expectCost(run, geminiCost(answer.usageMetadata!));
  });

  test('a streamed answer', async () => {
    const run = newRun();
    const parts = await collect(await client(run).models.generateContentStream({ model, contents }));
    await expectCost(run, geminiCost(parts.at(-1)!.usageMetadata!), { streamed: true });
  });

  test('structured output', async () => {
    const run = newRun();
    const answer = await client(run).models.generateContent({
      model,
      contents,
      config: {
        responseMimeType: 'application/json',
        responseSchema: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
      },
    });
    expect(JSON.parse(answer.text!)).toMatchObject({ city: expect.any(String) });
    await expectCost(run, geminiCost(answer.usageMetadata!));
  });

  test('tools', async () => {
    const run = newRun();
    const answer = await client(run).models.generateContent({
      model,
      contents,
      config: {
        tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: weatherParameters }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' as never } },
      },
    });
    expect(answer.functionCalls![0]!.name).toBe('weather');
    await expectCost(run, geminiCost(answer.usageMetadata!));
  });
});

describe('Vercel ai', () => {
  const headers = (run: string) => ({ 'burnrate-run': run, 'burnrate-workflow': 'sdk-check' });
  const models = (run: string) => ({
    openai: createOpenAI({ apiKey: 'x', baseURL: `${stack.origin}/v1`, headers: headers(run) }).chat('gpt-5-mini'),
    anthropic: createAnthropic({ apiKey: 'x', baseURL: `${stack.origin}/anthropic/v1`, headers: headers(run) })(
      'claude-sonnet-4-5',
    ),
    gemini: createGoogleGenerativeAI({ apiKey: 'x', baseURL: `${stack.origin}/gemini/v1beta`, headers: headers(run) })(
      'gemini-2.5-flash',
    ),
  });
  const names = ['openai', 'anthropic', 'gemini'] as const;

  test.each(names)('%s: generateText is metered and priced', async (name) => {
    const run = newRun();
    const { text, usage } = await generateText({ model: models(run)[name], prompt: 'Say something.', maxRetries: 0 });
    expect(text.length).toBeGreaterThan(0);
    const found = await readRun(run);
    expect(found.calls[0]!.attempts[0]).toMatchObject({ usageSource: 'reported', streamed: false });
    expect(usage.outputTokens).toBeGreaterThan(0);
    expect(Number(found.costUsd)).toBeGreaterThan(0);
  });

  test.each(names)('%s: streamText is metered and priced', async (name) => {
    const run = newRun();
    const { textStream } = streamText({ model: models(run)[name], prompt: 'Say something.', maxRetries: 0 });
    expect((await collect(textStream)).join('').length).toBeGreaterThan(0);
    const found = await readRun(run);
    expect(found.calls[0]!.attempts[0]).toMatchObject({ usageSource: 'reported', streamed: true });
  });

  test.each(names)('%s: generateObject gives the object asked for', async (name) => {
    const run = newRun();
    const schema = jsonSchema<{ city: string }>(weatherParameters);
    const { object } = await generateObject({ model: models(run)[name], schema, prompt: 'Which city?', maxRetries: 0 });
    expect(object.city).toEqual(expect.any(String));
    expect(Number((await readRun(run)).costUsd)).toBeGreaterThan(0);
  });

  test('a tool call', async () => {
    const run = newRun();
    const inputSchema = jsonSchema<{ city: string }>(weatherParameters);
    const weather = tool({ inputSchema, execute: ({ city }) => `sunny in ${city}` });
    const { toolCalls } = await generateText({
      model: models(run).openai,
      prompt: 'Weather?',
      tools: { weather },
      toolChoice: { type: 'tool', toolName: 'weather' },
      maxRetries: 0,
    });
    expect(toolCalls[0]).toMatchObject({ toolName: 'weather' });
  });
});

import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { ApiError, GoogleGenAI, Type } from '@google/genai';
import { generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator } from './emulator.ts';
import { instantScenario } from './scenario.ts';

const emulator = createEmulator({ scenario: instantScenario, seed: 7 });
let url: string;
const client = (headers: Record<string, string> = {}) =>
  new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: url, headers } });

beforeAll(async () => {
  url = (await emulator.listen()).url;
});
afterAll(() => emulator.close());

const model = 'gemini-2.5-flash';
const schema = {
  type: Type.OBJECT,
  properties: { city: { type: Type.STRING }, unit: { type: Type.STRING, enum: ['c', 'f'] } },
  required: ['city', 'unit'],
};

test('plain, with thoughts beside the answer', async () => {
  const headers = { 'emulator-output-tokens': '9', 'emulator-reasoning-tokens': '21' };
  const done = await client(headers).models.generateContent({ model, contents: 'one two' });
  expect(done.usageMetadata).toMatchObject({
    promptTokenCount: 2,
    candidatesTokenCount: 9,
    thoughtsTokenCount: 21,
    totalTokenCount: 32,
  });
  expect(done.text?.split(' ')).toHaveLength(9);
});

test('streamed', async () => {
  const stream = await client({ 'emulator-output-tokens': '10' }).models.generateContentStream({
    model,
    contents: 'one two',
  });
  const counts: (number | undefined)[] = [];
  let text = '';
  for await (const chunk of stream) {
    counts.push(chunk.usageMetadata?.candidatesTokenCount);
    text += chunk.text ?? '';
  }
  expect(counts).toEqual([4, 8, 10]);
  expect(text.split(' ')).toHaveLength(10);
});

test('a stream without alt=sse is one JSON array', async () => {
  const answer = await fetch(`${url}/v1beta/models/${model}:streamGenerateContent`, {
    method: 'POST',
    headers: { 'emulator-output-tokens': '10' },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'a b' }] }] }),
  });
  const chunks = (await answer.json()) as { usageMetadata: unknown }[];
  expect(chunks).toHaveLength(3);
  expect(chunks.at(-1)?.usageMetadata).toMatchObject({ promptTokenCount: 2, candidatesTokenCount: 10 });
});

test('function calls and structured output', async () => {
  const tools = [{ functionDeclarations: [{ name: 'weather', parameters: schema }] }];
  const called = await client().models.generateContent({ model, contents: 'x', config: { tools } });
  expect(called.functionCalls?.[0]?.name).toBe('weather');
  const config = { responseMimeType: 'application/json', responseSchema: schema };
  const shaped = await client().models.generateContent({ model, contents: 'x', config });
  expect(Object.keys(JSON.parse(shaped.text ?? '') as object)).toEqual(['city', 'unit']);
});

test('a prefix seen before is inside the prompt count and named apart', async () => {
  const prefix = Array.from({ length: 1_100 }, (_, index) => `g${index}`).join(' ');
  const ask = (question: string) => client().models.generateContent({ model, contents: `${prefix} ${question}` });
  expect((await ask('first')).usageMetadata?.cachedContentTokenCount).toBeUndefined();
  expect((await ask('second')).usageMetadata).toMatchObject({
    promptTokenCount: 1_101,
    cachedContentTokenCount: 1_024,
  });
});

test('a bound cuts the answer', async () => {
  const done = await client({ 'emulator-output-tokens': '50' }).models.generateContent({
    model,
    contents: 'x',
    config: { maxOutputTokens: 6 },
  });
  expect(done.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
  expect(done.usageMetadata?.candidatesTokenCount).toBe(6);
});

test('countTokens and embeddings', async () => {
  expect((await client().models.countTokens({ model, contents: 'a b c' })).totalTokens).toBe(3);
  const embedded = await client().models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] });
  expect(embedded.embeddings).toHaveLength(2);
});

test.each([
  ['rate-limit', 429],
  ['server-error', 500],
  ['overloaded', 503],
])('%s', async (kind, status) => {
  const failed = await client({ 'emulator-error': kind })
    .models.generateContent({ model, contents: 'x' })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ApiError);
  expect((failed as ApiError).status).toBe(status);
});

test('Vercel AI SDK: text, stream, tool, object', async () => {
  const chosen = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: 'any' })(model);
  const plain = await generateText({ model: chosen, prompt: 'one two', headers: { 'emulator-output-tokens': '5' } });
  expect(plain.usage).toMatchObject({ inputTokens: 2, outputTokens: 5 });
  const streamed = streamText({ model: chosen, prompt: 'one two', headers: { 'emulator-output-tokens': '7' } });
  expect((await streamed.text).split(' ')).toHaveLength(7);
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;
  const tools = {
    weather: tool({
      description: 'w',
      inputSchema: jsonSchema<Record<string, unknown>>(parameters),
      execute: () => 'sunny',
    }),
  };
  expect((await generateText({ model: chosen, prompt: 'x', tools })).toolCalls[0]?.toolName).toBe('weather');
  const shaped = await generateText({
    model: chosen,
    prompt: 'x',
    output: Output.object({ schema: jsonSchema(parameters) }),
  });
  expect(Object.keys(shaped.output as object)).toEqual(['city']);
});

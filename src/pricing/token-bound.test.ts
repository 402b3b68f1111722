import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundInput, estimateTextTokens } from './index.ts';
import type { UsageProtocol } from './usage-reading.ts';

function bound(protocol: UsageProtocol, body: unknown, contextWindow: number | null = 200_000) {
  return boundInput({ protocol, body, bodyBytes: Buffer.byteLength(JSON.stringify(body)), contextWindow });
}

const said = [{ role: 'user', content: 'hi' }];

test.each<[string, UsageProtocol, unknown]>([
  ['chat', 'openai', { model: 'm', messages: said }],
  ['chat with text parts', 'openai', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
  ['chat with functions', 'openai', { messages: said, tools: [{ type: 'function', function: { name: 'f' } }] }],
  [
    'chat with tool calls',
    'openai',
    {
      messages: [
        { role: 'assistant', tool_calls: [{ type: 'function', id: 'c', function: { name: 'f', arguments: '{}' } }] },
      ],
    },
  ],
  ['responses', 'openai', { input: 'hi', previous_response_id: null }],
  [
    'responses with items',
    'openai',
    { input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }] },
  ],
  ['a legacy prompt', 'openai', { prompt: 'hi' }],
  [
    'a schema with types of its own',
    'openai',
    { messages: said, response_format: { json_schema: { anyOf: [{ type: 'image' }] } } },
  ],
  ['messages', 'anthropic', { system: [{ type: 'text', text: 'x' }], messages: said }],
  [
    'messages with tools',
    'anthropic',
    {
      messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: '1' }] }] }],
      tools: [{ name: 't', input_schema: { type: 'object' } }],
    },
  ],
  ['generateContent', 'gemini', { contents: [{ parts: [{ text: 'hi' }] }], tools: [{ functionDeclarations: [] }] }],
])('%s is bounded by its bytes', (_, protocol, body) => {
  const answer = bound(protocol, body, null);
  expect(answer).toMatchObject({ ok: true, basis: 'bytes' });
  expect(answer.ok && answer.tokens).toBeGreaterThan(Buffer.byteLength(JSON.stringify(body)));
});

test.each<[string, UsageProtocol, unknown]>([
  ['an earlier response', 'openai', { input: 'hi', previous_response_id: 'resp_1' }],
  ['a conversation', 'openai', { input: 'hi', conversation: 'conv_1' }],
  ['a hosted prompt', 'openai', { prompt: { id: 'pmpt_1' } }],
  [
    'a picture by address',
    'openai',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x' } }] }] },
  ],
  ['a stored file', 'openai', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
  ['an item by reference', 'openai', { input: [{ type: 'item_reference', id: 'i' }] }],
  ['a hosted search', 'openai', { input: 'hi', tools: [{ type: 'web_search' }] }],
  ['a search in chat', 'openai', { messages: said, web_search_options: {} }],
  ['a picture', 'anthropic', { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] }],
  ['a document', 'anthropic', { messages: [{ role: 'user', content: [{ type: 'document', source: {} }] }] }],
  ['a server tool', 'anthropic', { messages: said, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  ['data in the body', 'gemini', { contents: [{ parts: [{ inlineData: { data: 'x' } }] }] }],
  ['cached content', 'gemini', { contents: [], cachedContent: 'c' }],
  ['a hosted search of Gemini', 'gemini', { contents: [], tools: [{ googleSearch: {} }] }],
  ['no object', 'openai', 'hi'],
])('%s holds the context window, or is refused without one', (_, protocol, body) => {
  expect(bound(protocol, body)).toEqual({ ok: true, tokens: 200_000, basis: 'context_window' });
  expect(bound(protocol, body, null)).toMatchObject({ ok: false, reason: 'unbounded_input' });
});

test('nesting without end is not followed', () => {
  let body: unknown = 'x';
  for (let i = 0; i < 500; i++) body = { deeper: body };
  expect(bound('openai', body, null)).toMatchObject({ ok: false });
});

test('the bound never falls when a request grows', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 8 }), fc.string(), (texts, more) => {
      const body = (list: string[]) => ({ messages: list.map((content) => ({ role: 'user', content })) });
      const small = bound('openai', body(texts));
      const large = bound('openai', body([...texts, more]));
      expect(small.ok && large.ok && large.tokens > small.tokens).toBe(true);
    }),
  );
});

test('an estimate counts a token for every four bytes begun', () => {
  expect([0, 1, 4, 5].map(estimateTextTokens)).toEqual([0, 1, 1, 2]);
});

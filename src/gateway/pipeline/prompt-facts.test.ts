import { describe, expect, test } from 'vitest';
import type { Exchange, PromptFacts } from '../exchange.ts';
import { protocols } from '../protocols/index.ts';
import type { JsonObject } from '../protocols/protocol.ts';
import { promptFacts } from './prompt-facts.ts';

type Wire = 'openai' | 'anthropic' | 'gemini';
const paths: Readonly<Record<Wire, string>> = {
  openai: '/chat/completions',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/m:generateContent',
};

function factsOf(wire: Wire, json: JsonObject, secret = Buffer.alloc(32, 1), path = paths[wire]): PromptFacts {
  const protocol = protocols[wire];
  const operation = protocol.operationOf('POST', path);
  const exchange = {
    req: { method: 'POST' },
    route: { provider: { name: wire }, protocol, path },
    understanding: { operation, json, clear: Buffer.from(JSON.stringify(json)), facts: { model: 'm' } },
  } as unknown as Exchange;
  void promptFacts(secret)(exchange);
  return exchange.prompt;
}

const text = (bytes: number): string => 'abcd'.repeat(bytes / 4);
const none = { system: 0, history: 0, retrieval: 0, question: 0, tools: 0 };

describe('parts of the prompt', () => {
  test.each<[string, Wire, JsonObject, Partial<typeof none>]>([
    [
      'openai chat',
      'openai',
      {
        messages: [
          { role: 'system', content: text(40) },
          { role: 'user', content: text(80) },
          { role: 'assistant', content: text(120) },
          { role: 'tool', content: text(160) },
          { role: 'user', content: [{ type: 'text', text: text(20) }] },
        ],
      },
      { system: 10, history: 50, retrieval: 40, question: 5 },
    ],
    [
      'tagged context',
      'openai',
      { messages: [{ role: 'user', content: `<context>${text(79 - 19 + 4)}</context>${text(20)}` }] },
      { retrieval: 21, question: 5 },
    ],
    [
      'an image',
      'openai',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:${text(4_000)}` } }] }] },
      { question: 1_000 },
    ],
    [
      'anthropic',
      'anthropic',
      {
        system: [{ type: 'text', text: text(40) }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'document', source: { type: 'text', data: text(400) } },
              { type: 'text', text: text(8) },
            ],
          },
        ],
      },
      { system: 10, retrieval: 100, question: 2 },
    ],
    [
      'anthropic tool results',
      'anthropic',
      {
        messages: [
          { role: 'user', content: text(8) },
          { role: 'assistant', content: [{ type: 'text', text: text(12) }] },
          { role: 'user', content: [{ type: 'tool_result', content: text(40) }] },
        ],
      },
      { history: 5, retrieval: 10 },
    ],
    [
      'gemini',
      'gemini',
      {
        systemInstruction: { parts: [{ text: text(40) }] },
        contents: [
          { role: 'user', parts: [{ text: text(20) }] },
          { role: 'model', parts: [{ text: text(24) }] },
          { parts: [{ text: text(4) }, { functionResponse: 'abcdef' }] },
        ],
      },
      { system: 10, history: 11, question: 1, retrieval: 2 },
    ],
    ['tools', 'gemini', { tools: ['abcd'], contents: 'hiya' }, { tools: 2, question: 1 }],
  ])('%s', (_name, wire, json, expected) => {
    const facts = factsOf(wire, json);
    expect(facts.partTokens).toEqual({ ...none, ...expected });
    expect(facts.inputTokens).toBe(Object.values({ ...none, ...expected }).reduce((sum, part) => sum + part, 0));
  });

  test.each<[JsonObject, number]>([
    [{ input: text(40) }, 10],
    [{ input: [text(40), text(40)] }, 20],
    [{ input: [1, 2, 3] }, 3],
    [{ input: [[1, 2, 3], [4]] }, 4],
  ])('embeddings of %o', (json, tokens) => {
    expect(factsOf('openai', json, undefined, '/embeddings').inputTokens).toBe(tokens);
  });
});

describe('hashes', () => {
  const chat = (...contents: string[]): JsonObject => ({
    messages: contents.map((content) => ({ role: 'user', content })),
  });

  test('equal requests have equal fingerprints, under one secret', () => {
    const facts = factsOf('openai', chat('a'));
    expect(factsOf('openai', chat('a')).fingerprint).toBe(facts.fingerprint);
    expect(facts.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(factsOf('openai', chat('b')).fingerprint).not.toBe(facts.fingerprint);
    expect(factsOf('openai', chat('a'), Buffer.alloc(32, 2)).fingerprint).not.toBe(facts.fingerprint);
  });

  test('prompts share the hashes of the beginning they share', () => {
    const begin = text(5_000);
    const one = factsOf('openai', chat(begin, 'x'.repeat(3_000))).prefixHashes;
    const two = factsOf('openai', chat(begin, 'y'.repeat(3_000))).prefixHashes;
    expect([one.length, two.length]).toEqual([7, 7]);
    expect(one.slice(0, 4)).toEqual(two.slice(0, 4));
    expect(one.slice(4).some((hash) => two.includes(hash))).toBe(false);
  });

  test('are bounded for a prompt of any length', () => {
    expect(factsOf('openai', chat(text(2_000_000))).prefixHashes).toHaveLength(64);
  });
});

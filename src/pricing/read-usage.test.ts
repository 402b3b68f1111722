import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputTokensOf, outputTokensOf } from '../tree/index.ts';
import { mergeAnthropicUsage, readUsage, servedTier } from './index.ts';
import type { UsageProtocol } from './usage-reading.ts';

const operations: readonly [UsageProtocol, string][] = [
  ['openai', 'chat'],
  ['openai', 'completions'],
  ['openai', 'responses'],
  ['openai', 'embeddings'],
  ['openai', 'moderations'],
  ['openai', 'images'],
  ['openai', 'audio'],
  ['openai', 'other'],
  ['anthropic', 'messages'],
  ['gemini', 'generateContent'],
];

describe('garbage', () => {
  test.each<[string, UsageProtocol, string, unknown, string]>([
    ['no body', 'openai', 'chat', null, 'absent'],
    ['a text', 'openai', 'chat', 'oops', 'absent'],
    ['an error body', 'openai', 'chat', { error: { message: 'no' } }, 'absent'],
    ['a usage of null', 'openai', 'chat', { usage: null }, 'absent'],
    ['a usage that is a list', 'openai', 'responses', { usage: [] }, 'absent'],
    ['a stream without a report', 'gemini', 'generateContent', [{ candidates: [] }], 'absent'],
    ['a usage of unknown words', 'openai', 'chat', { usage: { tokens: 5 } }, 'absent'],
    ['a usage of nothing', 'anthropic', 'messages', { usage: {} }, 'absent'],
    ['an image answer without images', 'openai', 'images', { data: [] }, 'absent'],
    ['a text for a count', 'openai', 'chat', { usage: { prompt_tokens: '12' } }, 'invalid'],
    ['a negative count', 'openai', 'chat', { usage: { prompt_tokens: -1 } }, 'invalid'],
    ['half a token', 'anthropic', 'messages', { usage: { input_tokens: 0.5 } }, 'invalid'],
    ['not a number', 'gemini', 'generateContent', { usageMetadata: { promptTokenCount: Number.NaN } }, 'invalid'],
    ['a count beyond reason', 'openai', 'embeddings', { usage: { prompt_tokens: 1e15 } }, 'invalid'],
    [
      'more cached than sent',
      'openai',
      'chat',
      { usage: { prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 6 } } },
      'invalid',
    ],
    [
      'more reasoning than output',
      'openai',
      'responses',
      { usage: { output_tokens: 5, output_tokens_details: { reasoning_tokens: 6 } } },
      'invalid',
    ],
    [
      'more written by lifetime than written',
      'anthropic',
      'messages',
      { usage: { cache_creation_input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2 } } },
      'invalid',
    ],
    [
      'more cached than prompt',
      'gemini',
      'generateContent',
      { usageMetadata: { promptTokenCount: 1, cachedContentTokenCount: 2 } },
      'invalid',
    ],
    ['audio of no length', 'openai', 'audio', { usage: { type: 'duration', seconds: 'long' } }, 'invalid'],
  ])('%s', (_, protocol, operation, body, reason) => {
    expect(readUsage(protocol, operation, body)).toMatchObject({ ok: false, reason });
  });

  const field = fc.constantFrom(
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'input_tokens',
    'output_tokens',
    'prompt_tokens_details',
    'input_tokens_details',
    'cached_tokens',
    'cache_creation_input_tokens',
    'cache_creation',
    'promptTokenCount',
    'cachedContentTokenCount',
    'promptTokensDetails',
    'candidatesTokenCount',
  );
  const junk = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.constant(null),
      tie('object'),
      fc.array(tie('object'), { maxLength: 2 }),
    ),
    object: fc.dictionary(field, tie('value'), { maxKeys: 5 }),
  }));

  test('whatever arrives, a reading has whole numbers above zero or is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operations), junk.object, (operation, usage) => {
        const reading = readUsage(...operation, { usage, usageMetadata: usage });
        if (!reading.ok) return;
        for (const quantity of Object.values(reading.usage)) {
          expect(Number.isSafeInteger(quantity)).toBe(true);
          expect(quantity).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('buckets are disjoint: no token is in two, none is lost', () => {
  const count = fc.nat(100_000);
  test('OpenAI chat', () => {
    fc.assert(
      fc.property(count, count, count, count, count, (text, cached, audio, shown, reasoning) => {
        const usage = {
          prompt_tokens: text + cached + audio,
          completion_tokens: shown + reasoning,
          total_tokens: text + cached + audio + shown + reasoning,
          prompt_tokens_details: { cached_tokens: cached, audio_tokens: audio },
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        const reading = readUsage('openai', 'chat', { usage });
        expect(reading.ok && inputTokensOf(reading.usage)).toBe(usage.prompt_tokens);
        expect(reading.ok && outputTokensOf(reading.usage)).toBe(usage.completion_tokens);
      }),
    );
  });

  test('Anthropic messages', () => {
    fc.assert(
      fc.property(count, count, count, count, count, (input, read, write5m, write1h, output) => {
        const usage = {
          input_tokens: input,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: write5m + write1h,
          cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
          output_tokens: output,
        };
        const reading = readUsage('anthropic', 'messages', { usage });
        expect(reading.ok && inputTokensOf(reading.usage)).toBe(input + read + write5m + write1h);
        expect(reading.ok && (reading.usage.cacheWrite1h ?? 0)).toBe(write1h);
      }),
    );
  });

  test('Gemini', () => {
    fc.assert(
      fc.property(count, count, count, count, count, (fresh, cached, tools, shown, thoughts) => {
        const usageMetadata = {
          promptTokenCount: fresh + cached,
          cachedContentTokenCount: cached,
          toolUsePromptTokenCount: tools,
          candidatesTokenCount: shown,
          thoughtsTokenCount: thoughts,
        };
        const reading = readUsage('gemini', 'generateContent', { usageMetadata });
        expect(reading.ok && inputTokensOf(reading.usage)).toBe(fresh + cached + tools);
        expect(reading.ok && outputTokensOf(reading.usage)).toBe(shown + thoughts);
      }),
    );
  });
});

describe('the last value of each field stands', () => {
  test.each<[string, unknown[], unknown]>([
    ['nothing yet', [undefined, null, 'x'], null],
    ['a later total replaces an earlier one', [{ output_tokens: 1 }, { output_tokens: 9 }], { output_tokens: 9 }],
    [
      'an absent field stays',
      [{ input_tokens: 5, output_tokens: 1 }, { output_tokens: 9 }],
      { input_tokens: 5, output_tokens: 9 },
    ],
    ['a null field stays', [{ input_tokens: 5 }, { input_tokens: null }], { input_tokens: 5 }],
    [
      'so do nested ones',
      [{ cache_creation: { a: 1, b: 2 } }, { cache_creation: { b: 3 } }],
      { cache_creation: { a: 1, b: 3 } },
    ],
  ])('%s', (_, usages, merged) => {
    const known = usages.reduce<ReturnType<typeof mergeAnthropicUsage>>(
      (before, next) => mergeAnthropicUsage(before, next),
      null,
    );
    expect(known).toEqual(merged);
  });
});

test('a write without a breakdown lives five minutes', () => {
  const reading = readUsage('anthropic', 'messages', { usage: { cache_creation_input_tokens: 7 } });
  expect(reading).toMatchObject({ ok: true, usage: { cacheWrite5m: 7 } });
});

test('a chat model that always searches the web counts one search', () => {
  const body = { model: 'gpt-4o-search-preview', usage: { prompt_tokens: 1 } };
  expect(readUsage('openai', 'chat', body)).toMatchObject({ usage: { input: 1, toolCall: 1 } });
});

test('of what a web search did, only searching is counted', () => {
  const searches = [
    { action: { type: 'search' } },
    { action: { type: 'open_page' } },
    { action: { type: 'open_page' } },
    {},
  ];
  const output = searches.map((search) => ({ type: 'web_search_call', ...search }));
  const reading = readUsage('openai', 'responses', { output, usage: { input_tokens: 1, output_tokens: 1 } });
  expect(reading).toMatchObject({ usage: { toolCall: 2 } });
});

test.each([-0.5, Number.POSITIVE_INFINITY, '8'])('%s seconds of audio are refused', (seconds) => {
  const reading = readUsage('openai', 'audio', { usage: { type: 'duration', seconds } });
  expect(reading).toMatchObject({ ok: false });
});

test('older image models are counted by the image, begun seconds of audio whole', () => {
  expect(readUsage('openai', 'images', { data: [{}, {}] })).toMatchObject({ usage: { image: 2 } });
  expect(readUsage('openai', 'audio', { usage: { type: 'duration', seconds: 8.01 } })).toMatchObject({
    usage: { audioSecond: 9 },
  });
});

test.each([
  ['default', 'standard'],
  ['auto', 'standard'],
  ['on_demand', 'standard'],
  ['ON_DEMAND', 'standard'],
  ['unspecified', 'standard'],
  ['flex', 'flex'],
  ['PROVISIONED_THROUGHPUT', 'provisioned'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['scale', 'scale'],
  ['constructor', 'constructor'],
])('the tier %s is served as %s', (name, tier) => {
  expect(servedTier(name)).toBe(tier);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buckets, type Usage } from '../tree/index.ts';
import { createPriceBook, listPrices, priceReport } from './index.ts';

const book = createPriceBook({ providers: [], overrides: [] });
const atMs = Date.parse('2026-11-21T12:00:00Z');
const report = (provider: string, model: string, usage: unknown, tier?: string) =>
  priceReport(book, { provider, model, tier, atMs, usage });

test('the report carries exact decimal money', () => {
  expect(report('openai', 'gpt-4o', { prompt_tokens: 1000, completion_tokens: 3, total_tokens: 1003 })).toEqual({
    provider: 'openai',
    model: 'gpt-4o',
    tier: 'standard',
    lines: [
      { bucket: 'input', quantity: 1000, unit: 'tokens', rateUsdPerMillion: '2.5', costUsd: '0.0025' },
      { bucket: 'output', quantity: 3, unit: 'tokens', rateUsdPerMillion: '10', costUsd: '0.00003' },
    ],
    totalUsd: '0.00253',
    rateCard: book.findCard('openai', 'gpt-4o', atMs)?.id,
    at: '2026-11-21T12:00:00.000Z',
  });
});

describe('any usage object is understood', () => {
  const anthropic = { input_tokens: 10, cache_read_input_tokens: 1000, output_tokens: 0 };
  test.each<[string, string, string, unknown, string]>([
    ['our buckets', 'openai', 'gpt-4o', { input: 10, cacheRead: 4 }, '0.00003'],
    ['OpenAI chat', 'openai', 'gpt-4o', { prompt_tokens: 10, completion_tokens: 0 }, '0.000025'],
    ['OpenAI chat, whole answer', 'openai', 'gpt-4o', { usage: { prompt_tokens: 10 } }, '0.000025'],
    [
      'OpenAI responses',
      'openai',
      'gpt-4o',
      { input_tokens: 10, input_tokens_details: { cached_tokens: 10 } },
      '0.0000125',
    ],
    ['OpenAI responses event', 'openai', 'gpt-4o', { response: { usage: { input_tokens: 10 } } }, '0.000025'],
    ['OpenAI images', 'openai', 'gpt-image-1', { input_tokens: 0, output_tokens: 10 }, '0.0004'],
    ['OpenAI audio', 'openai', 'whisper-1', { type: 'duration', seconds: 60 }, '0.006'],
    ['OpenAI moderation answer', 'openai', 'omni-moderation-latest', { results: [{ flagged: false }] }, '0'],
    ['Anthropic', 'anthropic', 'claude-sonnet-4-5', anthropic, '0.00033'],
    ['Anthropic, message_start', 'anthropic', 'claude-sonnet-4-5', { message: { usage: anthropic } }, '0.00033'],
    ['Gemini', 'gemini', 'gemini-2.5-flash', { promptTokenCount: 10 }, '0.000003'],
    ['Gemini, whole answer', 'google', 'gemini-2.5-flash', { usageMetadata: { promptTokenCount: 10 } }, '0.000003'],
    ['Gemini, stream', 'google', 'gemini-2.5-flash', [{ usageMetadata: { promptTokenCount: 10 } }], '0.000003'],
  ])('%s', (_, provider, model, usage, totalUsd) => {
    expect(report(provider, model, usage).totalUsd).toBe(totalUsd);
  });

  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['nothing known', { tokens: 5 }],
    ['an empty object', {}],
    ['garbage in a bucket', { input: -1 }],
    ['garbage in a field', { prompt_tokens: 'many' }],
  ])('%s is refused', (_, usage) => {
    expect(() => report('openai', 'gpt-4o', usage)).toThrow(expect.objectContaining({ code: 'USAGE_INVALID' }));
  });
});

describe('tiers', () => {
  test.each<[string, unknown, string | undefined, string, string | null]>([
    ['none named is standard', { input: 2 }, undefined, 'standard', '0.000006'],
    ['the operator names one', { input: 2 }, 'batch', 'batch', '0.000003'],
    ["a provider's word for standard", { input: 2 }, 'default', 'standard', '0.000006'],
    ['the usage names one', { input_tokens: 2, service_tier: 'batch' }, undefined, 'batch', '0.000003'],
    ['the operator wins', { input_tokens: 2, service_tier: 'standard' }, 'batch', 'batch', '0.000003'],
    ['one without a price', { input: 2 }, 'priority', 'priority', null],
  ])('%s', (_, usage, tier, served, totalUsd) => {
    expect(report('anthropic', 'claude-sonnet-4-5', usage, tier)).toMatchObject({ tier: served, totalUsd });
  });
});

describe('unknown is null with a remedy, never zero', () => {
  test.each<[string, string, Usage, string | undefined, string]>([
    [
      'model',
      'no-such-model',
      { input: 1 },
      undefined,
      '{ provider: openai, model: no-such-model, inputPerMillion: <USD>, outputPerMillion: <USD> }',
    ],
    ['odd name', 'a b: c', { input: 1 }, undefined, 'model: "a b: c"'],
    [
      'tier',
      'gpt-5.4',
      { input: 1 },
      'scale',
      '{ provider: openai, model: gpt-5.4, tiers: { scale: { multiply: <factor> } } }',
    ],
    [
      'bucket',
      'gpt-4o-audio-preview',
      { audioInput: 1 },
      undefined,
      '{ provider: openai, model: gpt-4o-audio-preview, audioInputPerMillion: <USD> }',
    ],
    [
      'bucket in a tier',
      'gpt-4o-audio-preview',
      { audioInput: 1 },
      'batch',
      'tiers: { batch: { inputPerMillion: <USD>, outputPerMillion: <USD>, audioInputPerMillion: <USD> } }',
    ],
    ['a call and nothing else', 'gpt-4o', { call: 1 }, undefined, 'perCall: <USD>'],
  ])('%s', (_, model, usage, tier, remedy) => {
    const answer = report('openai', model, usage, tier);
    expect(answer).toMatchObject({ totalUsd: null, lines: [] });
    expect(answer.remedy).toContain(remedy);
  });
});

test('a fee per call is due once, whether or not the usage counts calls', () => {
  const withFee = createPriceBook({
    providers: [],
    overrides: [{ provider: 'p', model: 'm', inputPerMillion: 1, perCall: '0.005' }],
  });
  const total = (usage: Usage) =>
    withFee.price({ provider: 'p', model: 'm', tier: 'standard', atMs, usage }).cost?.picos;
  expect(total({ input: 1 })).toBe(5_001_000_000n);
  expect(total({ input: 1, call: 1 })).toBe(5_001_000_000n);
  expect(total({ input: 1, call: 2 })).toBe(10_001_000_000n);
});

test('lines are quantity × rate and sum to the cost, for any usage and model', () => {
  const models = [...book.cards()].map((card): [string, string] => [card.provider, card.model]);
  const usage = fc.dictionary(fc.constantFrom(...buckets), fc.nat(1_000_000));
  fc.assert(
    fc.property(fc.constantFrom(...models), usage, ([provider, model], used) => {
      const priced = book.price({ provider, model, tier: 'standard', atMs, usage: used });
      expect(priced.state === 'unknown').toBe(priced.cost === null);
      let sum = 0n;
      for (const line of priced.lines) {
        expect(line.cost.picos).toBe(BigInt(line.quantity) * line.rate);
        sum += line.cost.picos;
      }
      if (priced.cost !== null) expect(sum).toBe(priced.cost.picos);
    }),
  );
});

describe('listings', () => {
  test('show tiers and thresholds as rows', () => {
    const rows = listPrices(book, { provider: 'openai', model: 'gpt-5.4-pro' });
    expect(rows.map((row) => [row.tier, row.aboveInputTokens, row.usdPerMillion.input])).toEqual([
      ['standard', 0, '30'],
      ['standard', 271_999, '60'],
      ['batch', 0, '15'],
      ['batch', 271_999, '30'],
      ['flex', 0, '15'],
      ['flex', 271_999, '30'],
    ]);
  });

  test('show dates and hours', () => {
    const rows = listPrices(book, { provider: 'deepseek', model: 'deepseek-chat' });
    expect(rows.map((row) => row.timeOfDay)).toContain('00:30-16:30');
    const dated = listPrices(book, { provider: 'openai', model: 'gpt-5.6-luna' });
    expect(dated.map((row) => row.until)).toContain('2026-07-30T00:00:00.000Z');
  });

  test('take a provider by its name here or in the catalogue', () => {
    const models = (provider: string) => listPrices(book, { provider, model: 'flash' }).map((row) => row.model);
    expect(models('gemini')).toEqual(models('google'));
    expect(models('gemini')).toContain('gemini-2.5-flash');
  });

  test('show contracts first, self-hosted models, and configured providers only', () => {
    const own = createPriceBook({
      providers: [
        { name: 'anthropic', kind: 'anthropic' },
        {
          name: 'local',
          kind: 'openai',
          gpu: { hourlyUsd: 1, count: 1, throughput: [{ input: 1, output: 1, outputTokensPerSecond: 1 }] },
        },
      ],
      overrides: [
        { provider: 'anthropic', model: 'claude-haiku-4-5', inputPerMillion: 0.9, outputPerMillion: 4 },
        { provider: 'anthropic', model: 'claude-opus-4-8', tiers: { priority: { multiply: 1.5 } } },
      ],
    });
    const rows = listPrices(own);
    expect(rows[0]).toMatchObject({ source: 'contract', model: 'claude-haiku-4-5' });
    expect(rows.filter((row) => row.tier === 'priority')).toMatchObject([{ model: 'claude-opus-4-8' }]);
    expect(new Set(rows.map((row) => row.source))).toEqual(new Set(['contract', 'catalogue', 'self-hosted']));
    expect(new Set(rows.map((row) => row.provider))).toEqual(new Set(['anthropic', 'local']));
  });
});

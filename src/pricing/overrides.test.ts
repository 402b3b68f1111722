import { describe, expect, test } from 'vitest';
import { type Bucket, buckets } from '../tree/index.ts';
import { createPriceBook } from './index.ts';
import type { PriceOverride } from './price-override.ts';

const atMs = Date.parse('2026-11-21T12:00:00Z');
const contract: PriceOverride = {
  provider: 'openai',
  model: 'my-contract-model',
  from: '2026-01-01',
  inputPerMillion: 1.25,
  cacheReadPerMillion: '0.125',
  outputPerMillion: 10,
  above: [{ inputTokens: 272_000, inputPerMillion: 2.5, outputPerMillion: 15 }],
  tiers: { flex: { inputPerMillion: 0.625, outputPerMillion: 5 }, batch: { multiply: 0.5 } },
};

function rateOf(overrides: readonly PriceOverride[], asked: Partial<Asked> = {}): string | null {
  const { provider, model, tier, bucket, inputTokens, at } = { ...usual, ...asked };
  const book = createPriceBook({ providers: [], overrides });
  const usage = bucket === 'input' ? { input: inputTokens } : { input: inputTokens, [bucket]: 1 };
  const priced = book.price({ provider, model, tier, atMs: Date.parse(at), usage });
  return priced.lines.find((line) => line.bucket === bucket)?.rate.toString() ?? null;
}

interface Asked {
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  readonly bucket: Bucket;
  readonly inputTokens: number;
  readonly at: string;
}
const usual: Asked = {
  provider: 'openai',
  model: 'my-contract-model',
  tier: 'standard',
  bucket: 'input',
  inputTokens: 1000,
  at: '2026-11-21T12:00:00Z',
};

describe('a whole price list', () => {
  test.each<[string, Partial<Asked>, string | null]>([
    ['input', {}, '1250000'],
    ['cached input', { bucket: 'cacheRead' }, '125000'],
    ['output', { bucket: 'output' }, '10000000'],
    ['reasoning costs what output does', { bucket: 'reasoning' }, '10000000'],
    ['an image sent costs what text does', { bucket: 'imageInput' }, '1250000'],
    ['cache writes cost nothing extra at the OpenAI kind', { bucket: 'cacheWrite5m' }, '1250000'],
    ['audio without a price is unknown', { bucket: 'audioInput' }, null],
    ['at the threshold', { inputTokens: 272_000 }, '1250000'],
    ['beyond the threshold', { inputTokens: 272_001 }, '2500000'],
    ['beyond it, reasoning follows output', { inputTokens: 272_001, bucket: 'reasoning' }, '15000000'],
    ['beyond it, what is not stated again stays', { inputTokens: 272_001, bucket: 'cacheRead' }, '125000'],
    ['a tier with its own list', { tier: 'flex' }, '625000'],
    ['a tier with a factor', { tier: 'batch', bucket: 'output' }, '5000000'],
    ['a factor reaches beyond the threshold', { tier: 'batch', inputTokens: 272_001 }, '1250000'],
    ['a tier nobody stated is unknown', { tier: 'priority' }, null],
    ['before it holds', { at: '2025-12-31T23:59:59Z' }, null],
    ['from the first moment', { at: '2026-01-01T00:00:00Z' }, '1250000'],
    ['names are compared without case', { model: 'My-Contract-Model' }, '1250000'],
    ['another provider', { provider: 'anthropic' }, null],
  ])('%s', (_, asked, rate) => {
    expect(rateOf([contract], asked)).toBe(rate);
  });
});

describe('which entry prevails', () => {
  const entry = (inputPerMillion: number, more: Partial<PriceOverride>): PriceOverride => ({
    provider: 'openai',
    model: 'gpt-4o',
    inputPerMillion,
    outputPerMillion: 1,
    ...more,
  });
  const gpt4o = { model: 'gpt-4o' };
  test.each<[string, PriceOverride[], Partial<Asked>, string]>([
    ['the catalogue, without an entry', [], gpt4o, '2500000'],
    ['the contract over the catalogue', [entry(2, {})], gpt4o, '2000000'],
    ['the catalogue before the contract begins', [entry(2, { from: '2027-01-01' })], gpt4o, '2500000'],
    ['the catalogue once the contract has ended', [entry(2, { until: '2026-11-21T12:00:00Z' })], gpt4o, '2500000'],
    ['the later contract', [entry(2, { from: '2026-06-01' }), entry(3, { from: '2026-01-01' })], gpt4o, '2000000'],
    ['the later line of two that begin together', [entry(2, {}), entry(3, {})], gpt4o, '3000000'],
    ['a prefix', [entry(2, { model: 'gpt-4*' })], gpt4o, '2000000'],
    ['the longer prefix', [entry(2, { model: 'gpt-4o*' }), entry(3, { model: 'gpt-*' })], gpt4o, '2000000'],
    ['the name over a prefix', [entry(2, {}), entry(3, { model: 'gpt-4o*', from: '2026-02-01' })], gpt4o, '2000000'],
    ['a time with an offset', [entry(2, { from: '2026-11-21T14:00:00+02:00' })], gpt4o, '2000000'],
  ])('%s', (_, overrides, asked, rate) => {
    expect(rateOf(overrides, asked)).toBe(rate);
  });
});

describe('an entry laid over the price in force', () => {
  const tierOnly: PriceOverride = {
    provider: 'openai',
    model: 'gpt-5.4',
    from: '2026-06-01',
    tiers: { scale: { multiply: 2 } },
  };
  const gpt54 = { model: 'gpt-5.4' };
  test.each<[string, PriceOverride[], Partial<Asked>, string | null]>([
    ['adds a tier', [tierOnly], { ...gpt54, tier: 'scale' }, '5000000'],
    ['adds it beyond the threshold too', [tierOnly], { ...gpt54, tier: 'scale', inputTokens: 300_000 }, '10000000'],
    ['leaves the rest', [tierOnly], gpt54, '2500000'],
    ['only from its date', [tierOnly], { ...gpt54, tier: 'scale', at: '2026-05-31T00:00:00Z' }, null],
    [
      'adds a single rate',
      [{ provider: 'openai', model: 'gpt-4o-audio-preview', audioInputPerMillion: 40 }],
      { model: 'gpt-4o-audio-preview', bucket: 'audioInput' },
      '40000000',
    ],
    [
      'a token rate is for the standard tier only',
      [{ provider: 'openai', model: 'gpt-4o-audio-preview', audioInputPerMillion: 40 }],
      { model: 'gpt-4o-audio-preview', bucket: 'audioInput', tier: 'batch' },
      null,
    ],
    [
      'a fee per use is for every tier',
      [{ provider: 'openai', model: 'gpt-4o', perToolCall: 0.02 }],
      { model: 'gpt-4o', bucket: 'toolCall', tier: 'batch' },
      '20000000000',
    ],
    [
      'over a contract',
      [
        { ...contract, tiers: {} },
        { ...tierOnly, model: 'my-contract-model' },
      ],
      { tier: 'scale' },
      '2500000',
    ],
    [
      'stands alone where nothing is in force',
      [{ provider: 'openai', model: 'my-moderation', perCall: 0 }],
      { model: 'my-moderation', bucket: 'call', inputTokens: 0 },
      '0',
    ],
  ])('%s', (_, overrides, asked, rate) => {
    expect(rateOf(overrides, asked)).toBe(rate);
  });

  test('may state the context window alone', () => {
    const book = createPriceBook({
      providers: [],
      overrides: [{ provider: 'openai', model: 'gpt-4o', contextWindow: 64_000 }],
    });
    const card = book.findCard('openai', 'gpt-4o', atMs);
    expect(card?.contextWindow).toBe(64_000);
    expect(card?.tiers.standard?.rates.input).toBe(2_500_000n);
  });
});

test('every bucket can be written', () => {
  const written = {
    inputPerMillion: 1,
    cacheReadPerMillion: 2,
    cacheWrite5mPerMillion: 3,
    cacheWrite1hPerMillion: 4,
    outputPerMillion: 5,
    reasoningPerMillion: 6,
    audioInputPerMillion: 7,
    audioCacheReadPerMillion: 8,
    audioOutputPerMillion: 9,
    imageInputPerMillion: 10,
    imageCacheReadPerMillion: 11,
    imageOutputPerMillion: 12,
    videoInputPerMillion: 13,
    perAudioMinute: '0.006',
    perCall: '0.01',
    perToolCall: '0.02',
    perFileSearch: '0.0025',
    perImage: '0.04',
  };
  const book = createPriceBook({ providers: [], overrides: [{ provider: 'p', model: 'm', ...written }] });
  const usage = Object.fromEntries(buckets.map((bucket) => [bucket, 1]));
  const { lines, cost } = book.price({ provider: 'p', model: 'm', tier: 'standard', atMs, usage });
  const rates = Object.fromEntries(lines.map((line) => [line.bucket, line.rate]));
  expect(rates).toMatchObject({ input: 1_000_000n, videoInput: 13_000_000n, audioSecond: 100_000_000n });
  expect(rates).toMatchObject({ call: 10_000_000_000n, image: 40_000_000_000n, fileSearch: 2_500_000_000n });
  expect(cost?.picos).toBe(lines.reduce((sum, line) => sum + line.cost.picos, 0n));
  expect(lines).toHaveLength(buckets.length);
});

describe('what cannot be read is refused at start-up, with its place', () => {
  test.each<[string, PriceOverride, string]>([
    ['no price', { provider: 'p', model: 'm' }, 'states no price'],
    [
      'a word for a number',
      { provider: 'p', model: 'm', inputPerMillion: '<USD>' },
      'inputPerMillion is not a decimal',
    ],
    ['a negative rate', { provider: 'p', model: 'm', outputPerMillion: -1 }, 'outputPerMillion is negative'],
    ['a date in words', { provider: 'p', model: 'm', perCall: 1, from: 'May 2026' }, 'from is not an RFC 3339'],
    [
      'a day that does not exist',
      { provider: 'p', model: 'm', perCall: 1, until: '2026-13-01' },
      'until is not an RFC',
    ],
    [
      'an end before its begin',
      { provider: 'p', model: 'm', perCall: 1, from: '2026-02-01', until: '2026-01-01' },
      'until is not after from',
    ],
    [
      'a factor of nothing',
      { provider: 'p', model: 'm', inputPerMillion: 1, tiers: { flex: { multiply: 'half' } } },
      'multiply is not a decimal',
    ],
    [
      'a threshold of nothing',
      { provider: 'p', model: 'm', inputPerMillion: 1, above: [{ inputTokens: -1 }] },
      'not a count of tokens',
    ],
    [
      'a threshold without prices',
      { provider: 'p', model: 'm', perCall: 1, above: [{ inputTokens: 1 }] },
      'above needs inputPerMillion',
    ],
  ])('%s', (_, override, message) => {
    const create = () => createPriceBook({ providers: [], overrides: [contract, override] });
    expect(create).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(create).toThrow('prices[1] (p/m)');
    expect(create).toThrow(message);
  });
});

describe('which catalogue a configured provider is priced from', () => {
  test.each([
    ['its name', { name: 'openai', kind: 'openai', baseUrl: 'http://127.0.0.1:4010/v1' }, '2500000'],
    ['its address', { name: 'work', kind: 'openai', baseUrl: 'https://api.openai.com/v1' }, '2500000'],
    ['its kind, without an address', { name: 'work', kind: 'openai' }, '2500000'],
    [
      'nothing, at an address nobody knows',
      { name: 'local', kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1' },
      null,
    ],
    [
      'nothing, for a kind that is only passed on',
      { name: 'maps', kind: 'other', baseUrl: 'https://maps.example.com' },
      null,
    ],
  ] as const)('%s', (_, provider, rate) => {
    const book = createPriceBook({ providers: [provider], overrides: [] });
    const card = book.findCard(provider.name, 'gpt-4o', atMs);
    expect(card?.tiers.standard?.rates.input?.toString() ?? null).toBe(rate);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { calcPrice, findProvider, type MatchLogic } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toApproximateNumber } from '../money/index.ts';
import { inputTokensOf, outputTokensOf, type Usage } from '../tree/index.ts';
import { catalogueProviderIds, openCatalogue } from './catalogue.ts';
import { createPriceBook } from './index.ts';
import { compileMatcher } from './model-match.ts';

const book = createPriceBook({ providers: [], overrides: [] });
const noonMs = Date.parse('2026-11-21T12:00:00Z');
const priceAt = (atMs: number, model: string, usage: Usage, provider = 'openai') =>
  book.price({ provider, model, tier: 'standard', atMs, usage });

describe('the catalogue', () => {
  test('every provider the package ships is known here', () => {
    const shipped = readFileSync(createRequire(import.meta.url).resolve('@pydantic/genai-prices'), 'utf8');
    expect(shipped.match(/\bapi_pattern:/g)).toHaveLength(catalogueProviderIds.length);
    for (const id of catalogueProviderIds) expect(findProvider({ providerId: id })?.id).toBe(id);
  });

  test('every model of every provider compiles', () => {
    const cards = [...book.cards()];
    expect(cards.length).toBeGreaterThan(1500);
    expect(new Set(cards.map((card) => card.id)).size).toBe(cards.length);
  });

  test('equal catalogues give equal card ids', () => {
    const again = createPriceBook({ providers: [], overrides: [] });
    const id = book.findCard('openai', 'gpt-4o', noonMs)?.id;
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(again.findCard('openai', 'gpt-4o', noonMs)?.id).toBe(id);
    expect(book.findCard('openai', 'gpt-4o-2024-11-20', noonMs)?.id).toBe(id);
  });

  test.each([
    ['before a price cut', '2026-07-29T23:59:59Z', '1000000'],
    ['from the day of the cut', '2026-07-30T00:00:00Z', '200000'],
  ])('dated prices: %s', (_, at, picos) => {
    expect(String(priceAt(Date.parse(at), 'gpt-5.6-luna', { input: 1 }).cost?.picos)).toBe(picos);
  });

  test.each([
    ['2026-11-21T00:29:59Z', 'night'],
    ['2026-11-21T00:30:00Z', 'day'],
    ['2026-11-21T16:29:59Z', 'day'],
    ['2026-11-21T16:30:00Z', 'night'],
  ])('time-of-day prices: %s is %s', (at, expected) => {
    const atMs = Date.parse(at);
    const ours = priceAt(atMs, 'deepseek-chat', { input: 1_000_000 }, 'deepseek').cost;
    const theirs = calcPrice({ input_tokens: 1_000_000 }, 'deepseek-chat', {
      providerId: 'deepseek',
      timestamp: new Date(atMs),
    });
    expect(toApproximateNumber(ours ?? { picos: -1n })).toBeCloseTo(theirs?.total_price ?? -2, 9);
    const card = book.findCard('deepseek', 'deepseek-chat', atMs);
    expect(card?.timeOfDay === null ? 'night' : 'day').toBe(expected);
  });

  test.each([
    ['at the threshold', 200_000, 3_000_000n],
    ['one token beyond it', 200_001, 6_000_000n],
  ])('context tiers: %s the whole request has one price', (_, tokens, rate) => {
    const usage = { input: 1, cacheRead: tokens - 1, output: 1 };
    const priced = priceAt(noonMs, 'claude-sonnet-4-5', usage, 'anthropic');
    expect(priced.lines.find((line) => line.bucket === 'input')?.rate).toBe(rate);
  });

  test.each([
    ['where the catalogue lists it', 'anthropic', 'claude-sonnet-4-5'],
    ['where it does not', 'google', 'claude-sonnet-4-5'],
  ])("Claude's one-hour cache write costs twice the input: %s", (_, provider, model) => {
    const rates = book.findCard(provider, model, noonMs)?.tiers.standard;
    expect(rates?.rates.cacheWrite1h).toBe(2n * (rates?.rates.input ?? 0n));
    expect(rates?.above[0]?.rates.cacheWrite1h).toBe(2n * (rates?.above[0]?.rates.input ?? 0n));
  });

  test.each([
    ['unknown model', 'openai', 'no-such-model'],
    ['unknown provider', 'no-such-provider', 'gpt-4o'],
    ['a model billed by the page, which no bucket measures', 'mistral', 'mistral-ocr-2505'],
    ['a name from the object prototype', 'openai', 'constructor'],
  ])('%s has no card', (_, provider, model) => {
    expect(book.findCard(provider, model, noonMs)).toBeNull();
  });

  test.each([
    ['gemini', 'models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['gemini', 'publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['openai', ' GPT-4o ', 'gpt-4o'],
    ['azure', 'gpt-4o', 'gpt-4o'],
    ['openai', 'gpt-5.1-20251113', 'gpt-5.1'],
  ])('%s finds %j', (provider, model, found) => {
    expect(book.findCard(provider, model, noonMs)?.model).toBe(found);
  });

  test('names from outside are remembered within a bound', () => {
    for (let i = 0; i < 5000; i++) book.findCard('openai', `made-up-${i}`, noonMs);
    for (let i = 0; i < 600; i++) book.findCard(`made-up-${i}`, 'gpt-4o', noonMs);
    expect(book.findCard('openai', 'gpt-4o', noonMs)?.model).toBe('gpt-4o');
  });
});

describe('model rules', () => {
  const text = fc.stringMatching(/^[ab.-]{0,4}$/);
  const clause: fc.Arbitrary<MatchLogic> = fc.letrec<{ rule: MatchLogic }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small' },
      text.map((equals) => ({ equals })),
      text.map((starts_with) => ({ starts_with })),
      text.map((ends_with) => ({ ends_with })),
      text.map((contains) => ({ contains })),
      fc.constantFrom('^a', 'b$', 'a.b').map((regex) => ({ regex })),
      fc.array(tie('rule'), { maxLength: 3 }).map((or) => ({ or })),
      fc.array(tie('rule'), { maxLength: 3 }).map((and) => ({ and })),
    ),
  })).rule;

  /** The plain reading of a clause, one case at a time. */
  function matches(rule: MatchLogic, name: string): boolean {
    if ('or' in rule) return rule.or.some((part) => matches(part, name));
    if ('and' in rule) return rule.and.every((part) => matches(part, name));
    if ('equals' in rule) return name === rule.equals;
    if ('starts_with' in rule) return name.startsWith(rule.starts_with);
    if ('ends_with' in rule) return name.endsWith(rule.ends_with);
    if ('contains' in rule) return name.includes(rule.contains);
    return new RegExp(rule.regex).test(name);
  }

  test('compiled rules find what reading them one by one finds', () => {
    fc.assert(
      fc.property(fc.array(clause, { maxLength: 6 }), text, (rules, name) => {
        expect(compileMatcher(rules).firstMatch(name)).toBe(rules.findIndex((rule) => matches(rule, name)));
      }),
    );
  });
});

describe("beside the catalogue package's own calculator", () => {
  const catalogue = openCatalogue();
  /** Its usage has wholes with their parts inside. */
  const theirUsage = (usage: Usage) => ({
    input_tokens: inputTokensOf(usage),
    output_tokens: outputTokensOf(usage),
    cache_read_tokens: usage.cacheRead ?? 0,
    cache_write_tokens: (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0),
    cache_write_1h_tokens: usage.cacheWrite1h ?? 0,
  });
  const models = ['anthropic', 'openai', 'google', 'deepseek', 'x-ai', 'groq', 'azure', 'aws', 'openrouter'].flatMap(
    (provider) =>
      (findProvider({ providerId: provider })?.models ?? []).map(({ id }): [string, string] => [provider, id]),
  );
  const tokens = fc.oneof(fc.nat(5000), fc.nat(300_000));
  const usage = fc.record({ input: tokens, cacheRead: tokens, output: tokens });
  const atMs = fc.date({ min: new Date('2025-01-01'), max: new Date('2027-06-01'), noInvalidDate: true });

  test('prices agree within floating-point error wherever both have every rate', () => {
    let compared = 0;
    const check = ([provider, model]: [string, string], used: Usage, at: Date) => {
      const listed = catalogue.provider(provider)?.find(model)?.at(0)?.tiers.standard?.rates;
      // Elsewhere the two differ on purpose: a missing rate is free there; a fallback or unknown here.
      if (listed?.input === undefined || listed.output === undefined || listed.call !== undefined) return;
      const theirs = calcPrice(theirUsage(used), model, { providerId: provider, timestamp: at });
      const ours = priceAt(at.getTime(), model, used, provider);
      if (theirs === null || ours.cost === null) return;
      compared += 1;
      // A few listed prices repeat without end (0.08333…) and are rounded to whole picodollars here.
      const difference = Math.abs(toApproximateNumber(ours.cost) - theirs.total_price);
      expect(difference, `${provider}/${model}`).toBeLessThan(1e-9 + theirs.total_price * 1e-5);
    };
    fc.assert(fc.property(fc.constantFrom(...models), usage, atMs, check), { numRuns: 1500 });
    expect(compared).toBeGreaterThan(500);
  });

  test('cache writes agree at both lifetimes', () => {
    const used = { input: 100, cacheRead: 2000, cacheWrite5m: 300, cacheWrite1h: 50, output: 70 };
    for (const { id } of findProvider({ providerId: 'anthropic' })?.models ?? []) {
      const ours = priceAt(noonMs, id, used, 'anthropic');
      const theirs = calcPrice(theirUsage(used), id, { providerId: 'anthropic', timestamp: new Date(noonMs) });
      // The first Claude models have no cache price: free there, unknown here.
      if (ours.cost === null) expect(id).toMatch(/claude-(2|v1)/);
      else expect(toApproximateNumber(ours.cost)).toBeCloseTo(theirs?.total_price ?? -1, 10);
    }
  });
});

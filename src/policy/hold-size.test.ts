import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extensionAmounts, extensionTokens, type HoldFacts, outputBound, sizeHold } from './index.ts';

const facts = (more: Partial<HoldFacts> = {}): HoldFacts => ({
  rates: { inputPicosPerToken: 2n, outputPicosPerToken: 10n, fixedPicos: 5n },
  inputTokensMax: 100,
  clientMaxOutputTokens: 32_000,
  stageMaxOutputTokens: null,
  modelMaxOutputTokens: 128_000,
  choices: 1,
  learned: { p50: 300, p99: 600 },
  visible: true,
  cancelLagTokens: 50,
  seenPerToken: 1,
  sharers: 0,
  ...more,
});

describe('sizeHold', () => {
  test('a watched stream holds a slice and the cancel lag, is expected to need its p99, and may extend to its bound', () => {
    const size = sizeHold(facts(), 1_000_000n);
    expect(size.need.usd).toBe(5n + 200n + 3_500n);
    expect(size.expected.usd).toBe(5n + 200n + 6_500n);
    expect(size).toMatchObject({ coveredOutputTokens: 350, maxOutputTokens: 32_000, extends: true });
  });

  test('what is seen of a watched stream may be more tokens than are billed, and it is expected to need those', () => {
    const expected = (more: Partial<HoldFacts>) =>
      sizeHold(facts({ seenPerToken: 2, ...more }), 1_000_000n).expected.usd;
    expect(expected({})).toBe(5n + 200n + (2n * 600n + 50n) * 10n);
    // One that cannot be watched is held by what is billed.
    expect(expected({ visible: false })).toBe(expected({ visible: false, seenPerToken: 1 }));
    expect(sizeHold(facts({ visible: false, seenPerToken: 2 }), 0n).maxOutputTokens).toBe(600);
  });

  test.each([
    // Plenty: the whole bound, nothing is cut.
    [10_000_000n, 32_000],
    // Scarce: a sixteenth of what is there.
    [320_205n, 2_000],
    // Scarcer: never less than the learned p99.
    [10_000n, 600],
    [0n, 600],
  ])('what cannot be watched gets, of %s, %s tokens and holds them all', (headroom, tokens) => {
    const size = sizeHold(facts({ visible: false }), headroom);
    expect(size).toMatchObject({ coveredOutputTokens: tokens, maxOutputTokens: tokens, extends: false });
    expect(size.need.usd).toBe(205n + BigInt(tokens) * 10n);
    expect(size.expected).toEqual(size.need);
  });

  test('calls that cannot be watched share a sixteenth of what is there', () => {
    expect(sizeHold(facts({ visible: false, sharers: 2 }), 320_205n).maxOutputTokens).toBe(1_000);
    expect(sizeHold(facts({ visible: false, sharers: 50 }), 320_205n).maxOutputTokens).toBe(600);
  });

  test('what nobody has learned yet is given what there is rather than refused', () => {
    const unlearned = facts({ learned: null, visible: false });
    expect(sizeHold(unlearned, 5_205n).maxOutputTokens).toBe(500);
    expect(sizeHold(unlearned, 0n).maxOutputTokens).toBe(128);
    expect(sizeHold(unlearned, 40_000n).maxOutputTokens).toBe(1_024);
  });

  test('without a hard budget nothing is cut', () => {
    expect(sizeHold(facts({ visible: false }), null).maxOutputTokens).toBe(32_000);
  });

  test.each([
    [{ clientMaxOutputTokens: 10 }, 10],
    [{ stageMaxOutputTokens: 64 }, 64],
    [{ clientMaxOutputTokens: null }, 128_000],
    [{ clientMaxOutputTokens: 0 }, 1],
  ])('the bound of %j is %s', (more, bound) => expect(outputBound(facts(more))).toBe(bound));

  test('several choices are each bounded', () => {
    const size = sizeHold(facts({ visible: false, choices: 3, clientMaxOutputTokens: 10 }), 1_000_000n);
    expect(size.need).toEqual({ usd: 205n + 300n, tokens: 130n, requests: 1n });
  });

  test('a hold always covers its input, what it lets through and, for a stream, the cancel lag', () => {
    const anyFacts = fc.record({
      inputTokensMax: fc.nat(100_000),
      clientMaxOutputTokens: fc.option(fc.nat(40_000)),
      stageMaxOutputTokens: fc.option(fc.integer({ min: 1, max: 4_000 })),
      choices: fc.integer({ min: 1, max: 4 }),
      visible: fc.boolean(),
      cancelLagTokens: fc.nat(500),
      learned: fc.option(fc.record({ p50: fc.nat(2_000), p99: fc.integer({ min: 2_000, max: 9_000 }) })),
    });
    fc.assert(
      fc.property(anyFacts, fc.bigInt({ min: 0n, max: 10n ** 9n }), (more, headroom) => {
        const all = facts(more);
        const size = sizeHold(all, headroom);
        const held = size.need.usd ?? 0n;
        const covered = BigInt(size.coveredOutputTokens * all.choices) * 10n + BigInt(all.inputTokensMax) * 2n + 5n;
        expect(held).toBe(covered);
        expect(size.coveredOutputTokens).toBeLessThanOrEqual(size.maxOutputTokens);
        expect(size.maxOutputTokens).toBeLessThanOrEqual(outputBound(all));
        expect((size.expected.usd ?? 0n) >= held).toBe(true);
        if (!size.extends) expect(size.coveredOutputTokens).toBe(size.maxOutputTokens);
        else expect(size.coveredOutputTokens).toBeGreaterThanOrEqual(all.cancelLagTokens);
      }),
    );
  });
});

describe('extensions', () => {
  test.each([
    [0, 350, 0],
    [267, 350, 0],
    [268, 350, 300],
    // Near the likely end of an answer only what is left of it, and beyond it the least.
    [518, 600, 64],
    [468, 550, 100],
    [700, 650, 64],
    [31_900, 31_950, 50],
    [32_000, 32_000, 0],
  ])('with %s tokens seen of %s covered, %s more are asked for', (seen, covered, more) => {
    expect(extensionTokens(facts(), seen, covered)).toBe(more);
  });

  test('of several choices take a slice for each', () => {
    expect(extensionTokens(facts({ choices: 2 }), 600, 700)).toBe(600);
    // Beyond what they are likely to need, the least for each.
    expect(extensionTokens(facts({ choices: 2 }), 1_300, 1_300)).toBe(128);
  });

  test('cost output alone', () => {
    expect(extensionAmounts(facts().rates, 300)).toEqual({ usd: 3_000n, tokens: 300n });
  });
});

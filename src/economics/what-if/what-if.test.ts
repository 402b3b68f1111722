import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { seededRandom } from '../../base/index.ts';
import { fromPicos, sumUsd, toDecimal, usd } from '../../money/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { policySchema, type StagePolicy, stagePolicies } from './policy.ts';
import { readWhatIf, whatIf } from './what-if.ts';

const prices = createPriceBook({
  providers: [{ name: 'openai', kind: 'openai', baseUrl: 'https://api.openai.com/v1' }],
  overrides: [
    {
      ...{ provider: 'openai', model: 'big', inputPerMillion: '10', cacheReadPerMillion: '1', outputPerMillion: '100' },
      tiers: { batch: { multiply: '0.5' } },
    },
    { provider: 'openai', model: 'small', inputPerMillion: '1', outputPerMillion: '10' },
  ],
});

const base = { workflow: 'w', stage: 's', modelServed: 'big', modelRequested: 'big' };

/** An attempt priced by the book: by default 1,000 in and 100 out, two cents. */
function attempt(id: string, changes: Partial<Attempt> = {}): Attempt {
  const made = caseAttempt(id, { ...base, usage: { input: 1_000, output: 100 }, fingerprint: id, ...changes });
  const { provider, modelServed, tier, usage, startedAtMs } = made;
  const { cost } = prices.price({ provider, model: modelServed, tier, usage, atMs: startedAtMs });
  return { ...made, cost };
}

const later = (seconds: number) => ({ startedAtMs: caseStartMs + seconds * 1_000 });
const same = { fingerprint: 'same' };
const parts = (history: number, retrieval: number) => ({
  partTokens: { system: 100, history, retrieval, question: 100, tools: 0 },
});

type Levers = Omit<StagePolicy, 'workflow' | 'stage'>;
const under = (levers: Levers, attempts: readonly Attempt[]) =>
  whatIf(attempts, march, [{ workflow: 'w', stage: 's', ...levers }], prices);

describe('a lever', () => {
  test.each<[string, Levers, Attempt[], string, object]>([
    [
      'exact cache: an equal request within the time is free, with its retries',
      { cacheTtlMs: 60_000 },
      [attempt('1', same), attempt('2', { ...same, ...later(10) }), attempt('3', { ...same, ...later(90) })],
      '0.02',
      { cacheHits: 1 },
    ],
    [
      'exact cache: not before the first answer is there, nor another customer’s, nor a failed one',
      { cacheTtlMs: 60_000 },
      [
        attempt('1', { ...same, durationMs: 5_000 }),
        attempt('2', { ...same, ...later(1) }),
        attempt('3', { ...same, ...later(10), customer: 'acme' }),
        attempt('4', { fingerprint: 'f', failure: 'timeout' }),
        attempt('5', { fingerprint: 'f', ...later(5) }),
      ],
      '0',
      { cacheHits: 0 },
    ],
    ['another model', { model: { provider: 'openai', model: 'small' } }, [attempt('1')], '0.018', { modelsSwapped: 1 }],
    ['a model without a price', { model: { provider: 'openai', model: 'x?' } }, [attempt('1')], '0', { unpriced: 1 }],
    ['batch tier', { tier: 'batch' }, [attempt('1')], '0.01', { tiersSwapped: 1 }],
    ['shorter answers', { maxOutputTokens: 60 }, [attempt('1'), attempt('2')], '0.008', { outputsCut: 2 }],
    ['long enough answers', { maxOutputTokens: 100 }, [attempt('1')], '0', { outputsCut: 0 }],
    ['trim: what is over', { maxInputTokens: 700 }, [attempt('1', parts(400, 400))], '0.003', { inputsTrimmed: 1 }],
    ['trim: never the question', { maxInputTokens: 1 }, [attempt('1', parts(0, 800))], '0.008', { inputsTrimmed: 1 }],
    ['trim: parts not known', { maxInputTokens: 1 }, [attempt('1', { partTokens: null })], '0', { inputsTrimmed: 0 }],
    [
      'fewer retries',
      { retries: 1 },
      [1, 2, 3].map((n) =>
        attempt(`${n}`, { ...{ callId: 'c', attemptNumber: n }, reason: n > 1 ? 'retry' : 'first' }),
      ),
      '0.02',
      { retriesDropped: 1, answersLost: 1 },
    ],
    [
      'prefix cache: three of four blocks seen lately',
      { prefixCacheTtlMs: 300_000 },
      [
        attempt('1', { usage: { input: 4_000, output: 0 }, prefixHashes: ['a', 'b', 'c', 'd'] }),
        attempt('2', { usage: { input: 4_000, output: 0 }, prefixHashes: ['a', 'b', 'c', 'e'], ...later(60) }),
        attempt('3', { usage: { input: 4_000, output: 0 }, prefixHashes: ['a', 'b', 'c', 'f'], ...later(900) }),
      ],
      '0.027',
      { prefixHits: 1 },
    ],
  ])('%s', (_, levers, attempts, saving, effects) => {
    const result = under(levers, attempts);
    expect([toDecimal(result.saving), result.effects]).toEqual([saving, expect.objectContaining(effects)]);
    expect(sumUsd([result.would, result.saving])).toEqual(result.recorded);
  });

  test('other stages and unknown prices are left alone', () => {
    const result = under({ tier: 'batch' }, [attempt('1', { stage: 'other' }), { ...attempt('2'), cost: null }]);
    expect([result.attempts, toDecimal(result.recorded)]).toEqual([0, '0']);
  });
});

describe('where the saving of the next week is expected', () => {
  const random = seededRandom(3);
  const days = 7;
  const week = { fromMs: caseStartMs, toMs: caseStartMs + days * 86_400_000 };
  /** Busy days and quiet ones, as products have them. */
  const traffic = () =>
    Array.from({ length: days }, (_, day) => {
      const calls = Math.round(20 + random.next() * 30);
      return Array.from({ length: calls }, (_call, index) => {
        const usage = { input: 1_000, output: Math.floor(random.next() ** 3 * 900) };
        return attempt(`${day}_${index}`, { usage, startedAtMs: caseStartMs + day * 86_400_000 + index * 60_000 });
      });
    }).flat();
  const policies = [{ workflow: 'w', stage: 's', maxOutputTokens: 100 }];
  const inside = (low: number, fact: number, high: number) => (low <= fact && fact <= high ? 1 : 0);

  test('it is about nine times in ten, in dollars and as a share', () => {
    let [dollars, share] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const [past, next] = [whatIf(traffic(), week, policies, prices), whatIf(traffic(), week, policies, prices)];
      dollars += inside(Number(past.low.picos), Number(next.saving.picos), Number(past.high.picos));
      share += inside(past.share.low, next.share.estimate, past.share.high);
    }
    for (const times of [dollars, share]) {
      expect(times).toBeGreaterThan(168);
      expect(times).toBeLessThan(197);
    }
  });

  test('of a sample it follows from its share and from what the days cost', () => {
    const attempts = traffic();
    const part = whatIf(attempts, week, policies, prices);
    const cost = fromPicos(part.recorded.picos * 10n);
    const costs = (spread: bigint) =>
      Array.from({ length: 7 }, (_, day) => {
        const picos = ((cost.picos / 7n) * (100n + (BigInt(day) - 3n) * spread)) / 100n;
        return { atMs: week.fromMs + day * 86_400_000, cost: fromPicos(picos) };
      });
    const sample = (spread: bigint) =>
      whatIf(attempts, week, policies, prices, { attempts: 2_000, cost, costs: costs(spread) });
    const whole = sample(0n);
    expect([whole.attempts, whole.ofAttempts, toDecimal(whole.recorded)]).toEqual([
      attempts.length,
      2_000,
      toDecimal(cost),
    ]);
    expect(whole.saving).toEqual(fromPicos(part.saving.picos * 10n));
    expect(sumUsd([whole.would, whole.saving])).toEqual(whole.recorded);
    expect(sample(20n).low.picos).toBeLessThan(whole.low.picos);
    expect(whole.share.estimate).toBeCloseTo(part.share.estimate, 9);
  });
});

describe('a policy file', () => {
  test('is written like burnrate.yaml', () => {
    const file = policySchema.parse({
      workflows: { w: { stages: { s: { cache: { mode: 'exact', ttl: '24h' }, urgency: 'batch', model: 'a/b/c' } } } },
    });
    expect(stagePolicies(file)).toEqual([
      {
        ...{ workflow: 'w', stage: 's', cacheTtlMs: 86_400_000, tier: 'batch' },
        model: { provider: 'a', model: 'b/c' },
      },
    ]);
  });

  test.each([
    { workflows: { w: { stages: { s: { cach: {} } } } } },
    { workflows: { w: { stages: { s: { retries: -1 } } } } },
    [],
  ])('%j is refused', (file) => expect(policySchema.safeParse(file).success).toBe(false));
});

describe('on a ledger', () => {
  const on = economicLedger();
  test('history is read page by page and only for the stages named', async () => {
    await on.append([attempt('1', same), attempt('2', { ...same, ...later(10) }), attempt('3', { stage: 'other' })]);
    const policies = [{ workflow: 'w', stage: 's', cacheTtlMs: 60_000 }];
    const result = await readWhatIf(on.ledger, march, policies, prices);
    expect([result.attempts, toDecimal(result.saving), result.ofAttempts]).toEqual([2, toDecimal(usd('0.02')), 2]);
  });
});

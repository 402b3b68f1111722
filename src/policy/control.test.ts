import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BudgetUse,
  brakeFor,
  cancelLagTokens,
  cooldownFor,
  correctRate,
  histogramOf,
  keptHistogram,
  newCancelLag,
  newOutputHistogram,
  outputQuantiles,
  planBudgets,
  queueWaitMs,
  type RateState,
  rateIdle,
  rateLimitHeaders,
  recordCancel,
  recordOutput,
  refusalCode,
  takeRate,
  unlearnedCancelLagTokens,
} from './index.ts';

describe('takeRate', () => {
  const rule = { count: 20, perMs: 60_000 };

  test('lets a burst of the whole count through, then one every interval', () => {
    let state: RateState | null = null;
    for (let i = 0; i < 20; i++) {
      const taken = takeRate(rule, state, 1, 1_000);
      expect(taken).toMatchObject({ ok: true, remaining: 19 - i });
      state = taken.state;
    }
    expect(takeRate(rule, state, 1, 1_000)).toMatchObject({ ok: false, remaining: 0, retryAfterMs: 3_000 });
    expect(takeRate(rule, state, 1, 4_000)).toMatchObject({ ok: true, remaining: 0, resetMs: 60_000 });
    expect(takeRate(rule, null, 1, 4_000)).toMatchObject({ remaining: 19, resetMs: 3_000 });
  });

  test('a cost above the whole count passes once and is paid off', () => {
    const taken = takeRate(rule, null, 50, 0);
    expect(taken.ok).toBe(true);
    expect(takeRate(rule, taken.state, 1, 0)).toMatchObject({ ok: false, retryAfterMs: 93_000 });
  });

  test('in no window passes more than twice the count, and in the long run no more than the rate', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 50, maxLength: 200 }), (gaps) => {
        let state: RateState | null = null;
        let nowMs = 0;
        let passed = 0;
        for (const gap of gaps) {
          nowMs += gap;
          const taken = takeRate(rule, state, 1, nowMs);
          state = taken.state;
          if (taken.ok) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(20 + (nowMs * 20) / 60_000 + 1);
      }),
    );
  });

  test('a correction charges or gives back what the estimate missed', () => {
    const { state } = takeRate(rule, null, 10, 0);
    expect(takeRate(rule, correctRate(rule, state, 10, 0), 1, 0).ok).toBe(false);
    expect(takeRate(rule, correctRate(rule, state, -10, 0), 20, 0).ok).toBe(true);
    expect(rateIdle(correctRate(rule, state, -10, 0), 0)).toBe(true);
  });
});

describe('brakes', () => {
  const use = (used: bigint): BudgetUse => ({
    budget: 'free-users',
    used,
    limit: 1_000n,
    resetsInMs: 10_000,
    brake: [
      { atShare: 0.7, maxOutputTokens: 200 },
      { atShare: 0.85, model: 'openai/gpt-5-nano', maxOutputTokens: 400 },
      { atShare: 0.9, queueMs: 5_000 },
      { atShare: 0.95, cooldownMs: 30_000 },
      { atShare: 1, stop: true },
    ],
  });

  test.each([
    [699n, { maxOutputTokens: null, rungs: [] }],
    [700n, { maxOutputTokens: 200, model: null }],
    [850n, { maxOutputTokens: 200, model: 'openai/gpt-5-nano', queueMs: 0 }],
    [900n, { queueMs: 5_000, cooldownMs: 0 }],
    [950n, { cooldownMs: 30_000, stoppedBy: null }],
    [1_000n, { stoppedBy: 'free-users' }],
  ])('at %s of 1000 the ladder stands at %j', (used, expected) => {
    expect(brakeFor([use(used)])).toMatchObject(expected);
  });

  test('of several budgets the strictest counts', () => {
    const other = { ...use(800n), budget: 'team', brake: [{ atShare: 0.5, maxOutputTokens: 50 }] };
    expect(brakeFor([use(700n), other])).toMatchObject({ maxOutputTokens: 50, rungs: ['free-users@0.7', 'team@0.5'] });
  });

  test('a cooldown is over after its time', () => {
    expect(cooldownFor(1_000, null, 5)).toEqual({ ok: true });
    expect(cooldownFor(1_000, 0, 999)).toEqual({ ok: false, retryAfterMs: 1 });
    expect(cooldownFor(1_000, 0, 1_000)).toEqual({ ok: true });
  });

  test('a queue paces calls so that what is left lasts until the reset', () => {
    expect(queueWaitMs(use(900n), 10n, 5_000)).toBe(1_000);
    expect(queueWaitMs(use(900n), 90n, 5_000)).toBe(5_000);
    expect(queueWaitMs(use(1_000n), 1n, 5_000)).toBe(5_000);
  });
});

describe('what is learned', () => {
  test('quantiles of output are never too low, at most a bin too high, and wait for enough answers', () => {
    const histogram = newOutputHistogram();
    for (let i = 1; i < 5; i++) recordOutput(histogram, i);
    expect(outputQuantiles(histogram)).toBeNull();
    for (let i = 5; i <= 1_000; i++) recordOutput(histogram, i);
    const quantiles = outputQuantiles(histogram);
    expect(quantiles?.p50).toBeGreaterThanOrEqual(499);
    expect(quantiles?.p50).toBeLessThanOrEqual(530);
    expect(quantiles?.p99).toBeGreaterThanOrEqual(989);
    expect(quantiles?.p99).toBeLessThanOrEqual(1_045);
  });

  test('few answers give a p99 above the largest', () => {
    const histogram = newOutputHistogram();
    for (let i = 0; i < 5; i++) recordOutput(histogram, 100);
    expect(outputQuantiles(histogram)?.p99).toBeGreaterThanOrEqual(200);
    for (let i = 0; i < 495; i++) recordOutput(histogram, 100);
    expect(outputQuantiles(histogram)?.p99).toBeLessThanOrEqual(107);
  });

  test('a histogram is kept and read again', () => {
    const histogram = newOutputHistogram();
    for (let i = 1; i <= 300; i++) recordOutput(histogram, i);
    expect(histogramOf(keptHistogram(histogram))).toEqual(histogram);
  });

  test('a changed prompt is learned within a few thousand answers', () => {
    const histogram = newOutputHistogram();
    for (let i = 0; i < 5_000; i++) recordOutput(histogram, 100);
    for (let i = 0; i < 5_000; i++) recordOutput(histogram, 3_000);
    expect(outputQuantiles(histogram)?.p50).toBeGreaterThanOrEqual(2_999);
  });

  test('the cancel lag is generous until seen, follows the worst, and fades', () => {
    const lag = newCancelLag();
    expect(cancelLagTokens(lag, null)).toBe(unlearnedCancelLagTokens);
    for (let i = 0; i < 5; i++) recordCancel(lag, 100, 140);
    expect(cancelLagTokens(lag, null)).toBe(50);
    expect(cancelLagTokens(lag, 80)).toBe(80);
    for (let i = 0; i < 200; i++) recordCancel(lag, 100, 100);
    expect(cancelLagTokens(lag, null)).toBeLessThan(5);
  });
});

test('a plan is a set of hard budgets per user, and its refusals are quotas', () => {
  const [budget] = planBudgets('free', [{ unit: 'interactions', period: 'day', limit: 10n }], 'Europe/Berlin');
  expect(budget).toMatchObject({
    name: 'plan:free:interactions-per-day',
    scope: { plan: ['free'] },
    per: ['user'],
    hard: true,
    limit: 10n,
    period: { kind: 'day', timeZone: 'Europe/Berlin' },
  });
  expect(refusalCode(budget?.name ?? '')).toBe('quota_exceeded');
  expect(refusalCode('company')).toBe('budget_exceeded');
});

test('RateLimit headers name the tightest limit first, as structured fields', () => {
  expect(rateLimitHeaders([])).toBeNull();
  const headers = rateLimitHeaders([
    { name: 'tokens', quota: 40_000, remaining: 39_000, windowMs: 60_000, resetMs: 1_500, unit: 'tokens' },
    { name: 'per "user"\u00e9', quota: 20, remaining: 3.7, windowMs: 60_000, resetMs: 51_000, unit: 'requests' },
  ]);
  expect(headers).toEqual({
    limit: '"per \\"user\\"";r=3;t=51, "tokens";r=39000;t=2',
    policy: '"per \\"user\\"";q=20;w=60, "tokens";q=40000;qu="tokens";w=60',
  });
});

import { describe, expect, test } from 'vitest';
import { fromQuantiles, fromRange, meanOf as meanOfDistribution, spreadOf, valueAt } from '../distribution.ts';
import { monthsFrom, weightedDays } from '../model/calendar.ts';
import { fixed } from '../model/number.ts';
import { semanticRates } from '../model/semantic-cache.ts';
import type { StageModel } from '../model/stage-model.ts';
import { cappedMean, massAbove, normalCdf, probit, shareAbove, z90, z99 } from '../normal.ts';
import { earlierTurns } from './call-cost.ts';
import { drawParameters, standardNormals } from './draws.ts';
import { meanOf, rankCorrelation, ranksOf, statsOf } from './statistics.ts';
import { storedShares } from './storage.ts';
import { uniformStream } from './uniform-stream.ts';
import { visitSolver } from './visits.ts';

const seed = 20;

describe('distributions', () => {
  test('a 90 % range of 100k to 1M at frequency 0.1 loses 40,400.128269 a year', () => {
    expect(0.1 * meanOfDistribution(fromRange(100_000, 1_000_000))).toBeCloseTo(40_400.128269, 5);
  });

  test('its simulation comes to the same', () => {
    const parameter = {
      id: 'loss',
      distribution: fromRange(100_000, 1_000_000),
      low: 0,
      high: Number.POSITIVE_INFINITY,
    };
    const { columns } = drawParameters([parameter], 10_000, seed);
    expect(Math.abs((0.1 * meanOf(columns[0]!)) / 40_400.128269 - 1)).toBeLessThan(0.002);
    const { p10, p90 } = statsOf(columns[0]!);
    expect(p10 / valueAt(parameter.distribution, -z90)).toBeCloseTo(1, 2);
    expect(p90 / valueAt(parameter.distribution, z90)).toBeCloseTo(1, 2);
  });

  test('a range from zero is normal; its ends are the 5th and 95th percentile', () => {
    const range = fromRange(0, 2000);
    expect(range.kind).toBe('normal');
    expect(valueAt(range, probit(0.95))).toBeCloseTo(2000, 4);
  });

  test('quantiles are met, and their moments agree with a fine sum', () => {
    const of = fromQuantiles(1020, 2734, 4142);
    expect([0, z90, z99].map((z) => Math.round(valueAt(of, z)))).toEqual([1020, 2734, 4142]);
    const points = Array.from({ length: 200_000 }, (_, i) => valueAt(of, probit((i + 0.5) / 200_000)));
    const mean = points.reduce((a, b) => a + b, 0) / points.length;
    const square = points.reduce((a, b) => a + b * b, 0) / points.length;
    expect(meanOfDistribution(of) / mean).toBeCloseTo(1, 4);
    expect((1 + spreadOf(of)) / (square / mean ** 2)).toBeCloseTo(1, 3);
  });

  test('probit is the inverse of the distribution function', () => {
    for (const p of [0.001, 0.02, 0.3, 0.5, 0.9, 0.999]) expect(normalCdf(probit(p))).toBeCloseTo(p, 6);
  });

  test('capped means and shares above agree with a fine sum', () => {
    const [mean, cv2, limit] = [500, 0.8, 600];
    const sigma = Math.sqrt(Math.log1p(cv2));
    const points = Array.from(
      { length: 100_000 },
      (_, i) => mean * Math.exp(sigma * probit((i + 0.5) / 100_000) - (sigma * sigma) / 2),
    );
    const average = (value: (x: number) => number): number =>
      points.reduce((sum, x) => sum + value(x), 0) / points.length;
    expect(cappedMean(mean, cv2, limit) / average((x) => Math.min(x, limit))).toBeCloseTo(1, 3);
    expect(shareAbove(mean, cv2, limit)).toBeCloseTo(
      average((x) => (x > limit ? 1 : 0)),
      3,
    );
    expect(massAbove(mean, cv2, limit)).toBeCloseTo(average((x) => (x > limit ? x : 0)) / mean, 2);
  });
});

describe('draws', () => {
  const parameter = { id: 'p', distribution: fromRange(1, 10), low: 0, high: 8 };

  test('one draw falls into each stratum, the same seed draws the same, and ranks are ranks', () => {
    const [a, b] = [drawParameters([parameter], 500, seed), drawParameters([parameter], 500, seed)];
    expect(a).toEqual(b);
    expect([...a.ranks[0]!].sort((x, y) => x - y)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(Math.max(...a.columns[0]!)).toBeLessThanOrEqual(8);
    expect(drawParameters([parameter], 500, seed + 1)).not.toEqual(a);
  });

  test('uniforms are uniform and normals are normal', () => {
    const stream = uniformStream(seed);
    const values = Float64Array.from({ length: 100_000 }, () => stream.next());
    expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(5 * 0.0009);
    const normals = standardNormals(100_000, seed);
    expect(Math.abs(meanOf(normals))).toBeLessThan(5 / Math.sqrt(100_000));
    expect(meanOf(normals.map((z) => z * z))).toBeCloseTo(1, 1);
  });
});

describe('statistics', () => {
  test('percentiles are those of the sorted values', () => {
    const values = standardNormals(1001, 3).map((z) => Math.exp(2 * z));
    const sorted = values.slice().sort();
    expect(statsOf(values)).toMatchObject({ p10: sorted[100], p50: sorted[500], p90: sorted[900] });
    expect(statsOf(new Float64Array(10).fill(0.1))).toEqual({ mean: 0.1, p10: 0.1, p50: 0.1, p90: 0.1 });
  });

  test('ranks and their correlation', () => {
    const ranks = ranksOf(Float64Array.of(3, 1, 2));
    expect([...ranks]).toEqual([2, 0, 1]);
    expect(rankCorrelation(ranks, ranks)).toBe(1);
    expect(rankCorrelation(Uint32Array.of(0, 1, 2), Uint32Array.of(2, 1, 0))).toBe(-1);
  });
});

describe('visits of an absorbing chain', () => {
  const stage = (name: string, next: readonly (readonly [number, number])[], human = false): StageModel => ({
    name,
    work: human
      ? { kind: 'human', minutes: fixed(1), hourlyUsd: fixed(1) }
      : { kind: 'service', service: name, perCallUsd: fixed(0), retrieval: false, failures: {} as never, tries: 1 },
    calls: fixed(1),
    fanOut: fixed(1),
    next: next.map(([to, probability]) => ({ to, probability: fixed(probability) })),
    latencyMs: fixed(0),
    review: null,
  });
  const solved = (stages: readonly StageModel[], escalations = 1): number[] => {
    const visits = new Float64Array(stages.length);
    visitSolver(stages, 0).solve([], 0, escalations, visits);
    return [...visits];
  };

  test('branches', () => {
    expect(
      solved([
        stage('a', [
          [1, 0.9],
          [2, 0.1],
        ]),
        stage('b', [[2, 0.5]]),
        stage('c', []),
      ]),
    ).toEqual([1, 0.9, 0.55]);
  });

  test('a loop that goes on with probability p is passed 1 ÷ (1 − p) times', () => {
    const [a, b] = solved([stage('a', [[1, 1]]), stage('b', [[0, 0.75]])]);
    expect(a).toBeCloseTo(4, 9);
    expect(b).toBeCloseTo(4, 9);
    expect(solved([stage('a', [[0, 0.5]])])[0]).toBeCloseTo(2, 9);
  });

  test('more escalations take from the other branches, never beyond certainty', () => {
    const stages = [
      stage('a', [
        [1, 0.8],
        [2, 0.2],
      ]),
      stage('b', []),
      stage('c', [], true),
    ];
    expect(solved(stages, 2).map((v) => Number(v.toFixed(9)))).toEqual([1, 0.6, 0.4]);
    expect(solved(stages, 9).map((v) => Number(v.toFixed(9)))).toEqual([1, 0, 1]);
  });
});

test('history grows with depth: equal sessions by half their length, geometric ones by all of it', () => {
  expect(earlierTurns(5, false, Number.POSITIVE_INFINITY)).toBe(2);
  expect(earlierTurns(5, true, Number.POSITIVE_INFINITY)).toBeCloseTo(4, 9);
  expect(earlierTurns(5, false, 2)).toBeCloseTo((0 + 1 + 2 + 2 + 2) / 5, 9);
  // With q = 0.8: q + q².
  expect(earlierTurns(5, true, 2)).toBeCloseTo(0.8 + 0.64, 9);
  expect(earlierTurns(1, true, 9)).toBe(0);
});

test.each([
  [0.95, 450, 25],
  [0.9, 881, 77],
  [0.8, 996, 92],
])('a semantic cache at %d: %d of 999 hits, %d of them wrong', (similarity, hits, wrong) => {
  const rates = semanticRates(similarity);
  expect(rates.hitRate).toBeCloseTo(hits / 999, 9);
  expect(rates.wrongRate).toBeCloseTo(wrong / hits, 9);
});

test('what is logged piles up until its retention is over', () => {
  const months = monthsFrom(Date.UTC(2026, 0, 1), 4);
  const week = storedShares(months, 7 * 86_400_000);
  // Of 31 days at most seven are stored: 7/31 on average, less while the first week fills.
  expect(week[0]![0]).toBeCloseTo((7 - (7 * 7) / 2 / 31) / 31, 2);
  const stored = (keepDays: number, month: number): number =>
    storedShares(months, keepDays * 86_400_000)[month]!.reduce((sum, share) => sum + share, 0);
  expect(stored(400, 3)).toBeCloseTo(3.5, 1);
  expect(stored(30, 3)).toBeCloseTo(1, 1);
});

test('months follow the calendar, and weekdays weigh their days', () => {
  expect(monthsFrom(Date.UTC(2026, 10, 21), 3).map(({ label, days }) => [label, days])).toEqual([
    ['2026-12', 31],
    ['2027-01', 31],
    ['2027-02', 28],
  ]);
  expect(monthsFrom(Date.UTC(2026, 10, 1), 1)[0]!.label).toBe('2026-11');
  // 2 March 2026 is a Monday; four whole weeks are four mean weeks.
  expect(weightedDays(Date.UTC(2026, 2, 2), 28, 2, [1, 1, 1, 1, 1, 0, 0], undefined)).toBeCloseTo(28, 9);
  expect(weightedDays(Date.UTC(2026, 2, 2), 5, 2, [1, 1, 1, 1, 1, 0, 0], undefined)).toBeCloseTo(7, 9);
});

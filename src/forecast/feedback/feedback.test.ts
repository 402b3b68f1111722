import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { equilibrium, type FeedbackSystem } from './feedback-loop.ts';
import { feedbackSystem } from './feedback-system.ts';
import { queueState } from './queue.ts';
import { simulateFeedback } from './simulate-feedback.ts';
import { findTippingPoint, tippingSensitivity } from './tipping-point.ts';

const patient = {
  patienceSeconds: 10,
  retryProbability: 0,
  abandonProbability: 0,
  duplicateTabs: 0,
  elasticity: 0,
  retriesMax: 10,
};
const exponential = (mean: number) => (random: Random) => -mean * Math.log(1 - random.next());

describe('the closed forms', () => {
  test.each([
    ['M/M/1 at 0.5: ρ/(1−ρ) services', 1, 1, 0.5, 1],
    ['M/M/1 at 0.9', 1, 1, 0.9, 9],
    ['M/D/1 at 0.5: half of M/M/1', 1, 0, 0.5, 0.5],
    ['M/M/2 at 0.5: Erlang C 1/3', 2, 1, 1, 1 / 3],
    ['an idle queue', 4, 1, 0, 0],
  ])('%s', (_, servers, serviceScv, arrivals, wait) =>
    expect(queueState({ servers, serviceSeconds: 1, serviceScv }, arrivals).waitSeconds).toBeCloseTo(wait, 10),
  );

  test('at capacity the wait has no end', () =>
    expect(queueState({ servers: 2, serviceSeconds: 1, serviceScv: 1 }, 2).waitSeconds).toBe(Number.POSITIVE_INFINITY));
});

describe('the simulation agrees with them', () => {
  const mixed = (random: Random): number => (random.next() < 0.9 ? 0.5 : 5.5);
  test.each<[string, number, number, (random: Random) => number, number]>([
    ['M/M/1', 1, 0.7, exponential(1), 1],
    ['M/D/1', 1, 0.8, () => 1, 0],
    ['M/G/1 with two kinds of requests', 1, 0.6, mixed, 0.9 * 0.25 + 0.1 * 30.25 - 1],
    ['M/M/4', 4, 3, exponential(1), 1],
  ])('%s within four standard errors', (_, servers, arrivalsPerSecond, service, serviceScv) => {
    const queue = { servers, serviceSeconds: 1, serviceScv };
    const system: FeedbackSystem = { arrivalsPerSecond, queue, users: patient };
    const result = simulateFeedback(system, { random: seededRandom(11), seconds: 150_000, service });
    const expected = queueState(queue, arrivalsPerSecond).waitSeconds;
    expect(Math.abs(result.waitSeconds - expected)).toBeLessThan(4 * result.waitStandardError);
    expect(result.waitStandardError).toBeLessThan(0.1 * expected);
    expect(result.amplification).toBe(1);
  });
});

/** Ten at once, a second each; calm at eight a second, but a storm of repeats would keep it busy for good. */
const touchy: FeedbackSystem = {
  arrivalsPerSecond: 7,
  queue: { servers: 10, serviceSeconds: 1, serviceScv: 1 },
  users: { ...patient, patienceSeconds: 6, retryProbability: 0.7 },
};

describe('the loop', () => {
  test('without impatience the tipping point is the capacity', () => {
    const point = findTippingPoint({ ...touchy, users: patient });
    expect(point.stableUpTo).toBeCloseTo(10 / 7, 2);
    expect(point.recoversUpTo).toBeCloseTo(10 / 7, 3);
    expect(point.state).toBe('stable');
  });

  test('with it, the same traffic is carried or not, depending on what came before', () => {
    const point = findTippingPoint(touchy);
    expect(point.state).toBe('metastable');
    expect(point.calm.sustained).toBe(true);
    expect(point.storm.sustained).toBe(false);
    expect(point.recoversUpTo).toBeLessThan(1);
    expect(point.stableUpTo).toBeGreaterThan(1);
    expect(point.stableUpTo).toBeLessThan(10 / 7);
    expect(point.summary).toMatch(/^stable up to 1\.\d× today's peak; above 0\.\d+× a storm does not end by itself$/);
  });

  test('and the simulation shows both', () => {
    const base = { seconds: 6_000, service: exponential(1), measureFromSeconds: 4_000 };
    const calm = simulateFeedback(touchy, { ...base, random: seededRandom(5) });
    const surge = { fromSeconds: 500, lastsSeconds: 300, factor: 3 };
    const after = simulateFeedback(touchy, { ...base, random: seededRandom(5), surge });
    expect(calm.backlog).toBeLessThan(100);
    expect(calm.amplification).toBeLessThan(1.1);
    expect(after.backlog).toBeGreaterThan(10_000);
    expect(after.amplification).toBeGreaterThan(2);
  });

  test('between the two, load at equilibrium is what the simulation finds', () => {
    const system = { ...touchy, arrivalsPerSecond: 3, users: { ...touchy.users, patienceSeconds: 2 } };
    const found = simulateFeedback(system, { random: seededRandom(3), seconds: 40_000, service: exponential(1) });
    // The closed form takes the service for lognormal, the simulation for exponential; both have the same two moments.
    expect(equilibrium(system, 'calm').amplification).toBeGreaterThan(1.05);
    expect(Math.abs(found.amplification - equilibrium(system, 'calm').amplification)).toBeLessThan(0.04);
  });

  test('a storm without an end is cut off', () => {
    const system = { ...touchy, arrivalsPerSecond: 4_000 };
    const result = simulateFeedback(system, { random: seededRandom(1), seconds: 1_000, service: () => 1 });
    expect(result.overflowed).toBe(true);
  });

  test('what is believed of users moves the tipping point, most of all their retries', () => {
    const swings = tippingSensitivity(touchy, {
      retryProbability: { low: 0, high: 0.9 },
      duplicateTabs: { low: 0, high: 0.05 },
    });
    expect(swings.map(({ parameter }) => parameter)).toEqual(['retryProbability', 'duplicateTabs']);
    expect(swings[0]?.stableUpToAtLow).toBeGreaterThan(swings[0]?.stableUpToAtHigh ?? 0);
  });

  test.each([0.98, 1.02])('iterating at %s of the tipping point agrees with it', (share) => {
    const { stableUpTo } = findTippingPoint(touchy);
    const moved = { ...touchy, arrivalsPerSecond: touchy.arrivalsPerSecond * stableUpTo * share };
    expect(equilibrium(moved, 'calm').sustained).toBe(share < 1);
  });

  test('elasticity brings the tipping point nearer', () => {
    const elastic = { ...touchy, users: { ...touchy.users, elasticity: 2 } };
    expect(findTippingPoint(elastic).stableUpTo).toBeLessThan(findTippingPoint(touchy).stableUpTo);
  });
});

test('the tightest limit of a provider decides how many requests it works on at once', () => {
  const facts = {
    callsPerDay: 86_400,
    peakFactor: 3,
    latencySeconds: { p50: 2, p99: 2 },
    tokensPerCall: 1_000,
    limits: { requestsPerMinute: 600, tokensPerMinute: 300_000, concurrent: 60 },
    patienceSeconds: 6,
    retryProbability: 0.35,
  };
  const system = feedbackSystem(facts);
  expect(system.arrivalsPerSecond).toBe(3);
  // 300 calls a minute by tokens are 5 a second, ten of them at once.
  expect(system.queue).toEqual({ servers: 10, serviceSeconds: 2, serviceScv: 0 });
});

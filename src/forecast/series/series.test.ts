import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { backtest } from './backtest.ts';
import { blendWeights } from './blend-weights.ts';
import { fillGaps } from './fill-gaps.ts';
import { forecastSeries } from './forecast-series.ts';
import { AccuracySum, crpsOf, naiveError, quantileAt, quantileLevels, smapeOf } from './metrics.ts';
import { Predictor } from './predictor.ts';
import { seasonProfile } from './profile.ts';
import { readSeriesCsv } from './read-series-csv.ts';
import { neededFactor, widened, wideningOf } from './recalibrate.ts';
import { scaleOf } from './scale.ts';
import { hourMs, type Series } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

const made = (values: Iterable<number>): Series => ({
  name: 'requests',
  kind: 'count',
  startMs: 0,
  stepMs: hourMs,
  values: Float64Array.from(values),
});

/** Hours with a daily shape, noise that lingers, and whatever else is asked for. */
function hoursOf(days: number, seed: number, also: (hour: number, chance: () => number) => number = () => 0): Series {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let lingering = 0;
  return made(
    Array.from({ length: 24 * days }, (_, hour) => {
      lingering = 0.9 * lingering + 0.1 * normal();
      return 1_000 * Math.exp(0.6 * Math.sin((2 * Math.PI * hour) / 24) + lingering + also(hour, normal));
    }),
  );
}

describe('metrics against closed forms', () => {
  const uniform = Float64Array.from(quantileLevels);
  test.each([
    // CRPS of the uniform distribution on [0, 1] at y inside is y² − y + 1/3; outside, the distance plus 1/3.
    ['in the middle of a uniform forecast', 0.5, 1 / 12],
    ['at its edge', 0, 1 / 3],
    ['beyond it', 3, 2 + 1 / 3],
  ])('CRPS %s', (_, fact, expected) => expect(crpsOf(uniform, fact)).toBeCloseTo(expected, 3));

  test('CRPS of a point is the absolute error', () =>
    expect(crpsOf(new Float64Array(100).fill(7), 4)).toBeCloseTo(3, 12));

  test('CRPS of a standard normal at its mean is (√2 − 1)/√π', () => {
    const random = seededRandom(2);
    const draws = Float64Array.from(
      { length: 40_000 },
      () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()),
    );
    const normal = Float64Array.from(
      weightedQuantiles(
        draws,
        draws.map(() => 1),
        quantileLevels,
      ),
    );
    expect(crpsOf(normal, 0)).toBeCloseTo((Math.SQRT2 - 1) / Math.sqrt(Math.PI), 2);
  });

  test.each([
    [100, 100, 0],
    [0, 0, 0],
    [50, 150, 100],
    [0, 10, 200],
  ])('sMAPE of %d for %d is %d', (forecast, fact, expected) => expect(smapeOf(forecast, fact)).toBe(expected));

  test('the seasonal naive forecast has MASE 1 where its error is the same in and out of sample', () => {
    // Every season is one higher than the one before: each error is 1, in the training data and after it.
    const values = Float64Array.from({ length: 96 }, (_, hour) => Math.floor(hour / 24) + (hour % 24));
    const unit = naiveError(values, 72, 24);
    const sum = new AccuracySum();
    for (let hour = 72; hour < 96; hour++) sum.add(new Float64Array(100).fill(values[hour - 24]!), values[hour]!, unit);
    expect(unit).toBe(1);
    expect(sum.mean()?.mase).toBe(1);
  });

  test('coverage and width count what is inside and how wide', () => {
    const sum = new AccuracySum();
    for (let i = 0; i < 100; i++) sum.add(uniform, (i + 0.5) / 100, 1);
    expect(sum.mean()).toMatchObject({ coverage80: 0.8, coverage95: 0.96 });
    expect(sum.mean()?.width80).toBeCloseTo(0.8, 10);
    sum.add(uniform, Number.NaN, 1);
    expect(sum.steps).toBe(100);
  });
});

describe('parts', () => {
  test('a blend of quantiles leans to those with the right spread', () => {
    const random = seededRandom(11);
    const facts = Float64Array.from({ length: 600 }, () => random.next());
    const levels = facts.map((_, row) => 0.1 + 0.4 * (row % 3));
    // The truth is uniform on [0, 1]; the other is three times as wide.
    const lessons = {
      inputs: [levels, levels.map((level) => 0.5 + 3 * (level - 0.5))],
      facts,
      levels,
      weights: facts.map(() => 1),
      seasons: 28,
    };
    expect(blendWeights(lessons, Float64Array.from([0.5, 0.5]))[0]).toBeGreaterThan(0.9);
  });

  test('weighted quantiles of equal weights are those of the sample', () => {
    const values = Float64Array.from([5, 1, 3]);
    expect(weightedQuantiles(values, Float64Array.from([1, 1, 1]), [0.5])).toEqual([3]);
    expect(weightedQuantiles(values, Float64Array.from([1, 1, 0]), [0, 0.5, 1])).toEqual([1, 3, 5]);
  });

  test('scales go there and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => {
        const scale = scaleOf(Float64Array.from([10, 20, 30]));
        expect(scale.from(scale.to(value))).toBeCloseTo(value, -Math.log10(1e-6 * (value + 1)));
      }),
    );
    expect(scaleOf(Float64Array.from([-1, 5])).name).toBe('identity');
    expect(scaleOf(Float64Array.from([0, 0])).name).toBe('identity');
  });

  test('gaps take the season before, else the last value', () =>
    expect([...fillGaps(Float64Array.from([1, 2, Number.NaN, 4, Number.NaN]), 2)]).toEqual([1, 2, 1, 4, 1]));

  test('a shape is found where there is one, and not in chance', () => {
    const shaped = seasonProfile(hoursOf(14, 1).values.map(Math.log), 14 * 24, 24);
    expect(Math.max(...(shaped ?? []))).toBeGreaterThan(0.4);
    const random = seededRandom(9);
    const chance = seasonProfile(
      Float64Array.from({ length: 240 }, () => random.next()),
      240,
      24,
    );
    expect(Math.max(...(chance ?? []).map(Math.abs))).toBeLessThan(0.1);
    expect(seasonProfile(new Float64Array(30), 30, 24)).toBeNull();
  });

  test('a blend leans to the expert that is right, the more the longer it was', () => {
    const facts = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const lessons = (seasons: number) => ({
      inputs: [facts, facts.map((fact) => fact + 1)],
      facts,
      weights: facts.map(() => 1),
      seasons,
    });
    const prior = Float64Array.from([0.5, 0.5]);
    const [few, many] = [blendWeights(lessons(1), prior), blendWeights(lessons(28), prior)];
    expect(few[0]).toBeGreaterThan(0.5);
    expect(many[0]).toBeGreaterThan(few[0]!);
    expect(many[0]).toBeGreaterThan(0.95);
    expect(many[0]! + many[1]!).toBeCloseTo(1, 10);
  });
});

describe('the width of intervals', () => {
  /** Seasons of facts that lie at random in their intervals, were these `factor` times as wide. */
  const seasons = (factor: number, count: number) => {
    const random = seededRandom(13);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return Array.from({ length: count }, (_, season) => {
      const away = Array.from({ length: 24 }, () => Math.abs(normal()) * factor);
      return { needed80: away.map((z) => z / 1.2816), needed95: away.map((z) => z / 1.96), history: season + 2 };
    });
  };

  test.each([0.8, 1, 1.3])('comes to what holds its promise: %f times as wide', (factor) => {
    const { at80, at95 } = wideningOf(seasons(factor, 200), 202);
    expect(Math.abs(at80 / factor - 1)).toBeLessThan(0.15);
    expect(Math.abs(at95 / factor - 1)).toBeLessThan(0.15);
  });

  test('each level follows its own misses', () => {
    const passed = seasons(1, 100).map((season) => ({
      ...season,
      needed95: season.needed95.map((each) => 0.7 * each),
    }));
    const { at80, at95 } = wideningOf(passed, 102);
    expect(at80).toBeGreaterThan(0.85);
    expect(at95).toBeLessThan(0.85);
  });

  test('a day that was missed whole counts as one event', () => {
    const missed = { needed80: new Array<number>(24).fill(9), needed95: new Array<number>(24).fill(9), history: 5 };
    const [calm, struck] = [[], [missed]].map((passed) => wideningOf(passed, 100));
    expect(struck!.at80 / calm!.at80).toBeCloseTo(Math.exp(0.5 * 0.4), 6);
  });

  test('an interval widened by what it needed ends at the fact', () => {
    const quantiles = Float64Array.from(quantileLevels, (level) => level ** 2);
    for (const fact of [0.02, 0.4, 1.7]) {
      const needed = neededFactor(quantiles, fact, 0.8);
      const end = fact < quantileAt(quantiles, 0.5) ? 0.1 : 0.9;
      expect(quantileAt(widened(quantiles, { at80: needed, at95: needed }), end)).toBeCloseTo(fact, 10);
    }
    expect(neededFactor(new Float64Array(100).fill(3), 3, 0.8)).toBe(0);
    expect(neededFactor(new Float64Array(100).fill(3), 4, 0.8)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a forecast', () => {
  test('reads nothing after its origin', () => {
    const series = hoursOf(12, 4);
    const other = made(series.values.map((value, hour) => (hour < 200 ? value : 7 * value + 1)));
    const [one, two] = [series, other].map((each) => new Predictor(each, 24, 72).predict(200));
    expect(two).toEqual(one);
  });

  test('of an hour that stands out in a constant series is sane before and after it', () => {
    const spiked = made(Array.from({ length: 240 }, (_, hour) => (hour === 150 ? 1e9 : 5)));
    for (const origin of [150, 151, 174, 240]) {
      const [soon] = new Predictor(spiked, 24, 72).predict(origin).quantiles;
      expect(quantileAt(soon!, 0.1)).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(quantileAt(soon!, 0.9))).toBe(true);
    }
    expect(forecastSeries(spiked).steps[23]?.p50).toBeCloseTo(5, 0);
  });

  test('of a series of which most hours are missing, and of rare events, is finite and in order', () => {
    const sparse = hoursOf(14, 6).values.map((value, hour) => (hour % 5 === 0 ? value : Number.NaN));
    const rare = Float64Array.from({ length: 480 }, (_, hour) => (hour % 97 === 0 ? 5 : 0));
    for (const values of [sparse, rare]) {
      for (const { low95, low80, p50, high80, high95 } of forecastSeries(made(values)).steps) {
        expect([low95, low80, p50, high80, high95]).toEqual([low95, low80, p50, high80, high95].sort((a, b) => a - b));
        expect(low95).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(high95)).toBe(true);
      }
    }
  });

  test('has quantiles in order and none below zero', () => {
    const random = seededRandom(3);
    const rare = made(
      Array.from({ length: 240 }, () => (random.next() < 0.15 ? Math.floor(1 + 5 * random.next()) : 0)),
    );
    for (const quantiles of new Predictor(rare, 24, 72).predict(240).quantiles) {
      expect([...quantiles]).toEqual([...quantiles].sort((a, b) => a - b));
      expect(quantiles[0]).toBeGreaterThanOrEqual(0);
    }
  });

  test('states the total of its horizon with an interval of its own', () => {
    const { total, steps } = forecastSeries(hoursOf(14, 6));
    expect(total?.p50).toBeCloseTo(
      steps.reduce((sum, step) => sum + step.p50, 0),
      -4,
    );
    expect(total?.low80).toBeLessThan(total?.high80 ?? 0);
    const sumOfWidths = steps.reduce((sum, step) => sum + step.high80 - step.low80, 0);
    expect(total!.high80 - total!.low80).toBeLessThan(sumOfWidths);
  });

  test.each([
    ['looks further ahead than its history is deep', 5, 72, 0],
    ['leaves out steps missing at the beginning', 8, 24, 60],
  ])('%s', (_, days, horizon, missing) => {
    const series = hoursOf(days, 2);
    const { steps, total } = forecastSeries(
      { ...series, values: series.values.map((value, hour) => (hour < missing ? Number.NaN : value)) },
      { horizon },
    );
    expect(steps).toHaveLength(horizon);
    for (const { low95, low80, p50, high80, high95 } of [...steps, total!]) {
      expect([low95, low80, p50, high80, high95].every(Number.isFinite)).toBe(true);
      expect(low95).toBeLessThanOrEqual(low80);
      expect(high80).toBeLessThanOrEqual(high95);
    }
  });

  test('of a series too short is refused', () =>
    expect(() => forecastSeries(made(new Float64Array(40)))).toThrow(/40 steps/));
});

/** What is measured on several series of a kind: shares and ratios, averaged. */
function averaged(kind: (seed: number) => Series): Record<'mase' | 'crps' | 'inside80' | 'inside95', number> {
  const reports = [1, 2].map((seed) => backtest(kind(seed)));
  const mean = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((sum, report) => sum + of(report) / reports.length, 0);
  const best = (report: (typeof reports)[number], key: 'mase' | 'crps'): number =>
    Math.min(...Object.values(report.baselines).map((each) => each[key]));
  return {
    mase: mean((report) => report.metrics.mase / best(report, 'mase')),
    crps: mean((report) => report.metrics.crps / best(report, 'crps')),
    inside80: mean((report) => report.metrics.coverage80),
    inside95: mean((report) => report.metrics.coverage95),
  };
}

describe('a backtest, against the best baseline of hindsight', () => {
  const weekend = (hour: number): number => (Math.floor(hour / 24) % 7 >= 5 ? -0.8 : 0);
  const bursts = (_: number, chance: () => number): number => (chance() > 2.2 ? 2 : 0.3 * chance());
  test.each<[string, (seed: number) => Series]>([
    ['a daily season', (seed) => hoursOf(10, seed)],
    ['days and weeks', (seed) => hoursOf(21, seed, weekend)],
    ['growth', (seed) => hoursOf(14, seed, (hour) => (0.03 * hour) / 24)],
    ['bursts', (seed) => hoursOf(14, seed, bursts)],
    ['a step to another level', (seed) => hoursOf(14, seed, (hour) => (hour >= 170 ? 0.8 : 0))],
    [
      'hours nobody measured',
      (seed) => {
        const series = hoursOf(14, seed);
        return { ...series, values: series.values.map((value, hour) => (hour % 17 < 3 ? Number.NaN : value)) };
      },
    ],
  ])('%s', (_, kind) => {
    const { mase, crps, inside80, inside95 } = averaged(kind);
    expect(mase).toBeLessThan(1);
    expect(crps).toBeLessThan(1);
    expect(inside80).toBeGreaterThan(0.7);
    expect(inside80).toBeLessThan(0.92);
    expect(inside95).toBeGreaterThan(0.88);
  });

  test('uses a baseline that was better before', () => {
    // A perfect day repeats: seasonal naive is never wrong, and nothing beats that.
    const noise = seededRandom(8);
    const day = Array.from({ length: 24 }, () => 100 + 900 * noise.next());
    const report = backtest(made(Array.from({ length: 480 }, (_, hour) => day[hour % 24]! + hour / 1e6)));
    expect(report.model).toBe('seasonalNaive');
    expect(report.foldsByBaseline).toBeGreaterThan(5);
  });

  test('scores each hour once and says which folds there were', () => {
    const report = backtest(hoursOf(10, 1));
    expect(report).toMatchObject({ series: 'requests', horizon: 24, folds: 7 });
    expect(Object.keys(report.baselines)).toEqual(['seasonalNaive', 'lastValue']);
    expect(report.details.map(({ origin }) => origin)).toEqual([72, 96, 120, 144, 168, 192, 216]);
  });

  test('of a few days only is refused', () => expect(() => backtest(hoursOf(3, 1))).toThrow(/72 steps; 72 to learn/));
});

describe('a CSV of series', () => {
  const rows = (of: readonly string[]): string => `t_s,requests,mean_input_tokens\n${of.join('\n')}\n`;

  test('joins ten minutes to hours: counts add up, means are weighted by requests', () => {
    const text = rows(
      Array.from({ length: 12 }, (_, i) => `${i * 600},${i % 6 === 0 ? 10 : 2},${i % 6 === 0 ? 400 : 100}`),
    );
    const [requests, input] = readSeriesCsv(text, 'a.csv');
    expect(requests).toMatchObject({ name: 'requests', kind: 'count', stepMs: hourMs });
    expect([...(requests?.values ?? [])]).toEqual([20, 20]);
    expect([...(input?.values ?? [])]).toEqual([250, 250]);
  });

  test('scales an hour up that lacks rows, and knows nothing of one that lacks most', () => {
    const kept = Array.from({ length: 18 }, (_, i) => i).filter((i) => i !== 7 && (i < 12 || i === 17));
    const [requests, input] = readSeriesCsv(rows(kept.map((i) => `${i * 600},3,${i === 1 ? '' : 50}`)), 'a.csv');
    expect([...(requests?.values ?? [])]).toEqual([18, 18, Number.NaN]);
    expect(input?.values[0]).toBe(50);
  });

  test('reads RFC 3339 and daily steps', () => {
    const text = 'day,cost\n2026-01-01,5\n2026-01-02,6\n2026-01-03,7\n';
    expect(readSeriesCsv(text, 'a.csv')).toMatchObject([{ stepMs: 24 * hourMs, startMs: Date.UTC(2026, 0, 1) }]);
  });

  test('takes rows at no equal gaps for events', () => {
    const [calls] = readSeriesCsv('time,calls\n10,1\n75,1\n90,1\n11000,1\n11003,1\n', 'a.csv');
    expect([...(calls?.values ?? [])]).toEqual([3, 0, 0, 2]);
  });

  test.each([
    ['t_s\n1\n', /a\.csv:1: a first column of time/],
    ['t_s,n\n1,2\nx,3\n', /a\.csv:3: "x" is no time/],
    ['t_s,n\n1,2\n2,many\n', /a\.csv:3: "many" in column n is no number/],
    ['t_s,n\n1,2\n2\n', /a\.csv:3: 1 fields where the header has 2/],
    ['t_s,n\n1,2\n', /1 rows/],
    ['t_s,n\n0,1\n1,1\n99999999999,1\n', /steps of time/],
  ])('refuses %j', (text, message) => expect(() => readSeriesCsv(text, 'a.csv')).toThrow(message));
});

test('a quantile between the stated ones lies on the line between them', () => {
  const quantiles = Float64Array.from(quantileLevels, (level) => 10 * level);
  expect(quantileAt(quantiles, 0.1)).toBeCloseTo(1, 10);
  expect(quantileAt(quantiles, 0.0001)).toBeCloseTo(0.05, 10);
});

/** Calibration, forecasts and queues on the real traces. Fails where they are missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { rowOfRecord, traceRows } from '../../src/cli/calibration-sources.ts';
import { queueState } from '../../src/forecast/feedback/index.ts';
import {
  backtest,
  type CalibrationRow,
  forecastSeries,
  measure,
  readSeriesCsv,
  simulateFeedback,
} from '../../src/forecast/index.ts';
import { readTrace } from '../../src/pilot/index.ts';
import { repository } from '../e2e/stack.ts';

const workloads = join(repository, '..', 'shared', 'workloads');
const whole = { format: 'auto', onProgress: () => undefined } as const;
const read = (name: string, range: { from?: string; to?: string } = {}): Promise<readonly CalibrationRow[]> =>
  traceRows({ workingFolder: workloads }, name, { ...whole, ...range }).then(({ rows }) => rows);

describe('RAGPulse: calibrated on days 1 to 5, the facts of days 6 and 7', () => {
  test('lie in the stated 95 % intervals', async () => {
    const [before, after] = await Promise.all([
      read('ragpulse.jsonl', { to: '5d' }),
      read('ragpulse.jsonl', { from: '5d', to: '7d' }),
    ]);
    const facts = {
      requests: after.length,
      input_tokens: after.reduce((sum, row) => sum + row.inputTokens, 0),
      output_tokens: after.reduce((sum, row) => sum + row.outputTokens, 0),
    };
    for (const series of measure(before).hourly) {
      const { total } = forecastSeries(series, { horizon: 48 });
      const fact = facts[series.name as keyof typeof facts];
      expect(total, series.name).not.toBeNull();
      console.log(series.name, { fact, ...total });
      expect(fact, series.name).toBeGreaterThan(total!.low95);
      expect(fact, series.name).toBeLessThan(total!.high95);
    }
  });

  test('and its sessions are as its authors counted them', async () => {
    const { sessions } = measure(await read('ragpulse.jsonl'));
    const shares = ['1', '2', '3', '4'].map((depth) => sessions?.depthShares[depth]?.value ?? 0);
    for (const [i, share] of [0.588, 0.241, 0.094, 0.038].entries()) expect(shares[i]).toBeCloseTo(share, 2);
    expect(sessions?.gapSecondsP50).toBeCloseTo(40, -1);
  });
});

describe('Azure conversations', () => {
  test('have the quantiles their description states', async () => {
    const { input, output } = measure(await read('azure-conversation-2023.csv'));
    expect([input.p50, input.p90, input.p99].map(({ value }) => value)).toEqual([1020, 2735, 4142]);
    expect([output.p50, output.p90, output.p99].map(({ value }) => value)).toEqual([129, 424, 601]);
  });

  test('at 20 ms a token and 70 % load wait 7.858 s (Pollaczek–Khinchine), and so they do when simulated', async () => {
    const seconds: number[] = [];
    const { records } = await readTrace(join(workloads, 'azure-conversation-2023.csv'), 'auto', {
      bytesRead: 0,
      bytesTotal: 1,
    });
    for await (const record of records) seconds.push(0.02 * rowOfRecord(record).outputTokens);
    const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
    const serviceScv = seconds.reduce((sum, each) => sum + (each - mean) ** 2, 0) / seconds.length / mean ** 2;
    const queue = { servers: 1, serviceSeconds: mean, serviceScv };
    const arrivalsPerSecond = 0.7 / mean;
    expect(queueState(queue, arrivalsPerSecond).waitSeconds).toBeCloseTo(7.858, 3);
    const users = {
      patienceSeconds: 60,
      retryProbability: 0,
      abandonProbability: 0,
      duplicateTabs: 0,
      elasticity: 0,
      retriesMax: 0,
    };
    const service = (random: { next(): number }): number => seconds[Math.floor(random.next() * seconds.length)] ?? 0;
    const found = simulateFeedback(
      { arrivalsPerSecond, queue, users },
      { random: seededRandom(4), seconds: 2_000_000, service },
    );
    expect(Math.abs(found.waitSeconds - 7.858)).toBeLessThan(3 * found.waitStandardError);
  });
});

describe('ServeGen, hours, a day ahead', () => {
  const file = 'servegen-m-large-10min.csv';
  const series = readSeriesCsv(readFileSync(join(workloads, file), 'utf8'), file);

  test.each(series.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const { metrics, baselines, folds } = backtest(one);
    const best = (key: 'mase' | 'crps'): number => Math.min(...Object.values(baselines).map((each) => each[key]));
    console.log(one.name, { folds, metrics, baselines });
    expect(metrics.mase).toBeLessThan(best('mase'));
    expect(metrics.crps).toBeLessThan(best('crps'));
    const binomialError = (promised: number): number => 1.96 * Math.sqrt((promised * (1 - promised)) / 168);
    expect(Math.abs(metrics.coverage80 - 0.8)).toBeLessThan(binomialError(0.8));
    expect(Math.abs(metrics.coverage95 - 0.95)).toBeLessThan(binomialError(0.95));
    expect(metrics.width80).toBeLessThan(baselines.seasonalNaive?.width80 ?? 0);
  });
});

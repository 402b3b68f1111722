/**
 * Backtests forecasts of many made products and says how many series meet each of five criteria beside the best baseline
 * of hindsight: MASE, CRPS, coverage of the 80 % and the 95 % interval within the binomial error, width of the 80 %
 * interval. `npx tsx bench/series/index.ts [FIRST] [LAST]`: the seeds. Constants were chosen on 1 to 40.
 */
import { writeFileSync } from 'node:fs';
import { backtest } from '../../src/forecast/index.ts';
import type { Series } from '../../src/forecast/series/series.ts';
import { kinds, madeProduct } from './made-product.ts';

interface Score {
  readonly kind: string;
  readonly mase: number;
  readonly crps: number;
  readonly inside80: number;
  readonly inside95: number;
  readonly width: number;
  readonly met: readonly boolean[];
  readonly cpuMs: number;
}

const criteria = ['mase', 'crps', 'inside80', 'inside95', 'width'] as const;
const trainingHours = 72;

const [first = 101, last = 140] = process.argv.slice(2).map(Number);
const scores: Score[] = [];
for (let seed = first; seed <= last; seed++) {
  for (const series of madeProduct(seed)) scores.push(scoreOf(series));
}
const rows = [...kinds, 'all'].map((kind) =>
  summary(kind, kind === 'all' ? scores : scores.filter((one) => one.kind === kind)),
);
console.table(Object.fromEntries(rows.map(({ kind, ...row }) => [kind, row])));
if (process.env.BENCH_OUT) writeFileSync(process.env.BENCH_OUT, JSON.stringify(scores, null, 2));

function scoreOf(series: Series): Score {
  const before = process.cpuUsage();
  const { metrics, baselines, folds, horizon } = backtest(series);
  const { user } = process.cpuUsage(before);
  const best = (key: 'mase' | 'crps'): number => Math.min(...Object.values(baselines).map((each) => each[key]));
  const scored = series.values
    .slice(trainingHours, trainingHours + folds * horizon)
    .filter((value) => !Number.isNaN(value));
  const near = (share: number, promised: number): boolean =>
    Math.abs(share - promised) <= 1.96 * Math.sqrt((promised * (1 - promised)) / scored.length);
  const width = metrics.width80 / (baselines.seasonalNaive?.width80 ?? Number.NaN);
  const [mase, crps] = [metrics.mase / best('mase'), metrics.crps / best('crps')];
  const { coverage80, coverage95 } = metrics;
  const met = [mase <= 1, crps <= 1, near(coverage80, 0.8), near(coverage95, 0.95), width <= 1];
  const kind = series.name.split(' ')[0] ?? '';
  return { kind, mase, crps, inside80: coverage80, inside95: coverage95, width, met, cpuMs: user / 1_000 };
}

/** Ratios as geometric means; shares in percent. */
function summary(kind: string, of: readonly Score[]) {
  const mean = (value: (score: Score) => number): number => of.reduce((sum, one) => sum + value(one), 0) / of.length;
  const ratio = (value: (score: Score) => number): number => round(Math.exp(mean((one) => Math.log(value(one)))), 3);
  const percent = (value: (score: Score) => number): number => round(100 * mean(value), 1);
  return {
    ...{ kind, series: of.length, mase: ratio(({ mase }) => mase), crps: ratio(({ crps }) => crps) },
    ...{ inside80: percent(({ inside80 }) => inside80), inside95: percent(({ inside95 }) => inside95) },
    width: ratio(({ width }) => width),
    ...Object.fromEntries(criteria.map((name, i) => [`${name} met`, percent(({ met }) => (met[i] ? 1 : 0))])),
    'all met': percent(({ met }) => (met.every(Boolean) ? 1 : 0)),
    cpuMs: Math.round(mean(({ cpuMs }) => cpuMs)),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

import { resolve } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import {
  type Accuracy,
  type BacktestReport,
  backtest,
  readSeriesCsv,
  type Series,
  seasonsOf,
} from '../forecast/index.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { withProgressBar } from './progress-bar.ts';
import { percent } from './shown.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface BacktestVerbOptions {
  /** Hours looked ahead. */
  readonly horizon: number;
  /** Hours before the first fold. */
  readonly training?: number;
  /** Only these columns. */
  readonly series?: readonly string[];
  readonly json?: boolean;
}

const hourMs = 3_600_000;

/** `burnrate backtest`: how good forecasts of each column would have been, beside the baselines. */
export async function backtestVerb(effects: Effects, file: string, options: BacktestVerbOptions): Promise<ExitCode> {
  const series = chosen(readSeriesCsv(await readFile(effects, file), file), options.series);
  const reports = await withProgressBar(effects, { json: options.json, format: '{bar} {percentage}%' }, (show) =>
    series.map((one, index) => {
      const report = backtest(one, {
        horizon: stepsOf(options.horizon, one),
        ...(options.training === undefined ? {} : { training: stepsOf(options.training, one) }),
        onFold: (done, of) => show(index + done / of, series.length),
      });
      return { ...report, scale: seasonsOf(one.stepMs).short };
    }),
  );
  print(effects, options.json === true, reports.map(contract), () => reportsText(reports, terminalWidth(effects)));
  return exitCodes.fine;
}

async function readFile(effects: Effects, file: string): Promise<string> {
  return effects.readText(resolve(effects.workingFolder, file)).catch((cause: unknown) => {
    throw new BurnrateError('SERIES_INVALID', { message: `cannot read ${file}`, cause });
  });
}

function chosen(all: readonly Series[], names: readonly string[] | undefined): readonly Series[] {
  const unknown = names?.find((name) => !all.some((series) => series.name === name));
  if (unknown === undefined) return names === undefined ? all : all.filter(({ name }) => names.includes(name));
  throw new BurnrateError('SERIES_INVALID', {
    message: `no column ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`,
  });
}

const stepsOf = (hours: number, { stepMs }: Series): number => Math.max(1, Math.round((hours * hourMs) / stepMs));

/** What `--json` promises, with how it came about beside it. */
function contract(report: BacktestReport): unknown {
  const { details, ...rest } = report;
  return {
    ...rest,
    details: details.map(({ origin, used, crps, baselineCrps }) => ({ origin, used, crps, baselineCrps })),
  };
}

function reportsText(reports: readonly BacktestReport[], width: number): string {
  const parts = reports.map((report) => {
    const head = `${report.series}: ${report.folds} folds, ${report.horizon} steps ahead, ${usedText(report)}`;
    const rows = [
      row('forecast', report.metrics),
      ...Object.entries(report.baselines).map(([name, each]) => row(name, each)),
    ];
    return `${head}\n${table(columns, rows, width)}\n${verdict(report)}`;
  });
  return parts.join('\n\n');
}

const columns = [
  { title: '', flexible: true },
  ...['MASE', 'sMAPE', 'CRPS', 'inside 80 %', 'inside 95 %', 'width 80 %'].map((title) => ({
    title,
    align: 'right' as const,
  })),
];

function row(name: string, accuracy: Accuracy): string[] {
  const { mase, smape, crps, coverage80, coverage95, width80 } = accuracy;
  return [
    name,
    mase.toFixed(3),
    `${smape.toFixed(1)} %`,
    short(crps),
    percent(coverage80),
    percent(coverage95),
    short(width80),
  ];
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function usedText({ model, weights, foldsByBaseline, folds }: BacktestReport): string {
  if (model !== 'blend') return `a baseline (${model}) is used at the end, as in ${foldsByBaseline} of ${folds} folds`;
  const [first, second] = Object.entries(weights).map(([name, share]) => `${name} ${percent(share)}`);
  return `a blend (at the end ${[first, second].filter(Boolean).join(', ')}, …)`;
}

function verdict({ metrics, baselines }: BacktestReport): string {
  const best = (key: 'mase' | 'crps'): number => Math.min(...Object.values(baselines).map((each) => each[key]));
  const against = (key: 'mase' | 'crps'): string => percent(metrics[key] / best(key) - 1).replace(/^(?=\d)/, '+');
  return `against the best baseline: MASE ${against('mase')}, CRPS ${against('crps')}`;
}

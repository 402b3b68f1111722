import { type ChildProcess, fork } from 'node:child_process';
import { BurnrateError } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { SimulationJob } from '../economics/index.ts';
import {
  buildModel,
  type ForecastModel,
  type ForecastReport,
  forecast,
  measuredLookup,
  measuredNotes,
  reportForecast,
} from '../forecast/index.ts';
import { childVerbs } from './children/child-verbs.ts';
import { priceBookOf } from './price-book-of.ts';

const forecastLimits = {
  /** Simulations that may wait for the one that runs. */
  waitingMax: 4,
  /** After this a simulation is ended. */
  runMsMax: 120_000,
  /** Answers are short beside it; a process that is gone says nothing. */
  stderrBytesMax: 4_096,
} as const;

/** Simulates in a process of its own, one at a time, so that a forecast of seconds delays neither the API nor the books. */
export function simulateApart(entry: string): (job: SimulationJob) => Promise<ForecastReport> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (job) => {
    if (waiting > forecastLimits.waitingMax) {
      throw new BurnrateError('overloaded', { message: `${waiting} forecasts are under way`, retryAfterMs: 10_000 });
    }
    waiting += 1;
    const run = last.then(() => runForked(entry, job));
    // Whoever asked hears of a failure; the next in line only waits.
    last = run.catch(() => undefined).then(() => (waiting -= 1));
    return run;
  };
}

function runForked(entry: string, job: SimulationJob): Promise<ForecastReport> {
  const child = fork(entry, [childVerbs.forecast], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), forecastLimits.runMsMax);
  return new Promise<ForecastReport>((resolve, reject) => {
    const said = lastWordsOf(child);
    child.once('message', (report) => resolve(report as ForecastReport));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the forecast process ended (${signal ?? code}): ${said()}`)),
    );
    child.send(job, (error) => error && reject(error));
  }).finally(() => {
    clearTimeout(timer);
    if (child.connected) child.disconnect();
  });
}

function lastWordsOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (part: Buffer) => {
    text = (text + part.toString()).slice(-forecastLimits.stderrBytesMax);
  });
  return () => text.trim();
}

/** The process that simulates: it takes one job, answers with the report and ends. */
export function runForecastProcess(): void {
  process.once('message', (job: SimulationJob) => {
    process.send?.(simulate(job), () => process.disconnect());
  });
  process.once('disconnect', () => process.exit(0));
}

function simulate({ model, atMs, months, measured, trials, seed, stresses }: SimulationJob): ForecastReport {
  const options = { measured: measuredLookup(measured), ...(months === undefined ? {} : { months }) };
  const rebuild = (changed: Config): ForecastModel | null => {
    const built = buildModel(changed, priceBookOf(changed), atMs, options);
    return built.ok ? built.model : null;
  };
  const made = forecast(model, { trials, seed, ...(stresses ? { stresses } : {}) });
  return reportForecast(made, rebuild, measuredNotes(measured));
}

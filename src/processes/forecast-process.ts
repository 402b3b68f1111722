import { type ChildProcess, fork } from 'node:child_process';
import { BurnrateError, type Clock } from '../base/index.ts';
import { type ForecastJob, type ForecastResult, performForecast } from '../economics/index.ts';
import { connectLedger } from '../ledger/index.ts';
import { fromSentError, type SentError, toSentError } from '../remote/index.ts';
import { childVerbs } from './children/child-verbs.ts';
import { priceBookOf } from './price-book-of.ts';

const forecastLimits = {
  /** Jobs that may wait for the one that runs. */
  waitingMax: 4,
  /** After this a job is ended. */
  runMsMax: 120_000,
  /** Answers are short beside it; a process that is gone says nothing. */
  stderrBytesMax: 4_096,
} as const;

/** What the forecast process is told: the job, and where the ledger answers. */
interface ForecastStart {
  readonly job: ForecastJob;
  readonly ledgerSocket: string;
}

type ForecastEnd = { readonly done: ForecastResult } | { readonly failed: SentError };

/**
 * Does jobs in processes of their own, one simulation and one compilation at a time, so that neither the API nor the
 * books wait for a forecast, and a page does not wait for a simulation of minutes.
 */
export function forecastApart(entry: string, ledgerSocket: string): (job: ForecastJob) => Promise<ForecastResult> {
  const perform = (job: ForecastJob) => runForked(entry, { job, ledgerSocket });
  const simulate = oneAtATime(perform);
  const compile = oneAtATime(perform);
  return (job) => (typeof job.want === 'string' ? compile(job) : simulate(job));
}

function oneAtATime<A, R>(work: (task: A) => Promise<R>): (task: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (task) => {
    if (waiting > forecastLimits.waitingMax) {
      throw new BurnrateError('overloaded', { message: `${waiting} forecasts are under way`, retryAfterMs: 10_000 });
    }
    waiting += 1;
    const run = last.then(() => work(task));
    // Whoever asked hears of a failure; the next in line only waits.
    last = run.catch(() => undefined).then(() => (waiting -= 1));
    return run;
  };
}

function runForked(entry: string, start: ForecastStart): Promise<ForecastResult> {
  const child = fork(entry, [childVerbs.forecast], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), forecastLimits.runMsMax);
  return new Promise<ForecastResult>((resolve, reject) => {
    const lastWords = lastWordsOf(child);
    child.once('message', (said) => {
      const end = said as ForecastEnd;
      if ('done' in end) resolve(end.done);
      else reject(fromSentError(end.failed));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the forecast process ended (${signal ?? code}): ${lastWords()}`)),
    );
    child.send(start, (error) => error && reject(error));
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

/** The process that forecasts: it takes one job, answers and ends. It keeps nothing; what it needs it asks of the ledger. */
export function runForecastProcess(clock: Clock): void {
  process.once('message', (start: ForecastStart) => {
    void perform(start, clock).then((end) => process.send?.(end, () => process.disconnect()));
  });
  process.once('disconnect', () => process.exit(0));
}

async function perform({ job, ledgerSocket }: ForecastStart, clock: Clock): Promise<ForecastEnd> {
  const ledger = connectLedger(ledgerSocket, clock);
  try {
    return { done: await performForecast(job, { book: priceBookOf(job.config), ledger }) };
  } catch (error) {
    return { failed: toSentError(error) };
  } finally {
    await ledger.close();
  }
}

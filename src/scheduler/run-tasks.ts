import type { Clock } from '../base/index.ts';
import type { TaskBooks } from '../books/index.ts';

/** Something that happens by itself, again and again. */
export interface Task {
  readonly name: string;
  /** From the start of one run to the start of the next. */
  readonly everyMs: number;
  /** How long it may go on after the signal to finish what it has begun, ms; not at all when absent. */
  readonly finishMs?: number;
  /** Does it once; what is thrown is logged, and the next run comes at its time. Longer work ends early by the signal. */
  run(nowMs: number, signal: AbortSignal): Promise<void>;
}

export type SchedulerLog = (level: 'info' | 'warn', event: string, facts?: Readonly<Record<string, unknown>>) => void;

export interface TaskRunnerOptions {
  readonly tasks: readonly Task[];
  readonly books: TaskBooks;
  readonly clock: Clock;
  /** Tells this process from others that might lead. */
  readonly holder: string;
  readonly log: SchedulerLog;
}

export interface TaskRunner {
  /** Runs what is due, if this process leads. Returns at once when a run of the same runner is under way. */
  tick(): Promise<void>;
  /** Begins nothing more, waits a little for what is under way and lets another lead. */
  stop(): Promise<void>;
}

const leadership = 'scheduler';
/** Leadership is renewed with every tick, before each task; a leader that dies is followed after this long. */
export const leaseMs = 60_000;
/** A task that takes longer is told to end, and counts as failed. */
export const taskMsMax = 10 * 60_000;
const stopMsMax = 5_000;

/**
 * Runs tasks one after another while this process leads. When each last ran is in the books, so that a restart neither
 * skips nor repeats what is rare; of tasks that were due many times, one run is made up for.
 */
export function taskRunner(options: TaskRunnerOptions): TaskRunner {
  const ending = new AbortController();
  let under: Promise<void> | null = null;
  return {
    tick() {
      if (ending.signal.aborted) return Promise.resolve();
      under ??= runDue(options, ending.signal).finally(() => {
        under = null;
      });
      return under;
    },
    async stop() {
      ending.abort();
      await Promise.race([under, pause(stopMsMax)]);
      await options.books.resign(leadership, options.holder).catch((error: unknown) => {
        // The lease ends by itself a minute later.
        options.log('warn', 'scheduler_resignation_failed', { error });
      });
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

async function runDue(options: TaskRunnerOptions, ending: AbortSignal): Promise<void> {
  const { tasks, books, clock, holder, log } = options;
  try {
    if (!(await books.lead(leadership, holder, leaseMs))) return;
    const started = new Map((await books.list()).map((record) => [record.name, record.startedAtMs]));
    for (const task of tasks) {
      const nowMs = clock.nowMs();
      const last = started.get(task.name) ?? Number.NEGATIVE_INFINITY;
      // A clock set back would otherwise stop a task until it has caught up.
      const due = nowMs - last >= task.everyMs || last > nowMs;
      if (!due || ending.aborted) continue;
      if (!(await books.lead(leadership, holder, leaseMs))) return;
      await runOne(task, options, ending);
    }
  } catch (error) {
    // The books cannot be reached; the next tick asks again.
    log('warn', 'scheduler_failed', { error });
  }
}

async function runOne(task: Task, options: TaskRunnerOptions, ending: AbortSignal): Promise<void> {
  const { books, clock, log } = options;
  const stopRenewing = renewLease(options);
  const startedAtMs = clock.nowMs();
  const record = { name: task.name, startedAtMs };
  await books.note({ ...record, endedAtMs: null, failure: null });
  const signal = AbortSignal.any([ending, AbortSignal.timeout(taskMsMax)]);
  const givenUp = later(signal, task.finishMs ?? 0);
  let failure: string | null = null;
  try {
    await orAborted(task.run(startedAtMs, signal), givenUp);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    if (!ending.aborted) log('warn', 'task_failed', { task: task.name, error });
  } finally {
    stopRenewing();
  }
  await books.note({ ...record, endedAtMs: clock.nowMs(), failure });
}

/** Keeps the leadership while a long task runs. */
function renewLease({ books, holder, log }: TaskRunnerOptions): () => void {
  const timer = setInterval(() => {
    books.lead(leadership, holder, leaseMs).catch((error: unknown) => log('warn', 'scheduler_failed', { error }));
  }, leaseMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}

/** A signal that follows another after a while. */
function later(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const follow = () => (ms === 0 ? controller.abort() : setTimeout(() => controller.abort(), ms).unref());
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return controller.signal;
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('ended before it was done'));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

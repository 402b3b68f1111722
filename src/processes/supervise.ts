import type { ChildProcess } from 'node:child_process';
import { BurnrateError, type Clock, type ErrorCode, errorCodes } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Log } from './log.ts';
import type { FromChild, ToChild } from './messages.ts';

const superviseLimits = {
  restartMsMin: 100,
  restartMsMax: 10_000,
  /** A child that lived this long is healthy again: its next restart comes at once. */
  healthyMs: 30_000,
  /** How long a child may take to end after its drain before it is killed. */
  killAfterMs: 15_000,
  statsMs: 2_000,
  configureMs: 10_000,
} as const;

export interface SuperviseOptions {
  readonly name: string;
  readonly spawn: () => ChildProcess;
  /** What each new child is told first; asked anew at each start. */
  readonly start: () => ToChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly onExit?: () => void;
}

/** A child process that is kept alive until it is told to stop. */
export interface Supervised {
  /** Resolves at the first `ready` (with the port, if it has one). @throws BurnrateError what the first start failed with */
  readonly ready: Promise<number | null>;
  readonly alive: boolean;
  readonly pid: number | null;
  readonly restarts: number;
  /** What the child says of itself; null when it does not answer in time. */
  stats(): Promise<unknown>;
  /** Has it take another configuration. @returns whether it said in time that it did; a child that is just starting starts with it */
  configure(config: Config): Promise<boolean>;
  /** Asks it to end, and ends it if it does not. */
  stop(drainMs: number): Promise<void>;
}

export function supervise(options: SuperviseOptions): Supervised {
  return new Supervisor(options);
}

/** Doubles from 100 ms to 10 s. */
export function restartDelayMs(failuresInRow: number): number {
  const { restartMsMin, restartMsMax } = superviseLimits;
  return Math.min(restartMsMax, restartMsMin * 2 ** Math.min(failuresInRow, 20));
}

class Supervisor implements Supervised {
  readonly ready: Promise<number | null>;
  restarts = 0;
  readonly #options: SuperviseOptions;
  #child: ChildProcess | null = null;
  #isReady = false;
  #stopping = false;
  #failuresInRow = 0;
  #bornAtMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #lastFailure: BurnrateError | null = null;
  #settle: { resolve(port: number | null): void; reject(error: Error): void } | null = null;
  #nextQuestionId = 1;
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever waits for `ready` hears of a failure; nobody waiting must not end the process.
    this.ready.catch(() => undefined);
    this.#spawn();
  }

  get alive(): boolean {
    return this.#isReady;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  stats(): Promise<unknown> {
    const child = this.#child;
    if (!child || !this.#isReady) return Promise.resolve(null);
    return this.#ask(child, superviseLimits.statsMs, (id) => ({ kind: 'stats', id }));
  }

  async configure(config: Config): Promise<boolean> {
    const child = this.#child;
    // One that is not there yet is told at its start.
    if (!child) return true;
    const told = await this.#ask(child, superviseLimits.configureMs, (id) => ({ kind: 'configure', id, config }));
    return told === true || this.#child !== child;
  }

  /** @returns null when there is no answer in time */
  #ask(child: ChildProcess, waitMs: number, question: (id: number) => ToChild): Promise<unknown> {
    if (!child.connected) return Promise.resolve(null);
    const id = this.#nextQuestionId++;
    return new Promise((resolve) => {
      const finish = (answer: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => finish(null), waitMs);
      this.#waiting.set(id, finish);
      this.#tell(child, question(id));
    });
  }

  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#tell(child, { kind: 'stop', drainMs });
    const kill = setTimeout(() => child.kill('SIGKILL'), drainMs + superviseLimits.killAfterMs);
    await ended;
    clearTimeout(kill);
  }

  #spawn(): void {
    const child = this.#options.spawn();
    this.#child = child;
    this.#lastFailure = null;
    this.#bornAtMs = this.#options.clock.monotonicMs();
    child.on('message', (message) => this.#hear(child, message as FromChild));
    child.on('error', (error) => this.#options.log('error', 'child_error', { child: this.#options.name, error }));
    child.once('exit', (code, signal) => this.#exited(child, code, signal));
  }

  #hear(child: ChildProcess, message: FromChild): void {
    if (message.kind === 'awake') this.#tell(child, this.#options.start());
    if (message.kind === 'answer') this.#waiting.get(message.id)?.(message.value);
    if (message.kind === 'failed') this.#lastFailure = failureOf(message);
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#settle?.resolve(message.port);
      this.#settle = null;
    }
  }

  #exited(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    const wasReady = this.#isReady;
    this.#child = null;
    this.#isReady = false;
    this.#options.onExit?.();
    if (this.#stopping) return;
    const { name, log } = this.#options;
    const failure = this.#lastFailure;
    log(wasReady ? 'error' : 'warn', 'child_ended', { child: name, pid: child.pid, code, signal, failure });
    if (this.#settle) this.#giveUp(failure, code, signal);
    else this.#restartLater();
  }

  #giveUp(failure: BurnrateError | null, code: number | null, signal: string | null): void {
    const { name } = this.#options;
    const message = `the ${name} process ended at its start (${signal ?? `exit code ${code}`})`;
    this.#settle?.reject(failure ?? new BurnrateError('internal', { message }));
    this.#settle = null;
  }

  #restartLater(): void {
    const livedMs = this.#options.clock.monotonicMs() - this.#bornAtMs;
    this.#failuresInRow = livedMs > superviseLimits.healthyMs ? 0 : this.#failuresInRow;
    this.#timer = setTimeout(() => {
      this.restarts += 1;
      this.#spawn();
    }, restartDelayMs(this.#failuresInRow));
    this.#failuresInRow += 1;
  }

  /** A child that is just dying cannot be told anything; its exit follows and is handled there. */
  #tell(child: ChildProcess, message: ToChild): void {
    if (!child.connected) return;
    child.send(message, (error) => {
      if (error) this.#options.log('warn', 'child_not_told', { child: this.#options.name, kind: message.kind, error });
    });
  }
}

function failureOf({ code, message }: { readonly code: string; readonly message: string }): BurnrateError {
  return new BurnrateError(code in errorCodes ? (code as ErrorCode) : 'internal', { message });
}

import cluster from 'node:cluster';
import { BurnrateError } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Log } from './log.ts';
import type { ConfigureRequest, FromChild, StopRequest, ToChild } from './messages.ts';

/** What a child process runs once it was told how to start. */
export interface ChildWork {
  /** The port it listens on, when it has one. */
  readonly port: number | null;
  stats(): unknown;
  /** Takes another configuration; absent where nothing depends on it. */
  configure?(config: Config): void;
  /** Ends in good order within about `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

export interface ChildOptions<Start extends ToChild> {
  readonly log: Log;
  readonly begin: (start: Start) => Promise<ChildWork>;
  /** How long to finish what is under way once the control process is gone. */
  readonly orphanDrainMs: number;
}

/**
 * Runs a child process: waits for its start message, works, and ends when it is told to or when the control process is
 * gone (its channel closes, however it died), so that nothing is ever left behind.
 */
export function beChild<Start extends ToChild>(options: ChildOptions<Start>): void {
  let work: ChildWork | null = null;
  let beginning: Promise<unknown> = Promise.resolve();
  let ending = false;
  const end = async (drainMs: number) => {
    if (ending) return;
    ending = true;
    await work?.stop(drainMs).catch((error: unknown) => options.log('error', 'stop_failed', { error }));
    process.exit(0);
  };
  ignoreTerminalSignals();
  outliveTheChannel();
  process.on('message', (message: ToChild) => {
    if (message.kind === 'stop') void end((message as StopRequest).drainMs);
    if (message.kind === 'stats') tell({ kind: 'answer', id: message.id, value: work?.stats() ?? null });
    if (message.kind === 'configure') {
      void beginning.then(() => tell({ kind: 'answer', id: message.id, value: configure(work, message, options.log) }));
    }
    if (message.kind === 'start') {
      beginning = begin(options, message as unknown as Start).then(
        (begun) => {
          work = begun;
        },
        (error: unknown) => fail(error, options.log),
      );
    }
  });
  process.once('disconnect', () => void end(options.orphanDrainMs));
  tell({ kind: 'awake' });
}

async function begin<Start extends ToChild>(options: ChildOptions<Start>, start: Start): Promise<ChildWork> {
  const work = await options.begin(start);
  tell({ kind: 'ready', port: work.port });
  return work;
}

/** @returns whether it holds from now on */
function configure(work: ChildWork | null, { config }: ConfigureRequest, log: Log): boolean {
  try {
    // Told before its start, it starts with it.
    work?.configure?.(config);
    return true;
  } catch (error) {
    log('error', 'configuration_not_taken', { error });
    return false;
  }
}

function fail(error: unknown, log: Log): void {
  const code = error instanceof BurnrateError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'internal') log('error', 'start_failed', { error: error instanceof Error ? error.stack : message });
  if (!process.connected) process.exit(1);
  process.send?.({ kind: 'failed', code, message } satisfies FromChild, () => process.exit(1));
}

function tell(message: FromChild): void {
  // The channel may close while we speak; `disconnect` then ends this process.
  if (process.connected) process.send?.(message, () => undefined);
}

/** Ctrl-C reaches the whole group; only the control process decides, and tells its children. */
function ignoreTerminalSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

/** A cluster worker would exit at once when the channel closes; calls in flight are finished first. */
function outliveTheChannel(): void {
  const worker = cluster.worker;
  worker?.on('disconnect', () => {
    worker.exitedAfterDisconnect = true;
  });
}

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** How much of the write-ahead log is in the database file after a checkpoint, in frames. */
interface CheckpointResult {
  readonly complete: boolean;
}

export interface Checkpointer {
  /** Moves committed frames into the database file and fsyncs, on another thread; never blocks writers. */
  checkpoint(): Promise<CheckpointResult>;
  stop(): Promise<void>;
}

/**
 * The thread's program. It is plain JavaScript in a string because a worker needs a file of its own otherwise, whose
 * name and language differ between the sources, the build and the test runner. `synchronous=FULL` makes SQLite fsync
 * the log before it copies from it, and the database file after.
 */
const program = `
const { workerData, parentPort } = require('node:worker_threads');
const Database = require(workerData.module);
const connection = new Database(workerData.file);
connection.exec('PRAGMA synchronous=FULL');
const statement = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)');
parentPort.on('message', () => {
  try {
    const row = statement.get();
    parentPort.postMessage({ complete: row.busy === 0 && row.log === row.checkpointed });
  } catch (error) {
    parentPort.postMessage({ error: String(error) });
  }
});
`;

/** One thread for one journal file, started when first needed. One checkpoint at a time. */
export function createCheckpointer(file: string): Checkpointer {
  let worker: Worker | null = null;
  const start = () => {
    const module = createRequire(import.meta.url).resolve('libsql');
    const started = new Worker(program, { eval: true, workerData: { module, file } });
    started.unref();
    started.once('exit', () => {
      worker = null;
    });
    return started;
  };
  return {
    checkpoint() {
      worker ??= start();
      return ask(worker);
    },
    async stop() {
      await worker?.terminate();
    },
  };
}

function ask(worker: Worker): Promise<CheckpointResult> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (answer: CheckpointResult | { error: string }) =>
      settle(() => ('error' in answer ? reject(new Error(answer.error)) : resolve(answer)));
    const onError = (cause: unknown) => settle(() => reject(cause));
    const onExit = () => settle(() => reject(new Error('the checkpoint thread ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage('checkpoint');
  });
}

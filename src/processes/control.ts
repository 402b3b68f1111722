import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { ControlPlane } from '../api/index.ts';
import { BurnrateError, type Clock } from '../base/index.ts';
import { childVerbs } from './children/child-verbs.ts';
import type { Log } from './log.ts';
import type { LedgerStart, WorkerStart } from './messages.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface ChildOptions {
  /** The script that is run for every process: main.ts, built or not. */
  readonly entry: string;
  readonly clock: Clock;
  readonly log: Log;
}

export function superviseLedger(start: LedgerStart, { entry, clock, log }: ChildOptions): Supervised {
  return supervise({
    name: 'ledger',
    clock,
    log,
    start: () => start,
    spawn: () => forkChild(entry),
  });
}

function forkChild(entry: string): ChildProcess {
  return fork(entry, [childVerbs.ledger], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/**
 * Supervises one worker of the data plane. The kernel hands each connection to a worker that waits for one (SCHED_NONE),
 * so the control process is on no call's path, and a busy API slows no call.
 */
export function superviseWorker(
  start: () => WorkerStart,
  { entry, clock, log }: ChildOptions,
  onExit: () => void,
): Supervised {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: entry,
    args: [childVerbs.worker],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return supervise({ name: 'gateway', clock, log, start, spawn: () => cluster.fork().process, onExit });
}

/** Serves the control plane on its private socket, where the workers hand on what is not of the data plane. */
export async function serveControlPlane(fetch: ControlPlane['fetch'], socket: string): Promise<Server> {
  const listener = getRequestListener((request) => fetch(request));
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void listener(request, response));
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  return server;
}

/** @throws BurnrateError PORT_IN_USE before anything is started for nothing */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? taken(host, port, cause) : cause),
    );
    probe.listen({ host, port, exclusive: true }, resolve);
  });
  await new Promise<void>((resolve) => probe.close(() => resolve()));
}

function taken(host: string, port: number, cause: Error): BurnrateError {
  return new BurnrateError('PORT_IN_USE', { message: `${host}:${port} is taken by another program`, cause });
}

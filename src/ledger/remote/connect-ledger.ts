import { connect, type Socket } from 'node:net';
import { BurnrateError, type Clock } from '../../base/index.ts';
import type { Ledger } from '../ledger.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { type Answer, fromSentError, type RemoteMethod, type Request, remoteMethods } from './protocol.ts';

export interface ConnectOptions {
  /** How long a request waits for a connection before it fails. */
  readonly connectWaitMs?: number;
  /** How long a request waits for its answer before it fails. */
  readonly answerWaitMs?: number;
}

const defaults = { connectWaitMs: 2_000, answerWaitMs: 60_000 };
/** Requests sent and not answered; more are refused. */
const pendingMax = 1_024;
const retryMsMin = 20;
const retryMsMax = 500;

/**
 * A ledger in another process. It connects at the first request and again after a break; requests under way when the
 * connection breaks fail with LEDGER_UNAVAILABLE, and whether they took effect is unknown: every write is idempotent,
 * so they may be sent again. `close` closes the connection, not the ledger.
 */
export function connectLedger(socketPath: string, clock: Clock, options: ConnectOptions = {}): Ledger {
  const connection = new LedgerConnection(socketPath, clock, { ...defaults, ...options });
  const call =
    (method: RemoteMethod) =>
    (...args: readonly unknown[]) =>
      connection.request(method, args);
  const methods = Object.fromEntries(remoteMethods.map((method) => [method, call(method)]));
  return { ...methods, close: () => connection.close() } as unknown as Ledger;
}

interface Pending {
  resolve(value: unknown): void;
  reject(cause: BurnrateError): void;
  readonly timer: NodeJS.Timeout;
}

class LedgerConnection {
  readonly #socketPath: string;
  readonly #clock: Clock;
  readonly #options: Required<ConnectOptions>;
  readonly #pending = new Map<number, Pending>();
  #socket: Socket | null = null;
  #connecting: Promise<Socket> | null = null;
  #nextId = 1;
  #waiting = 0;
  #closed = false;

  constructor(socketPath: string, clock: Clock, options: Required<ConnectOptions>) {
    this.#socketPath = socketPath;
    this.#clock = clock;
    this.#options = options;
  }

  async request(method: RemoteMethod, args: readonly unknown[]): Promise<unknown> {
    if (this.#pending.size + this.#waiting >= pendingMax) throw unavailable('too many requests wait for the ledger');
    this.#waiting += 1;
    try {
      const socket = this.#socket ?? (await this.#connect());
      return this.#send(socket, method, args);
    } finally {
      this.#waiting -= 1;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#socket?.destroy();
    return Promise.resolve();
  }

  #send(socket: Socket, method: RemoteMethod, args: readonly unknown[]): Promise<unknown> {
    if (socket.destroyed) return Promise.reject(unavailable('the connection to the ledger broke'));
    const id = this.#nextId++;
    const frame = encodeFrame({ id, method, arguments: args } satisfies Request);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(unavailable(`the ledger did not answer ${method} in ${this.#options.answerWaitMs} ms`));
      }, this.#options.answerWaitMs);
      this.#pending.set(id, { resolve, reject, timer });
      socket.write(frame);
    });
  }

  /** All requests that wait share one effort to connect. */
  #connect(): Promise<Socket> {
    this.#connecting ??= this.#keepTrying().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #keepTrying(): Promise<Socket> {
    const deadlineMs = this.#clock.monotonicMs() + this.#options.connectWaitMs;
    for (let waitMs = retryMsMin; ; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      if (this.#closed) throw unavailable('the connection to the ledger is closed');
      try {
        return this.#adopt(await openSocket(this.#socketPath));
      } catch (cause) {
        if (this.#clock.monotonicMs() + waitMs > deadlineMs) throw unavailable('the ledger cannot be reached', cause);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  #adopt(socket: Socket): Socket {
    const reader = new FrameReader();
    this.#socket = socket;
    socket.on('data', (piece) => {
      try {
        for (const message of reader.push(piece)) this.#settle(message as Answer);
      } catch (cause) {
        socket.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#lose(socket));
    return socket;
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    // An answer that came after its request gave up waiting.
    if (!pending) return;
    this.#pending.delete(answer.id);
    clearTimeout(pending.timer);
    if ('error' in answer) pending.reject(fromSentError(answer.error));
    else pending.resolve(answer.value);
  }

  #lose(socket: Socket): void {
    if (this.#socket === socket) this.#socket = null;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(unavailable('the connection to the ledger broke'));
    }
    this.#pending.clear();
  }
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function unavailable(message: string, cause?: unknown): BurnrateError {
  return new BurnrateError('LEDGER_UNAVAILABLE', { message, cause, retryAfterMs: 500 });
}

import { connect, type Socket } from 'node:net';
import { BurnrateError, type Clock, type ErrorCode } from '../base/index.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { type Answer, fromSentError, type Request } from './protocol.ts';

export interface RemoteWaits {
  /** How long a request waits for a connection before it fails. */
  readonly connectWaitMs: number;
  /** How long a request waits for its answer before it fails. */
  readonly answerWaitMs: number;
}

export interface ConnectOptions extends RemoteWaits {
  /** What is on the other side, for messages. */
  readonly name: string;
  /** The code of every failure to reach it. */
  readonly unavailable: ErrorCode;
  /** Requests sent and not answered; more are refused. */
  readonly pendingMax?: number;
}

const pendingUsually = 1_024;
const retryMsMin = 20;
const retryMsMax = 500;

export interface RemoteConnection {
  /** @throws BurnrateError what the other side threw, or the code for what cannot be reached */
  request(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Closes the connection; requests under way fail. */
  close(): Promise<void>;
}

/**
 * Connects at the first request and again after a break; requests under way when the connection breaks fail, and
 * whether they took effect is unknown: ask only what may be asked again.
 */
export function connectRemote(socketPath: string, clock: Clock, options: ConnectOptions): RemoteConnection {
  return new SocketConnection(socketPath, clock, options);
}

interface Pending {
  resolve(value: unknown): void;
  reject(cause: BurnrateError): void;
  readonly timer: NodeJS.Timeout;
}

class SocketConnection implements RemoteConnection {
  readonly #socketPath: string;
  readonly #clock: Clock;
  readonly #options: ConnectOptions;
  readonly #pending = new Map<number, Pending>();
  #socket: Socket | null = null;
  #connecting: Promise<Socket> | null = null;
  #nextId = 1;
  #waiting = 0;
  #closed = false;

  constructor(socketPath: string, clock: Clock, options: ConnectOptions) {
    this.#socketPath = socketPath;
    this.#clock = clock;
    this.#options = options;
  }

  async request(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#pending.size + this.#waiting >= (this.#options.pendingMax ?? pendingUsually))
      throw this.#unavailable('too many requests wait');
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

  #send(socket: Socket, method: string, args: readonly unknown[]): Promise<unknown> {
    if (socket.destroyed) return Promise.reject(this.#unavailable('the connection broke'));
    const id = this.#nextId++;
    const frame = encodeFrame({ id, method, arguments: args } satisfies Request);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(this.#unavailable(`no answer to ${method} in ${this.#options.answerWaitMs} ms`));
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
      if (this.#closed) throw this.#unavailable('the connection is closed');
      try {
        return this.#adopt(await openSocket(this.#socketPath));
      } catch (cause) {
        if (this.#clock.monotonicMs() + waitMs > deadlineMs) throw this.#unavailable('it cannot be reached', cause);
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
      pending.reject(this.#unavailable('the connection broke'));
    }
    this.#pending.clear();
  }

  #unavailable(what: string, cause?: unknown): BurnrateError {
    const { name, unavailable } = this.#options;
    return new BurnrateError(unavailable, { message: `${name}: ${what}`, cause, retryAfterMs: 500 });
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

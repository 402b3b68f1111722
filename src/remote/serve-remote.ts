import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { BurnrateError, type ErrorCode } from '../base/index.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { type Answer, type Request, toSentError } from './protocol.ts';

/** What may be asked over the socket, by name. */
export type RemoteMethods = Readonly<Record<string, (...args: readonly never[]) => Promise<unknown>>>;

export interface RemoteServer {
  /** Stops listening and drops connections; what was served stays open. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly socketPath: string;
  /** For every connection alike, or made for each; `gone` tells when it is over. */
  readonly methods: RemoteMethods | ((gone: AbortSignal) => RemoteMethods);
  /** Tells a peer that asks too much at once; retried, it may be served. */
  readonly unavailable: ErrorCode;
  /** Requests of one connection answered at the same time; more are refused. */
  readonly requestsAtOnceMax?: number;
}

const requestsAtOnceUsually = 256;

/** Answers on a unix socket. Whoever may open the socket may ask everything: keep its folder private. */
export async function serveRemote(options: ServeOptions): Promise<RemoteServer> {
  const { socketPath } = options;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(options, socket);
  });
  // A killed predecessor leaves its socket file behind.
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serveConnection(options: ServeOptions, socket: Socket): void {
  const reader = new FrameReader();
  const gone = new AbortController();
  const methods = typeof options.methods === 'function' ? options.methods(gone.signal) : options.methods;
  const { requestsAtOnceMax = requestsAtOnceUsually } = options;
  let running = 0;
  const answer = async (request: Request) => {
    running += 1;
    const tooMany = running > requestsAtOnceMax;
    const frame = tooMany ? refusal(options, request, requestsAtOnceMax) : await perform(methods, request);
    running -= 1;
    if (!socket.destroyed) socket.write(frame);
  };
  // A peer that goes away is no error of ours; its requests end without a listener.
  socket.on('error', () => socket.destroy());
  socket.once('close', () => gone.abort());
  socket.on('data', (piece) => {
    try {
      for (const message of reader.push(piece)) void answer(message as Request);
    } catch {
      // After a damaged frame nothing that follows can be told apart; the peer reconnects.
      socket.destroy();
    }
  });
}

async function perform(methods: RemoteMethods, request: Request): Promise<Buffer> {
  try {
    const method = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    if (!method) throw new TypeError(`unknown method ${String(request.method)}`);
    const value = await method(...(request.arguments as readonly never[]));
    return encodeFrame({ id: request.id, value } satisfies Answer);
  } catch (cause) {
    return encodeFrame({ id: request.id, error: toSentError(cause) } satisfies Answer);
  }
}

function refusal({ unavailable }: ServeOptions, { id }: Request, requestsAtOnceMax: number): Buffer {
  const message = `more than ${requestsAtOnceMax} requests at once`;
  const error = toSentError(new BurnrateError(unavailable, { message, retryAfterMs: 500 }));
  return encodeFrame({ id, error } satisfies Answer);
}

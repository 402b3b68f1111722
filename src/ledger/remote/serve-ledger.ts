import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { BurnrateError } from '../../base/index.ts';
import type { Ledger } from '../ledger.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { type Answer, type Request, remoteMethods, toSentError } from './protocol.ts';

export interface LedgerServer {
  /** Stops listening and drops connections; the ledger itself stays open. */
  close(): Promise<void>;
}

/** Requests of one connection answered at the same time; more are refused. */
const requestsAtOnceMax = 256;

/** Answers for `ledger` on a unix socket. Whoever may open the socket may do everything: keep its folder private. */
export async function serveLedger(ledger: Ledger, socketPath: string): Promise<LedgerServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(ledger, socket);
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

function serveConnection(ledger: Ledger, socket: Socket): void {
  const reader = new FrameReader();
  let running = 0;
  const answer = async (request: Request) => {
    running += 1;
    const frame = running > requestsAtOnceMax ? refusal(request) : await perform(ledger, request);
    running -= 1;
    if (!socket.destroyed) socket.write(frame);
  };
  // A peer that goes away is no error of ours; its requests end without a listener.
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    try {
      for (const message of reader.push(piece)) void answer(message as Request);
    } catch {
      // After a damaged frame nothing that follows can be told apart; the peer reconnects.
      socket.destroy();
    }
  });
}

async function perform(ledger: Ledger, request: Request): Promise<Buffer> {
  try {
    if (!remoteMethods.includes(request.method)) throw new TypeError(`unknown method ${String(request.method)}`);
    const method = ledger[request.method] as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await method.apply(ledger, [...request.arguments]);
    return encodeFrame({ id: request.id, value } satisfies Answer);
  } catch (cause) {
    return encodeFrame({ id: request.id, error: toSentError(cause) } satisfies Answer);
  }
}

function refusal({ id }: Request): Buffer {
  const message = `more than ${requestsAtOnceMax} requests at once`;
  const error = toSentError(new BurnrateError('LEDGER_UNAVAILABLE', { message, retryAfterMs: 500 }));
  return encodeFrame({ id, error } satisfies Answer);
}

import type { Clock } from '../../base/index.ts';
import {
  connectRemote,
  type RemoteMethods,
  type RemoteServer,
  type RemoteWaits,
  serveRemote,
} from '../../remote/index.ts';
import type { Books } from '../books.ts';

/** What a gateway process asks of the books: keys and budgets as they change, and money; and what it tells them. */
export interface GatewayBooks {
  readonly keys: Pick<Books['keys'], 'findByHash' | 'changedSince'>;
  readonly budgets: Pick<Books['budgets'], 'changedSince' | 'exchange'>;
  readonly refusedCalls: Pick<Books['refusedCalls'], 'keep'>;
}

/** An exchange that takes longer has failed for its caller; the totals in the next one make up for it. */
const waits: RemoteWaits = { connectWaitMs: 2_000, answerWaitMs: 10_000 };

/** Answers for the books on a unix socket. Whoever may open the socket may ask: keep its folder private. */
export function serveBooks({ keys, budgets, refusedCalls }: GatewayBooks, socketPath: string): Promise<RemoteServer> {
  const methods: RemoteMethods = {
    'keys.findByHash': (hash: string) => keys.findByHash(hash),
    'keys.changedSince': (version: number, limit: number) => keys.changedSince(version, limit),
    'budgets.changedSince': (version: number, limit: number) => budgets.changedSince(version, limit),
    'budgets.exchange': (request: Parameters<typeof budgets.exchange>[0]) => budgets.exchange(request),
    'refusedCalls.keep': (refused: Parameters<typeof refusedCalls.keep>[0]) => refusedCalls.keep(refused),
  };
  return serveRemote({ socketPath, methods, unavailable: 'books_unavailable' });
}

/**
 * The books in another process, so that their commits, which wait for the disk, are on no data plane's event loop.
 * Every failure to reach them is `books_unavailable`; an exchange may be sent again, whether it took effect or not.
 */
export function connectBooks(
  socketPath: string,
  clock: Clock,
  options: Partial<RemoteWaits> = {},
): GatewayBooks & { close(): Promise<void> } {
  const named = { name: 'the books', unavailable: 'books_unavailable' } as const;
  const connection = connectRemote(socketPath, clock, { ...named, ...waits, ...options });
  const ask =
    <A extends readonly unknown[], R>(method: string) =>
    (...args: A): Promise<R> =>
      connection.request(method, args) as Promise<R>;
  return {
    keys: { findByHash: ask('keys.findByHash'), changedSince: ask('keys.changedSince') },
    budgets: { changedSince: ask('budgets.changedSince'), exchange: ask('budgets.exchange') },
    refusedCalls: { keep: ask('refusedCalls.keep') },
    close: () => connection.close(),
  };
}

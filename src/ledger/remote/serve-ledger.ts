import { type RemoteMethods, type RemoteServer, serveRemote } from '../../remote/index.ts';
import type { Ledger } from '../ledger.ts';
import { remoteMethods } from './protocol.ts';

/** Answers for `ledger` on a unix socket. Whoever may open the socket may do everything: keep its folder private. */
export function serveLedger(ledger: Ledger, socketPath: string): Promise<RemoteServer> {
  const methods = Object.fromEntries(
    remoteMethods.map((name) => [
      name,
      (...args: readonly unknown[]) => (ledger[name] as Ask).apply(ledger, [...args]),
    ]),
  ) as RemoteMethods;
  return serveRemote({ socketPath, methods, unavailable: 'LEDGER_UNAVAILABLE' });
}

type Ask = (...args: readonly unknown[]) => Promise<unknown>;

import type { Clock } from '../../base/index.ts';
import { connectRemote, type RemoteWaits } from '../../remote/index.ts';
import type { Ledger } from '../ledger.ts';
import { remoteMethods } from './protocol.ts';

const waits: RemoteWaits = { connectWaitMs: 2_000, answerWaitMs: 60_000 };

/**
 * A ledger in another process. Requests under way when the connection breaks fail with LEDGER_UNAVAILABLE, and whether
 * they took effect is unknown: every write is idempotent, so they may be sent again. `close` closes the connection, not
 * the ledger.
 */
export function connectLedger(socketPath: string, clock: Clock, options: Partial<RemoteWaits> = {}): Ledger {
  const named = { name: 'the ledger', unavailable: 'LEDGER_UNAVAILABLE' } as const;
  const connection = connectRemote(socketPath, clock, { ...named, ...waits, ...options });
  const call =
    (method: string) =>
    (...args: readonly unknown[]) =>
      connection.request(method, args);
  const methods = Object.fromEntries(remoteMethods.map((method) => [method, call(method)]));
  return { ...methods, close: () => connection.close() } as unknown as Ledger;
}

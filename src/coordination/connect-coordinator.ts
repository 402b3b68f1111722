import { BurnrateError, type Clock } from '../base/index.ts';
import type { CooldownDecision, VisibleLimit } from '../policy/index.ts';
import { connectRemote, type RemoteConnection, type RemoteWaits } from '../remote/index.ts';
import type {
  CallAttempt,
  Conversation,
  ConversationTold,
  Coordinator,
  IdempotentEnd,
  IdempotentState,
  PaceStep,
  RememberedCall,
} from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';
import type { Tell } from './tell.ts';

/** A client waits for these answers; a coordinator that takes longer refuses its call. */
const waits: RemoteWaits = { connectWaitMs: 1_000, answerWaitMs: 2_000 };

/**
 * The coordinator in another process, where several gateways ask the same one. A call that needs it and cannot reach it
 * is refused with `overloaded`.
 */
export function connectCoordinator(
  socketPath: string,
  clock: Clock,
  options: Partial<RemoteWaits> = {},
): Coordinator & { close(): Promise<void> } {
  const named = { name: 'the coordinator', unavailable: 'overloaded', pendingMax: limits.questionsAtOnceMax } as const;
  return new RemoteCoordinator(connectRemote(socketPath, clock, { ...named, ...waits, ...options }));
}

/** Not refused, but without an answer. */
const isLost = (cause: unknown): boolean => cause instanceof BurnrateError && cause.code === 'overloaded';

class RemoteCoordinator implements Coordinator {
  readonly #connection: RemoteConnection;
  #tells: Tell[] = [];
  #telling: Promise<void> | null = null;
  #closed = false;

  constructor(connection: RemoteConnection) {
    this.#connection = connection;
  }

  async takePaces(takeId: string, steps: readonly PaceStep[], tokens: number): Promise<readonly VisibleLimit[]> {
    try {
      return (await this.#connection.request('takePaces', [takeId, steps, tokens])) as readonly VisibleLimit[];
    } catch (cause) {
      // It may have been taken, with only the answer lost.
      if (isLost(cause)) this.endPaces(takeId, 0);
      throw cause;
    }
  }

  endPaces(takeId: string, tokens: number): void {
    this.#tell({ kind: 'paces', takeId, tokens });
  }

  takeTurn(key: string, gapMs: number): Promise<CooldownDecision> {
    return this.#connection.request('takeTurn', [key, gapMs]) as Promise<CooldownDecision>;
  }

  nextAttempt(key: string): Promise<CallAttempt | null> {
    return this.#connection.request('nextAttempt', [key]) as Promise<CallAttempt | null>;
  }

  rememberCall(key: string, call: RememberedCall): void {
    this.#tell({ kind: 'call', key, call });
  }

  joinConversation(key: string, told: ConversationTold): Promise<Conversation> {
    return this.#connection.request('joinConversation', [key, told]) as Promise<Conversation>;
  }

  touchConversation(key: string): void {
    this.#tell({ kind: 'conversation', key });
  }

  interactionCounted(key: string): Promise<boolean> {
    return this.#connection.request('interactionCounted', [key]) as Promise<boolean>;
  }

  noteInteraction(key: string, counted: boolean): void {
    this.#tell({ kind: 'interaction', key, counted });
  }

  /** A client may repeat itself as soon as it has its answer, before the other gateway's word of it has arrived. */
  async beginIdempotent(id: string, fingerprint: string): Promise<IdempotentState> {
    const known = await this.#askIdempotent(id, fingerprint);
    if (known.state !== 'running') return known;
    await new Promise((resolve) => setTimeout(resolve, limits.runningAgainMs));
    return this.#askIdempotent(id, fingerprint);
  }

  async #askIdempotent(id: string, fingerprint: string): Promise<IdempotentState> {
    try {
      return (await this.#connection.request('beginIdempotent', [id, fingerprint])) as IdempotentState;
    } catch (cause) {
      if (isLost(cause)) this.endIdempotent(id, { state: 'failed' });
      throw cause;
    }
  }

  endIdempotent(id: string, end: IdempotentEnd): void {
    this.#tell({ kind: 'idempotent', id, end });
  }

  /** What is being told now is told; the other side forgets what was under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#telling;
    await this.#connection.close();
  }

  #tell(tell: Tell): void {
    if (this.#tells.length >= limits.tellsKeptMax) this.#tells.shift();
    this.#tells.push(tell);
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = null;
    });
  }

  /** What is told within one turn travels together, in order. */
  async #tellAll(): Promise<void> {
    await Promise.resolve();
    while (this.#tells.length > 0 && !this.#closed) {
      const some = this.#tells.splice(0, limits.tellsAtOnceMax);
      try {
        await this.#connection.request('tell', [some]);
      } catch {
        this.#tells.unshift(...some);
        // The other side forgets what was under way on a broken connection; what it did not get is told again.
        await new Promise((resolve) => setTimeout(resolve, limits.tellAgainMs).unref());
      }
    }
  }
}

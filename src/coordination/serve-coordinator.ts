import { type RemoteMethods, type RemoteServer, serveRemote } from '../remote/index.ts';
import type { ConversationTold, PaceStep } from './coordinator.ts';
import { coordinationLimits } from './limits.ts';
import type { LocalCoordinator } from './local-coordinator.ts';
import type { Tell } from './tell.ts';

/** Answers several gateways on a unix socket. Whoever may open the socket may ask: keep its folder private. */
export function serveCoordinator(coordinator: LocalCoordinator, socketPath: string): Promise<RemoteServer> {
  const methods = (gone: AbortSignal) => methodsOf(new Peer(coordinator), gone);
  return serveRemote({
    socketPath,
    methods,
    unavailable: 'overloaded',
    // Answers are made at once, so what comes in one piece is only short work.
    requestsAtOnceMax: coordinationLimits.questionsAtOnceMax,
  });
}

function methodsOf(peer: Peer, gone: AbortSignal): RemoteMethods {
  gone.addEventListener('abort', () => peer.abandon());
  const { coordinator } = peer;
  return {
    takePaces: async (takeId: string, steps: readonly PaceStep[], tokens: number) =>
      peer.takePaces(takeId, steps, tokens),
    takeTurn: async (key: string, gapMs: number) => coordinator.takeTurn(key, gapMs),
    nextAttempt: async (key: string) => coordinator.nextAttempt(key),
    joinConversation: async (key: string, told: ConversationTold) => coordinator.joinConversation(key, told),
    interactionCounted: async (key: string) => coordinator.interactionCounted(key),
    beginIdempotent: async (id: string, fingerprint: string) => peer.beginIdempotent(id, fingerprint),
    tell: async (tells: readonly Tell[]) => {
      for (const tell of tells) peer.hear(tell);
    },
  };
}

/** One gateway, and what it has under way: if it dies, its calls are over. */
class Peer {
  readonly coordinator: LocalCoordinator;
  readonly #takes = new Set<string>();
  readonly #answering = new Set<string>();

  constructor(coordinator: LocalCoordinator) {
    this.coordinator = coordinator;
  }

  takePaces(takeId: string, steps: readonly PaceStep[], tokens: number) {
    const visible = this.coordinator.takePaces(takeId, steps, tokens);
    this.#takes.add(takeId);
    return visible;
  }

  beginIdempotent(id: string, fingerprint: string) {
    const known = this.coordinator.beginIdempotent(id, fingerprint);
    if (known.state === 'first') this.#answering.add(id);
    return known;
  }

  hear(tell: Tell): void {
    switch (tell.kind) {
      case 'paces':
        this.#takes.delete(tell.takeId);
        this.coordinator.endPaces(tell.takeId, tell.tokens);
        break;
      case 'call':
        this.coordinator.rememberCall(tell.key, tell.call);
        break;
      case 'conversation':
        this.coordinator.touchConversation(tell.key);
        break;
      case 'interaction':
        this.coordinator.noteInteraction(tell.key, tell.counted);
        break;
      case 'idempotent':
        // Who only lost the answer to its question may think it is the first.
        if (this.#answering.delete(tell.id)) this.coordinator.endIdempotent(tell.id, tell.end);
        break;
      default:
        tell satisfies never;
    }
  }

  abandon(): void {
    for (const takeId of this.#takes) this.coordinator.abandonPaces(takeId);
    for (const id of this.#answering) this.coordinator.endIdempotent(id, { state: 'failed' });
  }
}

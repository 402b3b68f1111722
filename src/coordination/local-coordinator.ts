import { type Clock, type IdSource, Recent } from '../base/index.ts';
import { type CooldownDecision, cooldownFor, type VisibleLimit } from '../policy/index.ts';
import { AnswerKeeper } from './answer-keeper.ts';
import { CallKeeper } from './call-keeper.ts';
import { ConversationKeeper } from './conversation-keeper.ts';
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
import { PaceKeeper } from './pace-keeper.ts';

/** Keeps what gateways agree on in this process: the only gateway's, or the one that several ask. */
export class LocalCoordinator implements Coordinator {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #paces = new PaceKeeper();
  readonly #answers = new AnswerKeeper();
  readonly #calls = new CallKeeper();
  readonly #conversations: ConversationKeeper;
  readonly #turns = new Recent<number>(limits.pacesMax);
  readonly #interactions = new Recent<true>(limits.rememberedInteractions);

  constructor(clock: Pick<Clock, 'monotonicMs'>, ids: IdSource) {
    this.#clock = clock;
    this.#conversations = new ConversationKeeper(ids);
  }

  takePaces(takeId: string, steps: readonly PaceStep[], tokens: number): readonly VisibleLimit[] {
    return this.#paces.take(takeId, steps, tokens, this.#clock.monotonicMs());
  }

  endPaces(takeId: string, tokens: number): void {
    this.#paces.end(takeId, tokens, this.#clock.monotonicMs());
  }

  /** Its gateway is gone: the call is no longer in flight, and what it used stays as estimated. */
  abandonPaces(takeId: string): void {
    this.#paces.end(takeId, null, this.#clock.monotonicMs());
  }

  takeTurn(key: string, gapMs: number): CooldownDecision {
    const nowMs = this.#clock.monotonicMs();
    const decision = cooldownFor(gapMs, this.#turns.get(key) ?? null, nowMs);
    if (decision.ok) this.#turns.set(key, nowMs);
    return decision;
  }

  nextAttempt(key: string): CallAttempt | null {
    return this.#calls.nextAttempt(key, this.#clock.monotonicMs());
  }

  rememberCall(key: string, call: RememberedCall): void {
    this.#calls.remember(key, call, this.#clock.monotonicMs());
  }

  joinConversation(key: string, told: ConversationTold): Conversation {
    return this.#conversations.join(key, told, this.#clock.monotonicMs());
  }

  touchConversation(key: string): void {
    this.#conversations.touch(key, this.#clock.monotonicMs());
  }

  interactionCounted(key: string): boolean {
    return this.#interactions.get(key) ?? false;
  }

  noteInteraction(key: string, counted: boolean): void {
    if (counted) this.#interactions.set(key, true);
    else this.#interactions.delete(key);
  }

  beginIdempotent(id: string, fingerprint: string): IdempotentState {
    return this.#answers.begin(id, fingerprint, this.#clock.monotonicMs());
  }

  endIdempotent(id: string, end: IdempotentEnd): void {
    this.#answers.end(id, end);
  }
}

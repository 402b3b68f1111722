import { type Clock, Recent } from '../base/index.ts';
import { type CooldownDecision, cooldownFor, type VisibleLimit } from '../policy/index.ts';
import { AnswerKeeper } from './answer-keeper.ts';
import type { Coordinator, IdempotentEnd, IdempotentState, PaceStep } from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';
import { PaceKeeper } from './pace-keeper.ts';

/** Keeps what gateways agree on in this process: the only gateway's, or the one that several ask. */
export class LocalCoordinator implements Coordinator {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #paces = new PaceKeeper();
  readonly #answers = new AnswerKeeper();
  readonly #turns = new Recent<number>(limits.pacesMax);
  readonly #interactions = new Recent<true>(limits.rememberedInteractions);

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
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

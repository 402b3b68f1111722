import { Recent } from '../base/index.ts';
import type { CallAttempt, RememberedCall } from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';

interface Kept extends CallAttempt {
  readonly atMs: number;
}

/** Remembers calls, so that a client's retry joins the call it repeats. */
export class CallKeeper {
  readonly #calls = new Recent<Kept>(limits.rememberedCalls);

  remember(key: string, call: RememberedCall, nowMs: number): void {
    this.#calls.set(key, { call, attemptNumber: 1, atMs: nowMs });
  }

  /** The next attempt of the call; null when none was seen within `retryWindowMs`. */
  nextAttempt(key: string, nowMs: number): CallAttempt | null {
    const known = this.#calls.get(key);
    if (!known || nowMs - known.atMs > limits.retryWindowMs) return null;
    const next = { call: known.call, attemptNumber: known.attemptNumber + 1 };
    this.#calls.set(key, { ...next, atMs: nowMs });
    return next;
  }
}

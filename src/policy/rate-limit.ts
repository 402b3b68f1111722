import type { Scope, ScopeDimension } from '../tree/index.ts';

/** A rate as its limit states it: `count` per `perMs` milliseconds. */
export interface RateRule {
  readonly count: number;
  readonly perMs: number;
}

/** A limit on the pace of calls, counted for each instance of what it is per. */
export interface LimitRule {
  readonly name: string;
  readonly scope: Scope;
  readonly per: readonly ScopeDimension[];
  /** Null where the limit does not count this. */
  readonly requests: RateRule | null;
  /** Input and output together. */
  readonly tokens: RateRule | null;
  /** Calls in flight at once. */
  readonly concurrent: number | null;
  /** Pause after it was exceeded, ms; 0 is none. */
  readonly cooldownMs: number;
}

/**
 * The state of one limiter: the theoretical arrival time of the generic cell rate algorithm, monotonic ms. A limiter
 * never used stands at 0.
 */
export interface RateState {
  readonly arrivalMs: number;
}

export type RateDecision =
  | { readonly ok: true; readonly state: RateState; readonly remaining: number; readonly resetMs: number }
  | { readonly ok: false; readonly state: RateState; readonly remaining: number; readonly retryAfterMs: number };

/**
 * Takes `cost` cells from a bucket of `count` that refills evenly over `perMs` (GCRA, ITU-T I.371). A cost above the
 * whole bucket passes when the bucket is full and is paid off afterwards, so that large calls are slowed, not barred.
 */
export function takeRate(rule: RateRule, state: RateState | null, cost: number, nowMs: number): RateDecision {
  const perCellMs = rule.perMs / rule.count;
  const arrivalMs = Math.max(state?.arrivalMs ?? nowMs, nowMs);
  const nextMs = arrivalMs + cost * perCellMs;
  const charged = Math.min(cost, rule.count) * perCellMs;
  const waitMs = arrivalMs + charged - rule.perMs - nowMs;
  // Sums of fractions may miss the edge of the bucket by less than a microsecond.
  if (waitMs > 1e-3) {
    const remaining = cellsLeft(rule, arrivalMs, nowMs);
    return { ok: false, state: { arrivalMs }, remaining, retryAfterMs: Math.ceil(waitMs) };
  }
  return {
    ok: true,
    state: { arrivalMs: nextMs },
    remaining: cellsLeft(rule, nextMs, nowMs),
    resetMs: Math.max(0, nextMs - nowMs),
  };
}

/** Corrects an earlier take once the true cost is known (tokens): more is charged, less is given back. */
export function correctRate(rule: RateRule, state: RateState, difference: number, nowMs: number): RateState {
  const arrivalMs = state.arrivalMs + difference * (rule.perMs / rule.count);
  return { arrivalMs: Math.max(arrivalMs, nowMs) };
}

function cellsLeft(rule: RateRule, arrivalMs: number, nowMs: number): number {
  const left = ((rule.perMs - (arrivalMs - nowMs)) * rule.count) / rule.perMs;
  return Math.max(0, Math.floor(left + 1e-6));
}

/** True when a state says no more than a fresh one: it can be forgotten. */
export function rateIdle(state: RateState, nowMs: number): boolean {
  return state.arrivalMs <= nowMs;
}

import { BurnrateError } from '../base/index.ts';
import {
  correctRate,
  type LimitRule,
  type RateRule,
  type RateState,
  rateIdle,
  takeRate,
  type VisibleLimit,
} from '../policy/index.ts';
import type { PaceStep } from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';

/** Where one instance of a limit stands. */
interface Pace {
  requests: RateState | null;
  tokens: RateState | null;
  inFlight: number;
  cooldownUntilMs: number;
}

interface Step {
  readonly rule: LimitRule;
  readonly pace: Pace;
}

/** What a call took of its limits. */
interface Take {
  readonly steps: readonly Step[];
  readonly tokens: number;
}

/** Limits on requests, tokens and concurrency. A call takes of all of its limits or of none. */
export class PaceKeeper {
  readonly #paces = new Map<string, Pace>();
  readonly #takes = new Map<string, Take>();

  /** @throws BurnrateError rate_limited, cooldown */
  take(takeId: string, asked: readonly PaceStep[], tokens: number, nowMs: number): readonly VisibleLimit[] {
    const steps = asked.map(({ rule, instance }) => ({
      rule,
      pace: this.#pace(`${rule.name}\u0000${instance}`, nowMs),
    }));
    for (const step of steps) check(step, tokens, nowMs);
    this.#takes.set(takeId, { steps, tokens });
    return steps.flatMap((step) => commit(step, tokens, nowMs));
  }

  /** @param tokens what the call really used; null when nobody knows, and the estimate stays */
  end(takeId: string, tokens: number | null, nowMs: number): void {
    const taken = this.#takes.get(takeId);
    if (!taken) return;
    this.#takes.delete(takeId);
    for (const { rule, pace } of taken.steps) {
      pace.inFlight -= 1;
      if (tokens === null || !rule.tokens || rule.tokens.count === 0 || !pace.tokens) continue;
      pace.tokens = correctRate(rule.tokens, pace.tokens, tokens - taken.tokens, nowMs);
    }
  }

  #pace(key: string, nowMs: number): Pace {
    const known = this.#paces.get(key);
    if (known) return known;
    if (this.#paces.size >= limits.pacesMax) this.#makeRoom(nowMs);
    const pace = { requests: null, tokens: null, inFlight: 0, cooldownUntilMs: 0 };
    this.#paces.set(key, pace);
    return pace;
  }

  #makeRoom(nowMs: number): void {
    for (const [key, pace] of this.#paces) if (isIdle(pace, nowMs)) this.#paces.delete(key);
    if (this.#paces.size < limits.pacesMax) return;
    const oldest = this.#paces.keys().next();
    if (!oldest.done) this.#paces.delete(oldest.value);
  }
}

function isIdle(pace: Pace, nowMs: number): boolean {
  const quiet = (state: RateState | null) => state === null || rateIdle(state, nowMs);
  return pace.inFlight === 0 && pace.cooldownUntilMs <= nowMs && quiet(pace.requests) && quiet(pace.tokens);
}

/** @throws BurnrateError rate_limited, cooldown */
function check({ rule, pace }: Step, tokens: number, nowMs: number): void {
  if (pace.cooldownUntilMs > nowMs) {
    const retryAfterMs = Math.ceil(pace.cooldownUntilMs - nowMs);
    const message = `The limit "${rule.name}" was exceeded and cools down.`;
    throw new BurnrateError('cooldown', { message, retryAfterMs, facts: { limit: rule.name } });
  }
  if (rule.concurrent !== null && pace.inFlight >= rule.concurrent) {
    refuse(rule, pace, `${rule.concurrent} calls in flight at once`, limits.contendedRetryAfterMs, nowMs);
  }
  checkRate(rule, pace, rule.requests, pace.requests, 1, 'requests', nowMs);
  checkRate(rule, pace, rule.tokens, pace.tokens, tokens, 'tokens', nowMs);
}

function checkRate(
  rule: LimitRule,
  pace: Pace,
  rate: RateRule | null,
  state: RateState | null,
  cost: number,
  unit: string,
  nowMs: number,
): void {
  if (!rate) return;
  const decision = rate.count > 0 ? takeRate(rate, state, cost, nowMs) : { ok: false, retryAfterMs: rate.perMs };
  if (decision.ok) return;
  const retryAfterMs = 'retryAfterMs' in decision ? decision.retryAfterMs : rate.perMs;
  refuse(rule, pace, `${rate.count} ${unit} per ${rate.perMs / 1000} s`, retryAfterMs, nowMs);
}

function refuse(rule: LimitRule, pace: Pace, allowed: string, retryAfterMs: number, nowMs: number): never {
  if (rule.cooldownMs > 0) pace.cooldownUntilMs = nowMs + rule.cooldownMs;
  throw new BurnrateError('rate_limited', {
    message: `The limit "${rule.name}" allows ${allowed}.`,
    retryAfterMs: Math.max(retryAfterMs, rule.cooldownMs),
    facts: { limit: rule.name },
  });
}

/** Takes what was checked, and says how the limits stand then. */
function commit({ rule, pace }: Step, tokens: number, nowMs: number): VisibleLimit[] {
  pace.inFlight += 1;
  const visible: VisibleLimit[] = [];
  const { name } = rule;
  if (rule.requests && rule.requests.count > 0) {
    const taken = takeRate(rule.requests, pace.requests, 1, nowMs);
    pace.requests = taken.state;
    visible.push(visibleRate(name, rule.requests, taken.remaining, taken.state, nowMs, 'requests'));
  }
  if (rule.tokens && rule.tokens.count > 0) {
    const taken = takeRate(rule.tokens, pace.tokens, tokens, nowMs);
    pace.tokens = taken.state;
    visible.push(visibleRate(`${name}-tokens`, rule.tokens, taken.remaining, taken.state, nowMs, 'tokens'));
  }
  if (rule.concurrent !== null) {
    const remaining = rule.concurrent - pace.inFlight;
    const fixed = { quota: rule.concurrent, windowMs: 0, resetMs: 0, unit: 'concurrent-requests' } as const;
    visible.push({ name: `${name}-concurrent`, remaining, ...fixed });
  }
  return visible;
}

function visibleRate(
  name: string,
  rate: RateRule,
  remaining: number,
  state: RateState,
  nowMs: number,
  unit: 'requests' | 'tokens',
): VisibleLimit {
  const resetMs = Math.max(0, state.arrivalMs - nowMs);
  return { name, quota: rate.count, remaining, windowMs: rate.perMs, resetMs, unit };
}

import type { WireKind } from './emulator-types.ts';
import type { Profile } from './profile.ts';

/** What is left of a provider's limits after admission, for its rate-limit headers. */
export interface LimitState {
  readonly ok: boolean;
  /** Which limit refused, when `ok` is false. */
  readonly limit: 'requests' | 'tokens' | 'concurrent' | null;
  readonly retryAfterSeconds: number;
  readonly requestsLeft: number | null;
  readonly tokensLeft: number | null;
}

interface Level {
  left: number;
  atMs: number;
}

/** Requests and tokens per minute by provider and model, refilled continuously, as the providers do. */
export class Limiter {
  readonly #levels = new Map<string, Level>();
  readonly #levelsMax = 4_000;

  admit(kind: WireKind, model: string, profile: Profile, tokens: number, inFlight: number, nowMs: number): LimitState {
    const { requestsPerMinute, tokensPerMinute, concurrent } = profile.limits;
    if (concurrent !== undefined && inFlight > concurrent)
      return { ok: false, limit: 'concurrent', retryAfterSeconds: 1, requestsLeft: null, tokensLeft: null };
    const requests = this.#level(`${kind}/${model}/requests`, requestsPerMinute, nowMs);
    const budget = this.#level(`${kind}/${model}/tokens`, tokensPerMinute, nowMs);
    if (requests && requestsPerMinute && requests.left < 1)
      return refusal('requests', 1 - requests.left, requestsPerMinute);
    // A request larger than a whole minute's tokens is admitted when the minute is untouched, else it could never run.
    const need = Math.min(tokens, tokensPerMinute ?? 0);
    if (budget && tokensPerMinute && budget.left < need) return refusal('tokens', need - budget.left, tokensPerMinute);
    if (requests) requests.left -= 1;
    if (budget) budget.left -= tokens;
    return {
      ok: true,
      limit: null,
      retryAfterSeconds: 0,
      requestsLeft: requests ? Math.floor(requests.left) : null,
      tokensLeft: budget ? Math.max(0, Math.floor(budget.left)) : null,
    };
  }

  clear(): void {
    this.#levels.clear();
  }

  #level(key: string, perMinute: number | undefined, nowMs: number): Level | null {
    if (perMinute === undefined) return null;
    const level = this.#levels.get(key) ?? { left: perMinute, atMs: nowMs };
    const refill = (Math.max(0, nowMs - level.atMs) * perMinute) / 60_000;
    level.left = Math.min(perMinute, level.left + refill);
    level.atMs = nowMs;
    if (this.#levels.size < this.#levelsMax) this.#levels.set(key, level);
    return level;
  }
}

function refusal(limit: 'requests' | 'tokens', missing: number, perMinute: number): LimitState {
  const retryAfterSeconds = Math.max(1, Math.ceil((missing * 60) / perMinute));
  return { ok: false, limit, retryAfterSeconds, requestsLeft: 0, tokensLeft: limit === 'tokens' ? 0 : null };
}

import { fromPicos, type Usd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import { type Attempt, inputTokensOf, type Usage } from '../../tree/index.ts';
import type { SavedAt } from '../sampling/block-interval.ts';
import { trimmable, withOutputAtMost, withoutInput, withPrefixCached } from './changed-usage.ts';
import type { StagePolicy } from './policy.ts';

/** What a policy would have done, beside money. Each is a reason to look before it is adopted. */
export interface PolicyEffects {
  /** Calls answered from the cache. */
  cacheHits: number;
  /** Retries that would not have been sent, and of them those that had succeeded. */
  retriesDropped: number;
  answersLost: number;
  /** Attempts whose input or output would have been cut. */
  inputsTrimmed: number;
  outputsCut: number;
  /** Attempts another model or tier would have answered. */
  modelsSwapped: number;
  tiersSwapped: number;
  prefixHits: number;
  /** Attempts left at what they cost, because the new price is not known. */
  unpriced: number;
}

/** Providers read a prompt's beginning from their cache from about this length on. */
const prefixTokensMin = 1_024;
/** Requests and prefixes remembered; the oldest are forgotten first. */
const rememberedMax = 200_000;

/** Goes through history in its order and prices it under another policy. */
export class PolicyReplay {
  readonly effects: PolicyEffects = {
    ...{ cacheHits: 0, retriesDropped: 0, answersLost: 0, inputsTrimmed: 0, outputsCut: 0 },
    ...{ modelsSwapped: 0, tiersSwapped: 0, prefixHits: 0, unpriced: 0 },
  };
  /** What each attempt would have saved, and when, in their order. */
  readonly savedAt: SavedAt[] = [];
  readonly runs = new Set<string>();
  recorded = 0n;
  #saved = 0n;
  readonly #policies: ReadonlyMap<string, StagePolicy>;
  readonly #prices: PriceBook;
  readonly #answers = new Map<string, { readonly fromMs: number; readonly untilMs: number }>();
  readonly #answered = new Set<string>();
  readonly #prefixes = new Map<string, number>();

  constructor(policies: readonly StagePolicy[], prices: PriceBook) {
    this.#policies = new Map(policies.map((policy) => [keyOf(policy), policy]));
    this.#prices = prices;
  }

  /** Attempts must come in the order they began. */
  take(attempt: Attempt): void {
    const policy = this.#policies.get(keyOf(attempt));
    if (!policy || attempt.cost === null) return;
    const recorded = attempt.cost.picos;
    const saved = recorded - this.#costUnder(policy, attempt, attempt.cost).picos;
    this.recorded += recorded;
    this.#saved += saved;
    this.runs.add(attempt.run);
    this.savedAt.push({ atMs: attempt.startedAtMs, saved: Number(saved), recorded: Number(recorded) });
  }

  get saved(): Usd {
    return fromPicos(this.#saved);
  }

  #costUnder(policy: StagePolicy, attempt: Attempt, recorded: Usd): Usd {
    if (this.#fromCache(policy, attempt) || this.#dropped(policy, attempt)) return fromPicos(0n);
    const usage = this.#usageUnder(policy, attempt);
    const provider = policy.model?.provider ?? attempt.provider;
    const model = policy.model?.model ?? attempt.modelServed;
    const tier = policy.tier ?? attempt.tier;
    const swapped = provider !== attempt.provider || model !== attempt.modelServed;
    if (usage === attempt.usage && !swapped && tier === attempt.tier) return recorded;
    const { cost } = this.#prices.price({ provider, model, tier, usage, atMs: attempt.startedAtMs });
    if (cost === null) {
      this.effects.unpriced += 1;
      return recorded;
    }
    if (swapped) this.effects.modelsSwapped += 1;
    if (tier !== attempt.tier) this.effects.tiersSwapped += 1;
    return cost;
  }

  /** Whether an equal request was answered before, finished by then and still fresh. */
  #fromCache({ cacheTtlMs }: StagePolicy, attempt: Attempt): boolean {
    if (cacheTtlMs === undefined || attempt.fingerprint === '') return false;
    if (this.#answered.has(attempt.callId)) return true;
    const key = JSON.stringify([keyOf(attempt), attempt.customer ?? '', attempt.fingerprint]);
    const known = this.#answers.get(key);
    if (known && known.fromMs <= attempt.startedAtMs && attempt.startedAtMs < known.untilMs) {
      this.effects.cacheHits += 1;
      this.#answered.add(attempt.callId);
      return true;
    }
    const endMs = attempt.startedAtMs + attempt.durationMs;
    if (attempt.failure === null) remember(this.#answers, key, { fromMs: endMs, untilMs: endMs + cacheTtlMs });
    return false;
  }

  #dropped({ retries }: StagePolicy, attempt: Attempt): boolean {
    if (retries === undefined || attempt.reason !== 'retry' || attempt.attemptNumber - 1 <= retries) return false;
    this.effects.retriesDropped += 1;
    if (attempt.failure === null) this.effects.answersLost += 1;
    return true;
  }

  #usageUnder(policy: StagePolicy, attempt: Attempt): Usage {
    let { usage } = attempt;
    const cut = policy.maxInputTokens === undefined ? 0 : trimmable(attempt, policy.maxInputTokens);
    if (cut > 0) {
      this.effects.inputsTrimmed += 1;
      usage = withoutInput(usage, cut);
    }
    if (policy.maxOutputTokens !== undefined && (usage.output ?? 0) > policy.maxOutputTokens) {
      this.effects.outputsCut += 1;
      usage = withOutputAtMost(usage, policy.maxOutputTokens);
    }
    return this.#prefixUnder(policy, attempt, usage);
  }

  #prefixUnder({ prefixCacheTtlMs }: StagePolicy, attempt: Attempt, usage: Usage): Usage {
    const hashes = attempt.prefixHashes;
    if (prefixCacheTtlMs === undefined || hashes.length === 0) return usage;
    const keys = hashes.map((hash) => `${attempt.provider}/${attempt.modelServed}/${hash}`);
    const isSeen = (key: string) => (this.#prefixes.get(key) ?? -Infinity) >= attempt.startedAtMs - prefixCacheTtlMs;
    const unseen = keys.findIndex((key) => !isSeen(key));
    const shared = unseen === -1 ? keys.length : unseen;
    for (const key of keys) remember(this.#prefixes, key, attempt.startedAtMs);
    const tokens = Math.floor((inputTokensOf(usage) * shared) / keys.length);
    if (tokens < prefixTokensMin) return usage;
    this.effects.prefixHits += 1;
    return withPrefixCached(usage, tokens);
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > rememberedMax ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

function keyOf({ workflow, stage }: { readonly workflow?: string; readonly stage?: string }): string {
  return JSON.stringify([workflow ?? '', stage ?? '']);
}

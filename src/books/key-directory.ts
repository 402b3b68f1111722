import { BurnrateError, type Clock } from '../base/index.ts';
import { hashSecret, secretPrefix } from './key-secret.ts';
import type { KeyBooks, KeyRecord } from './keys.ts';

/** Bounds of the directory; every one can be lowered in tests. */
export interface KeyDirectoryLimits {
  readonly keysMax: number;
  /** How many unknown hashes are remembered, and for how long. */
  readonly missesMax: number;
  readonly missMs: number;
  /** How often changes are fetched, and after how long without a fetch known keys stop being believed. */
  readonly refreshMs: number;
  readonly staleMsMax: number;
  /** Look-ups of unknown keys that may wait on the books at once; one more is told to come back. */
  readonly lookUpsMax: number;
}

export const keyDirectoryLimits: KeyDirectoryLimits = {
  keysMax: 100_000,
  missesMax: 10_000,
  missMs: 2_000,
  refreshMs: 1_000,
  staleMsMax: 300_000,
  lookUpsMax: 16,
};

const changesPerFetch = 1_000;

/** A bounded copy of the keys in memory, for the path every call takes. */
export interface KeyDirectory {
  /** The key of a secret if it is known here and not revoked; no I/O. Null says "not known here": ask `lookUp` next. */
  identify(secret: string): KeyRecord | null;
  /**
   * Asks the books for a secret that is not known here; repeated questions for wrong secrets are answered from memory.
   * @throws BurnrateError books_unavailable, or overloaded when too many look-ups wait
   */
  lookUp(secret: string): Promise<KeyRecord | null>;
  /** Fetches what changed; a timer calls it every `refreshMs`. */
  refresh(): Promise<void>;
  /** Refreshes that failed since the start, for metrics. */
  readonly refreshFailures: number;
  close(): void;
}

/** @param books only reads are made */
export function keyDirectory(
  books: Pick<KeyBooks, 'findByHash' | 'changedSince'>,
  clock: Clock,
  limits: KeyDirectoryLimits = keyDirectoryLimits,
): KeyDirectory {
  const directory = new CachedKeys(books, clock, limits);
  const timer = setInterval(() => void directory.refresh().catch(() => directory.noteFailure()), limits.refreshMs);
  timer.unref();
  return {
    identify: (secret) => directory.identify(secret),
    lookUp: (secret) => directory.lookUp(secret),
    refresh: () => directory.refresh(),
    get refreshFailures() {
      return directory.refreshFailures;
    },
    close: () => clearInterval(timer),
  };
}

class CachedKeys {
  readonly #books: Pick<KeyBooks, 'findByHash' | 'changedSince'>;
  readonly #clock: Clock;
  readonly #limits: KeyDirectoryLimits;
  readonly #known = new Map<string, KeyRecord>();
  /** Hash to the monotonic time until which the miss is believed. */
  readonly #misses = new Map<string, number>();
  readonly #pending = new Map<string, Promise<KeyRecord | null>>();
  #refreshing: Promise<void> | null = null;
  refreshFailures = 0;
  #version = 0;
  #freshAtMs: number;

  constructor(books: Pick<KeyBooks, 'findByHash' | 'changedSince'>, clock: Clock, limits: KeyDirectoryLimits) {
    this.#books = books;
    this.#clock = clock;
    this.#limits = limits;
    this.#freshAtMs = clock.monotonicMs();
  }

  identify(secret: string): KeyRecord | null {
    if (!secret.startsWith(secretPrefix)) return null;
    if (this.#clock.monotonicMs() - this.#freshAtMs > this.#limits.staleMsMax) return null;
    const key = this.#known.get(hashSecret(secret));
    return key && key.revokedAtMs === null ? key : null;
  }

  async lookUp(secret: string): Promise<KeyRecord | null> {
    if (!secret.startsWith(secretPrefix)) return null;
    const hash = hashSecret(secret);
    if ((this.#misses.get(hash) ?? 0) > this.#clock.monotonicMs()) return null;
    const key = await (this.#pending.get(hash) ?? this.#ask(hash));
    return key && key.revokedAtMs === null ? key : null;
  }

  #ask(hash: string): Promise<KeyRecord | null> {
    if (this.#pending.size >= this.#limits.lookUpsMax) {
      throw new BurnrateError('overloaded', { message: 'too many unknown keys at once', retryAfterMs: 1_000 });
    }
    const answer = this.#books
      .findByHash(hash)
      .then((key) => this.#remember(hash, key))
      .finally(() => this.#pending.delete(hash));
    this.#pending.set(hash, answer);
    return answer;
  }

  #remember(hash: string, key: KeyRecord | null): KeyRecord | null {
    if (key) this.#learn(key);
    if (!key || key.revokedAtMs !== null) this.#noteMiss(hash);
    return key;
  }

  #learn(key: KeyRecord): void {
    const known = this.#known.get(key.hash);
    // An answer that was under way while a newer change arrived must not bring a revoked key back.
    if (known && known.version > key.version) return;
    this.#known.delete(key.hash);
    this.#known.set(key.hash, key);
    evictOldest(this.#known, this.#limits.keysMax);
  }

  #noteMiss(hash: string): void {
    this.#misses.delete(hash);
    this.#misses.set(hash, this.#clock.monotonicMs() + this.#limits.missMs);
    evictOldest(this.#misses, this.#limits.missesMax);
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#fetchChanges().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #fetchChanges(): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    for (let more = true; more; ) {
      const changed = await this.#books.changedSince(this.#version, changesPerFetch);
      for (const key of changed) {
        this.#learn(key);
        this.#misses.delete(key.hash);
        this.#version = key.version;
      }
      more = changed.length === changesPerFetch;
    }
    this.#freshAtMs = startedMs;
  }

  /** The timer tries again, and `staleMsMax` bounds how long keys are believed meanwhile. */
  noteFailure(): void {
    this.refreshFailures += 1;
  }
}

function evictOldest<K, V>(map: Map<K, V>, sizeMax: number): void {
  while (map.size > sizeMax) {
    const oldest = map.keys().next();
    if (oldest.done) return;
    map.delete(oldest.value);
  }
}

import { blockTokens, type PromptMark, type PromptScan } from './prompt-scan.ts';

/** Shorter prefixes are not cached, as at the real providers. */
const cachedTokensMin = 1_024;
/** A breakpoint finds prefixes written up to this many blocks before it. */
const lookBackMarks = 20;

export type CacheTtl = '5m' | '1h';

/** A place the client asked to cache up to; `ttl` null marks a mere block border, where an older entry may be found. */
export interface CacheMark extends PromptMark {
  readonly ttl: CacheTtl | null;
}

export interface MarkedUse {
  readonly readTokens: number;
  readonly written5mTokens: number;
  readonly written1hTokens: number;
}

/** Which prompt prefixes the provider still remembers; bounded, least recently used first out. */
export class PrefixCache {
  readonly #expiry = new Map<number, number>();
  readonly #entriesMax: number;
  readonly #ttlMs: number;

  constructor(entriesMax: number, ttlMs: number) {
    this.#entriesMax = entriesMax;
    this.#ttlMs = ttlMs;
  }

  /** Automatic caching in steps of 128 tokens from 1,024 on: returns the tokens read from cache and remembers the prompt. */
  use(scan: PromptScan, nowMs: number): number {
    const first = cachedTokensMin / blockTokens - 1;
    let hit = scan.blocks.length - 1;
    while (hit >= first && !this.#fresh(scan.blocks[hit] ?? 0, nowMs)) hit--;
    for (let i = first; i < scan.blocks.length; i++) this.#remember(scan.blocks[i] ?? 0, nowMs + this.#ttlMs);
    return hit >= first ? (hit + 1) * blockTokens : 0;
  }

  /** Caching where the client says: the longest known prefix is read, the rest up to the last breakpoint is written. */
  readMarked(marks: readonly CacheMark[], nowMs: number): MarkedUse {
    const last = marks.findLastIndex((mark) => mark.ttl !== null);
    const lastMark = marks[last];
    if (!lastMark || lastMark.tokens < cachedTokensMin)
      return { readTokens: 0, written5mTokens: 0, written1hTokens: 0 };
    let hit = last;
    while (hit >= Math.max(0, last - lookBackMarks) && !this.#fresh(marks[hit]?.hash ?? 0, nowMs)) hit--;
    const readTokens = hit >= Math.max(0, last - lookBackMarks) ? (marks[hit]?.tokens ?? 0) : 0;
    return { readTokens, ...this.#write(marks, readTokens, nowMs) };
  }

  clear(): void {
    this.#expiry.clear();
  }

  #write(marks: readonly CacheMark[], readTokens: number, nowMs: number): Omit<MarkedUse, 'readTokens'> {
    const written = { '5m': 0, '1h': 0 };
    let done = readTokens;
    for (const mark of marks) {
      if (mark.ttl === null || mark.tokens < cachedTokensMin) continue;
      this.#remember(mark.hash, nowMs + (mark.ttl === '1h' ? 3_600_000 : 300_000));
      if (mark.tokens <= done) continue;
      written[mark.ttl] += mark.tokens - done;
      done = mark.tokens;
    }
    return { written5mTokens: written['5m'], written1hTokens: written['1h'] };
  }

  #fresh(hash: number, nowMs: number): boolean {
    return (this.#expiry.get(hash) ?? Number.NEGATIVE_INFINITY) > nowMs;
  }

  #remember(hash: number, expiresMs: number): void {
    if (this.#entriesMax === 0) return;
    const longest = Math.max(expiresMs, this.#expiry.get(hash) ?? 0);
    this.#expiry.delete(hash);
    this.#expiry.set(hash, longest);
    if (this.#expiry.size <= this.#entriesMax) return;
    for (const oldest of this.#expiry.keys()) {
      this.#expiry.delete(oldest);
      return;
    }
  }
}

import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { Attempt } from '../../tree/index.ts';

/** The same request sent again by the same user. */
export interface Repeats {
  /** Sent while the first was still being answered: a second tab, or a button pressed again. */
  readonly overlapping: number;
  /** Sent within 30 seconds after the first had ended: asked again. */
  readonly soonAfter: number;
  /** What these calls cost. */
  readonly cost: Usd;
  readonly callsLookedAt: number;
}

const soonMs = 30_000;

/** Counts first attempts with an equal fingerprint of the same key and user; attempts must be in the order they began. */
export function repeats(attempts: readonly Attempt[]): Repeats {
  const ends = new Map<string, number>();
  const found = { overlapping: 0, soonAfter: 0, cost: zeroUsd, callsLookedAt: 0 };
  for (const attempt of attempts) {
    if (attempt.reason !== 'first' || attempt.fingerprint === '') continue;
    found.callsLookedAt += 1;
    const key = JSON.stringify([attempt.keyId, attempt.user ?? '', attempt.fingerprint]);
    const endMs = ends.get(key);
    if (endMs !== undefined && attempt.startedAtMs < endMs + soonMs) {
      if (attempt.startedAtMs < endMs) found.overlapping += 1;
      else found.soonAfter += 1;
      found.cost = addUsd(found.cost, attempt.cost ?? zeroUsd);
    }
    ends.set(key, Math.max(endMs ?? 0, attempt.startedAtMs + attempt.durationMs));
  }
  return found;
}

import { type Clock, type IdSource, Recent } from '../../base/index.ts';
import type { Attribution, AttributionName } from '../../tree/index.ts';
import { limits } from '../limits.ts';

interface Activity {
  readonly session: string;
  readonly interaction: string;
  readonly run: string;
  readonly atMs: number;
}

export interface Inferred {
  readonly session?: string;
  readonly interaction?: string;
  readonly names: readonly AttributionName[];
}

const nothing: Inferred = { names: [] };

/**
 * Guesses the session and the interaction of calls that name only a user (or only a session). Calls of the same key,
 * user and workflow share a session while no gap is longer than `sessionGapMs`, and an interaction while none is longer
 * than `interactionGapMs` or they belong to one run. Gaps are measured from the latest begin or end of a call.
 */
export class ConversationMemory {
  readonly #recent = new Recent<Activity>(limits.rememberedUsers);
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(clock: Clock, ids: IdSource) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @param run the run the client named, or empty */
  infer(keyId: string, told: Attribution, run: string): Inferred {
    if (told.interaction !== undefined && told.session !== undefined) return nothing;
    const key = keyOf(keyId, told);
    if (key === null) return nothing;
    const now = this.#clock.monotonicMs();
    const last = this.#recent.get(key);
    const gapMs = last ? now - last.atMs : Number.POSITIVE_INFINITY;
    const session = told.session ?? (last && gapMs <= limits.sessionGapMs ? last.session : this.#ids.next('session'));
    const interaction = told.interaction ?? this.#interactionAfter(last, session, run, gapMs);
    this.#recent.set(key, { session, interaction, run, atMs: now });
    return {
      session,
      interaction,
      names: [
        ...(told.session === undefined ? (['session'] as const) : []),
        ...(told.interaction === undefined ? (['interaction'] as const) : []),
      ],
    };
  }

  #interactionAfter(last: Activity | undefined, session: string, run: string, gapMs: number): string {
    const continues =
      last?.session === session && (gapMs <= limits.interactionGapMs || (run !== '' && run === last.run));
    return last && continues ? last.interaction : this.#ids.next('interaction');
  }

  /** A call that ends keeps its user's session warm. */
  touch(keyId: string, told: Attribution): void {
    const key = keyOf(keyId, told);
    const last = key === null ? undefined : this.#recent.get(key);
    if (key !== null && last) this.#recent.set(key, { ...last, atMs: this.#clock.monotonicMs() });
  }
}

/** Null when nothing tells whose conversation it is. */
function keyOf(keyId: string, told: Attribution): string | null {
  const whose = told.user ?? told.session;
  return whose === undefined ? null : JSON.stringify([keyId, whose, told.workflow ?? '', told.user === undefined]);
}

import { type IdSource, Recent } from '../base/index.ts';
import type { Conversation, ConversationTold } from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';

interface Activity extends Conversation {
  readonly run: string;
  readonly atMs: number;
}

/**
 * Guesses the session and the interaction of calls that do not name both. Calls of one key share a session while no gap
 * is longer than `sessionGapMs`, and an interaction while none is longer than `interactionGapMs` or they belong to one
 * run. Gaps are measured from the latest begin or end of a call.
 */
export class ConversationKeeper {
  readonly #recent = new Recent<Activity>(limits.rememberedUsers);
  readonly #ids: IdSource;

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  join(key: string, told: ConversationTold, nowMs: number): Conversation {
    const last = this.#recent.get(key);
    const gapMs = last ? nowMs - last.atMs : Number.POSITIVE_INFINITY;
    const session = told.session ?? (last && gapMs <= limits.sessionGapMs ? last.session : this.#ids.next('session'));
    const interaction = told.interaction ?? this.#interactionAfter(last, session, told.run, gapMs);
    this.#recent.set(key, { session, interaction, run: told.run, atMs: nowMs });
    return { session, interaction };
  }

  #interactionAfter(last: Activity | undefined, session: string, run: string, gapMs: number): string {
    const continues =
      last?.session === session && (gapMs <= limits.interactionGapMs || (run !== '' && run === last.run));
    return last && continues ? last.interaction : this.#ids.next('interaction');
  }

  /** A call that ends keeps its user's session warm. */
  touch(key: string, nowMs: number): void {
    const last = this.#recent.get(key);
    if (last) this.#recent.set(key, { ...last, atMs: nowMs });
  }
}

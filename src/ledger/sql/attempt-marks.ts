import type { Attempt } from '../../tree/index.ts';

/**
 * Which things an attempt is the first of. They make counts of calls, runs and interactions plain sums, so that they
 * can be added up ahead of time and add up over groups.
 */
export interface AttemptMarks {
  readonly newCall: boolean;
  readonly newRun: boolean;
  readonly newInteraction: boolean;
  /** First of its run, or interaction, within its workflow and stage. */
  readonly newRunInStage: boolean;
  readonly newInteractionInStage: boolean;
}

export interface MarkedAttempt {
  readonly attempt: Attempt;
  readonly marks: AttemptMarks;
}

/** Ids of one kind that are remembered at least; between this and twice as many are. */
export const rememberedIdsMin = 100_000;

/** Remembers ids in two generations: when one is full the older is forgotten whole. */
class RecentIds {
  #young = new Set<string>();
  #old = new Set<string>();

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  add(id: string): void {
    if (this.#young.size >= rememberedIdsMin) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
  }
}

type IdKind = 'call' | 'run' | 'interaction' | 'runInStage' | 'interactionInStage';
/** What is looked at of an attempt. */
export type IdsOfAttempt = Pick<Attempt, 'callId' | 'run' | 'interaction' | 'workflow' | 'stage'>;

function idsOf({ callId, run, interaction, workflow, stage }: IdsOfAttempt): Record<IdKind, string | null> {
  const inStage = (id: string) => `${workflow ?? ''}\u0000${stage ?? ''}\u0000${id}`;
  return {
    call: callId,
    run: run || null,
    interaction: interaction || null,
    runInStage: run ? inStage(run) : null,
    interactionInStage: interaction ? inStage(interaction) : null,
  };
}

/**
 * Tells first attempts from further ones by what was appended lately. Exact as long as an id comes back within the
 * next 100,000 ids of its kind; one that comes back later counts again.
 */
export class AttemptMarker {
  readonly #recent: Readonly<Record<IdKind, RecentIds>> = {
    call: new RecentIds(),
    run: new RecentIds(),
    interaction: new RecentIds(),
    runInStage: new RecentIds(),
    interactionInStage: new RecentIds(),
  };

  /** Marks a batch. Call `keep` once it is committed; until then nothing is remembered. */
  mark(attempts: readonly Attempt[]): { readonly rows: readonly MarkedAttempt[]; keep(): void } {
    const batch = new Set<string>();
    const rows = attempts.map((attempt) => ({ attempt, marks: this.#marksOf(attempt, batch) }));
    return { rows, keep: () => this.remember(attempts) };
  }

  remember(attempts: readonly IdsOfAttempt[]): void {
    for (const attempt of attempts) {
      for (const [kind, id] of Object.entries(idsOf(attempt)) as [IdKind, string | null][]) {
        if (id !== null && !this.#recent[kind].has(id)) this.#recent[kind].add(id);
      }
    }
  }

  #marksOf(attempt: Attempt, batch: Set<string>): AttemptMarks {
    const ids = idsOf(attempt);
    const isNew = (kind: IdKind): boolean => {
      const id = ids[kind];
      if (id === null || this.#recent[kind].has(id)) return false;
      const inBatch = `${kind} ${id}`;
      if (batch.has(inBatch)) return false;
      batch.add(inBatch);
      return true;
    };
    return {
      newCall: isNew('call'),
      newRun: isNew('run'),
      newInteraction: isNew('interaction'),
      newRunInStage: isNew('runInStage'),
      newInteractionInStage: isNew('interactionInStage'),
    };
  }
}

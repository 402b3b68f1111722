import type { Attempt, FailureClass } from '../../tree/index.ts';

/**
 * Which things an attempt is the first of. They make counts of calls, runs, interactions and sessions plain sums, so
 * that they can be added up ahead of time and add up over groups.
 */
export type AttemptMark =
  | 'newCall'
  | 'newRun'
  | 'newInteraction'
  | 'newSession'
  /** First of its run, or interaction, within its workflow and stage. */
  | 'newRunInStage'
  | 'newInteractionInStage'
  /** First of its run that its model answered. */
  | 'newRunWithModel'
  /** First further attempt of its call for its reason. */
  | 'newReason'
  /** First attempt of its call that did not fail. */
  | 'completesCall';

export type AttemptMarks = Readonly<Record<AttemptMark, boolean>> & {
  /** When the first attempt of its run began. */
  readonly runBeganAtMs: number;
  /** Why the attempt before it in its call failed; null for first attempts, and where that is not known or did not fail. */
  readonly cause: FailureClass | null;
};

export interface MarkedAttempt {
  readonly attempt: Attempt;
  readonly marks: AttemptMarks;
}

/** Ids of one kind that are remembered at least; between this and twice as many are. */
export const rememberedIdsMin = 100_000;

/** Remembers something of ids in two generations: when one is full the older is forgotten whole. */
export class Recent<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  get(id: string): V | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  set(id: string, value: V): void {
    if (this.#young.size >= rememberedIdsMin) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, value);
  }
}

/** What is looked at of an attempt. */
export type IdsOfAttempt = Pick<
  Attempt,
  | ('callId' | 'run' | 'interaction' | 'session' | 'workflow' | 'stage' | 'reason' | 'failure')
  | ('modelServed' | 'startedAtMs')
>;
/** What was appended; when its run began is known of what was marked. */
export type RememberedAttempt = IdsOfAttempt & { readonly runBeganAtMs?: number | null };

function idsOf(attempt: IdsOfAttempt): Record<AttemptMark, string | null> {
  const { callId, run, interaction, session, workflow, stage, reason, failure, modelServed } = attempt;
  const inStage = (id: string) => `${workflow ?? ''}\u0000${stage ?? ''}\u0000${id}`;
  return {
    newCall: callId,
    newRun: run || null,
    newInteraction: interaction || null,
    newSession: session || null,
    newRunInStage: run ? inStage(run) : null,
    newInteractionInStage: interaction ? inStage(interaction) : null,
    newRunWithModel: run && modelServed ? `${modelServed}\u0000${run}` : null,
    newReason: reason === 'first' ? null : `${reason}\u0000${callId}`,
    completesCall: failure === null ? callId : null,
  };
}

const markNames: readonly AttemptMark[] = [
  ...(['newCall', 'newRun', 'newInteraction', 'newSession', 'newRunInStage', 'newInteractionInStage'] as const),
  ...(['newRunWithModel', 'newReason', 'completesCall'] as const),
];

/**
 * Tells first attempts from further ones by what was appended lately. Exact as long as an id comes back within the
 * next 100,000 ids of its kind; one that comes back later counts again.
 */
export class AttemptMarker {
  readonly #recent = Object.fromEntries(markNames.map((name) => [name, new Recent<true>()])) as Readonly<
    Record<AttemptMark, Recent<true>>
  >;
  /** How the latest attempt of a call ended, where one failed. */
  readonly #failures = new Recent<FailureClass | 'none'>();
  /** When runs began. */
  readonly #starts = new Recent<number>();

  /** Marks a batch. Call `keep` once it is committed; until then nothing is remembered. */
  mark(attempts: readonly Attempt[]): { readonly rows: readonly MarkedAttempt[]; keep(): void } {
    const batch = {
      seen: new Set<string>(),
      failures: new Map<string, FailureClass | 'none'>(),
      starts: new Map<string, number>(),
    };
    const rows = attempts.map((attempt) => {
      const cause = attempt.reason === 'first' ? undefined : this.#failureBefore(attempt, batch.failures);
      const marks = {
        ...this.#marksOf(attempt, batch.seen),
        cause: cause === undefined || cause === 'none' ? null : cause,
        runBeganAtMs: this.#startOf(attempt, batch.starts),
      };
      batch.failures.set(attempt.callId, attempt.failure ?? 'none');
      return { attempt, marks };
    });
    return { rows, keep: () => this.remember(attempts) };
  }

  #startOf({ run, startedAtMs }: Attempt, batch: Map<string, number>): number {
    const beganMs = this.#starts.get(run) ?? batch.get(run) ?? startedAtMs;
    batch.set(run, beganMs);
    return beganMs;
  }

  remember(attempts: readonly RememberedAttempt[]): void {
    for (const attempt of attempts) {
      const ids = idsOf(attempt);
      for (const name of markNames) {
        const id = ids[name];
        if (id !== null && !this.#recent[name].get(id)) this.#recent[name].set(id, true);
      }
      const { callId, failure, run } = attempt;
      if (run && this.#starts.get(run) === undefined)
        this.#starts.set(run, attempt.runBeganAtMs ?? attempt.startedAtMs);
      if (failure !== null) this.#failures.set(callId, failure);
      else if (this.#failures.get(callId) !== undefined) this.#failures.set(callId, 'none');
    }
  }

  #failureBefore({ callId }: Attempt, batch: ReadonlyMap<string, FailureClass | 'none'>) {
    return batch.get(callId) ?? this.#failures.get(callId);
  }

  #marksOf(attempt: Attempt, batch: Set<string>): Record<AttemptMark, boolean> {
    const ids = idsOf(attempt);
    const isNew = (name: AttemptMark): boolean => {
      const id = ids[name];
      if (id === null || this.#recent[name].get(id)) return false;
      const inBatch = `${name} ${id}`;
      if (batch.has(inBatch)) return false;
      batch.add(inBatch);
      return true;
    };
    return Object.fromEntries(markNames.map((name) => [name, isNew(name)])) as Record<AttemptMark, boolean>;
  }
}

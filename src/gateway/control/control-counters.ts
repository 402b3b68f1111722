/** What the controls did since the start; read by the metrics endpoint. */
export class ControlCounters {
  held = 0;
  posted = 0;
  voided = 0;
  /** Holds whose bill nobody knows: posted in full, as estimates. */
  expired = 0;
  /** Calls that did not find their money here at once. */
  waited = 0;
  /** Streams ended because no more money could be held. */
  endedEarly = 0;
  readonly #rungs: Record<string, number> = {};

  noteRungs(rungs: readonly string[]): void {
    for (const rung of rungs) this.#rungs[rung] = (this.#rungs[rung] ?? 0) + 1;
  }

  snapshot(): ControlStats {
    const { held, posted, voided, expired, waited, endedEarly } = this;
    return { held, posted, voided, expired, waited, endedEarly, brakes: { ...this.#rungs } };
  }
}

export interface ControlStats {
  readonly held: number;
  readonly posted: number;
  readonly voided: number;
  readonly expired: number;
  readonly waited: number;
  readonly endedEarly: number;
  /** Calls each rung of a brake was in force for. */
  readonly brakes: Readonly<Record<string, number>>;
}

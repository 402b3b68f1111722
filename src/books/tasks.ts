/** How a task that runs by itself fared last. */
export interface TaskRecord {
  readonly name: string;
  readonly startedAtMs: number;
  /** Null while it runs, or when it was cut off. */
  readonly endedAtMs: number | null;
  /** Why it failed; null when it did not. */
  readonly failure: string | null;
}

/** Who runs what must happen by itself, and when it last did. */
export interface TaskBooks {
  /** Takes or renews a leadership until `ttlMs` from now. @returns whether `holder` has it */
  lead(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Gives a leadership up at once, if `holder` has it. */
  resign(name: string, holder: string): Promise<void>;
  /** Writes how a task stands. */
  note(record: TaskRecord): Promise<void>;
  list(): Promise<readonly TaskRecord[]>;
}

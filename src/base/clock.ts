/** The one source of time. Wall time is for records, monotonic time is for durations and deadlines. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. May step backwards when the machine's clock is set. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never steps backwards. Fractions are kept. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that moves only when told to; for tests and simulations. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Steps wall time without moving monotonic time, as an operator setting the clock does. */
  stepWall(ms: number): void;
}

export function manualClock(startMs: number): ManualClock {
  let wallMs = startMs;
  let monotonicMs = 0;
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    advance(ms) {
      wallMs += ms;
      monotonicMs += ms;
    },
    stepWall(ms) {
      wallMs += ms;
    },
  };
}

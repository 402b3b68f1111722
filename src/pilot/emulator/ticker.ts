/** Runs many waits on few timers: all that fall due in the same millisecond share one. */
export interface Ticker {
  /** Runs `task` after `delayMs`. Returns how to call it off. */
  after(delayMs: number, task: () => void): () => void;
  /** Drops every wait. */
  clear(): void;
}

interface Wait {
  task: (() => void) | null;
}

interface Slot {
  readonly timer: NodeJS.Timeout;
  readonly waits: Wait[];
}

export function ticker(monotonicMs: () => number): Ticker {
  const slots = new Map<number, Slot>();
  const run = (dueMs: number): void => {
    const slot = slots.get(dueMs);
    slots.delete(dueMs);
    for (const wait of slot?.waits ?? []) wait.task?.();
  };
  const open = (dueMs: number, delayMs: number): Slot => {
    const slot = { timer: setTimeout(run, delayMs, dueMs), waits: [] };
    slots.set(dueMs, slot);
    return slot;
  };
  return {
    after(delayMs, task) {
      const dueMs = Math.ceil(monotonicMs() + delayMs);
      const wait: Wait = { task };
      (slots.get(dueMs) ?? open(dueMs, delayMs)).waits.push(wait);
      return () => {
        wait.task = null;
      };
    },
    clear() {
      for (const slot of slots.values()) clearTimeout(slot.timer);
      slots.clear();
    },
  };
}

import { ControlCounters } from './control/control-counters.ts';
import { readKeptLearning } from './control/kept-learning.ts';
import { Learned } from './control/learned.ts';
import { Counters } from './counters.ts';
import type { LearningStore } from './ports.ts';
import { BodyBudget } from './server/request-body.ts';

/** What outlives a change of the configuration: counters, what answers taught, the bytes of bodies held. */
export class PlaneMemory {
  readonly counters = new Counters();
  readonly controlCounters = new ControlCounters();
  readonly bodies = new BodyBudget();
  /** Providers that said that they are the emulator. */
  readonly simulated = new Set<string>();
  readonly learned: Learned;
  readonly #store: LearningStore;

  constructor(store: LearningStore) {
    this.#store = store;
    this.learned = new Learned(readKeptLearning(store.load()));
  }

  /** Keeps what was learned, if it changed, for the process after this one. */
  keepLearning(): void {
    const kept = this.learned.keep();
    if (kept) this.#store.save(kept);
  }
}

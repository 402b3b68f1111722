import type { CostRow } from '../../ledger/index.ts';
import type { StackFacts } from './read-stack-facts.ts';

/** One place cost can be allocated to, at the finest grain: a workflow and the dimensions asked for. */
export interface FineGroup {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly runs: number;
  readonly calls: number;
  readonly tokens: number;
  readonly cost: number;
  readonly bytes: number;
}

/** Groups by their labels, in the order they were met; whatever has no labels shares one group. */
export class Groups {
  readonly #names: readonly string[];
  readonly #index = new Map<string, number>();
  readonly #groups: FineGroup[] = [];

  constructor(facts: StackFacts, bytesPerCall: (row: CostRow) => number) {
    this.#names = facts.dimensions;
    for (const row of facts.groups) {
      const index = this.indexOf(row.dimensions);
      const seen = this.#groups[index];
      if (seen) this.#groups[index] = merge(seen, row, bytesPerCall(row));
    }
    if (this.#groups.length === 0) this.indexOf({});
  }

  get list(): readonly FineGroup[] {
    return this.#groups;
  }

  /** The group of these labels; it is made when there is none, so that no cost is without a place. */
  indexOf(labels: Readonly<Record<string, string | null>>): number {
    const dimensions = Object.fromEntries(this.#names.map((name) => [name, labels[name] ?? null]));
    const key = JSON.stringify(Object.values(dimensions));
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const made = this.#groups.push({ dimensions, runs: 0, calls: 0, tokens: 0, cost: 0, bytes: 0 }) - 1;
    this.#index.set(key, made);
    return made;
  }
}

function merge(group: FineGroup, row: CostRow, bytesPerCall: number): FineGroup {
  return {
    dimensions: group.dimensions,
    runs: group.runs + row.runs,
    calls: group.calls + row.calls,
    tokens: group.tokens + row.inputTokens + row.outputTokens,
    // Only a weight: exact money never passes through here.
    cost: group.cost + Math.max(0, Number(row.cost.picos)),
    bytes: group.bytes + row.calls * bytesPerCall,
  };
}

import { allocate, fromPicos, sumUsd, type Usd } from '../../money/index.ts';
import type { FineGroup, Groups } from './groups.ts';
import type { AllocationRule, StackLine } from './stack.ts';

export type LineFacts = Omit<StackLine, 'cost' | 'parts' | 'behind'> & Partial<Pick<StackLine, 'behind'>>;
type SharedRule = Exclude<AllocationRule, 'direct'>;
type Weights = readonly number[];

/** Shares are decimals; as whole parts of a billion they are split as they were written. */
const shareScale = 1_000_000_000;

export interface OpenLine {
  readonly facts: LineFacts;
  readonly parts: Map<number, bigint>;
}

/** Gathers lines and what of them each group bears. Nothing is lost on the way: a line's cost is the sum of its parts. */
export class StackBuilder {
  readonly #groups: Groups;
  readonly #lines: OpenLine[] = [];

  constructor(groups: Groups) {
    this.#groups = groups;
  }

  /** Begins a line whose cost is then put or shared out. */
  open(facts: LineFacts): OpenLine {
    const line = { facts, parts: new Map<number, bigint>() };
    this.#lines.push(line);
    return line;
  }

  /** Cost that belongs to one group. */
  put(line: OpenLine, group: number, cost: Usd): void {
    line.parts.set(group, (line.parts.get(group) ?? 0n) + cost.picos);
  }

  /** Cost that all groups share; where no group has any of what the rule asks for, calls decide, else it is split evenly. */
  share(line: OpenLine, cost: Usd, rule: SharedRule, shares: Readonly<Record<string, number>> = {}): void {
    if (cost.picos === 0n) return;
    const stated = rule === 'fixed' && Object.values(shares).some((share) => share > 0);
    if (stated) this.#shareFixed(line, cost, shares);
    else if (rule === 'fixed' || rule === 'even') this.#shareEvenly(line, cost);
    else this.#spread(line, cost, this.#everyone(), weightsBy(rule, this.#groups.list));
  }

  /** Cost shared by weights of the caller's own, one for each group that is there. */
  shareBy(line: OpenLine, cost: Usd, weights: Weights): void {
    if (cost.picos !== 0n) this.#spread(line, cost, this.#everyone(), weights);
  }

  /** First between the workflows named, then within each by what its groups cost. */
  #shareFixed(line: OpenLine, cost: Usd, shares: Readonly<Record<string, number>>): void {
    const names = Object.keys(shares).filter((name) => (shares[name] ?? 0) > 0);
    const parts = allocate(
      cost,
      names.map((name) => Math.round((shares[name] ?? 0) * shareScale)),
    );
    for (const [index, name] of names.entries()) this.#shareWithin(line, parts[index] ?? fromPicos(0n), name);
  }

  /** Every workflow bears the same, whatever else groups are told apart by. */
  #shareEvenly(line: OpenLine, cost: Usd): void {
    const workflows = [...new Set(this.#groups.list.map(({ dimensions }) => dimensions.workflow ?? null))];
    const parts = allocate(
      cost,
      workflows.map(() => 1),
    );
    for (const [index, name] of workflows.entries()) this.#shareWithin(line, parts[index] ?? fromPicos(0n), name);
  }

  #shareWithin(line: OpenLine, cost: Usd, workflow: string | null): void {
    const members = this.#everyone().filter(
      (index) => (this.#groups.list[index]?.dimensions.workflow ?? null) === workflow,
    );
    const named = members.length > 0 ? members : [this.#groups.indexOf({ workflow })];
    const groups = named.flatMap((index) => this.#groups.list[index] ?? []);
    this.#spread(line, cost, named, weightsBy('cost', groups));
  }

  #spread(line: OpenLine, cost: Usd, members: readonly number[], weights: Weights): void {
    const groups = members.flatMap((index) => this.#groups.list[index] ?? []);
    const usable = [weights, weightsBy('calls', groups), groups.map(() => 1)].find((list) => list.some((w) => w > 0));
    const parts = allocate(cost, usable ?? [1]);
    for (const [place, index] of members.entries()) this.put(line, index, parts[place] ?? fromPicos(0n));
  }

  #everyone(): number[] {
    return this.#groups.list.map((_, index) => index);
  }

  /** The lines that cost something, their parts in the order of the groups. */
  lines(): StackLine[] {
    return this.#lines.flatMap(({ facts, parts }) => {
      const costs = this.#everyone().map((index) => fromPicos(parts.get(index) ?? 0n));
      const cost = sumUsd(costs);
      return cost.picos === 0n ? [] : [{ behind: null, ...facts, cost, parts: costs }];
    });
  }
}

function weightsBy(rule: Exclude<SharedRule, 'fixed' | 'even'>, groups: readonly FineGroup[]): number[] {
  return groups.map((group) => group[rule]);
}

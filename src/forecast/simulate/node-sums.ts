import { lineKinds } from '../../tree/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { GroupedSample } from './sample-store.ts';
import type { RunNode } from './scenario-run.ts';
import { addInto, addSplit, meanSplit, type Weight, type Weights } from './weights.ts';

export const lineIndex = new Map(lineKinds.map((line, index) => [line, index]));

/** Dollars of every node of the cost tree, over all months. */
export class NodeSums {
  readonly nodes: readonly RunNode[];
  readonly totals: readonly Float64Array[];
  readonly means: Float64Array;
  /** Mean dollars `[node][line]`. */
  readonly lines: readonly Float64Array[];
  readonly #model: ForecastModel;
  readonly #firstNode: readonly number[];
  readonly #weights = new Map<GroupedSample, Weights>();

  constructor(model: ForecastModel, trials: number) {
    this.#model = model;
    this.nodes = model.workflows.flatMap(({ stages }, workflow) => [
      { workflow, stage: -1 },
      ...stages.map((_, stage) => ({ workflow, stage })),
    ]);
    this.#firstNode = model.workflows.map((_, workflow) => this.nodes.findIndex((node) => node.workflow === workflow));
    this.totals = this.nodes.map(() => new Float64Array(trials));
    this.means = new Float64Array(this.nodes.length);
    this.lines = this.nodes.map(() => new Float64Array(lineKinds.length));
  }

  /** Index of the node that stands for the workflow as a whole; its stages follow. */
  first(workflow: number): number {
    return this.#firstNode[workflow] ?? 0;
  }

  /** Adds a stretch of runs; dollars are added up at the end. */
  remember(grouped: GroupedSample, weights: Weights): void {
    const known = this.#weights.get(grouped);
    if (!known) {
      const copy = ({ listed, other }: Weight): Weight => {
        const first = other.slice();
        return { listed: listed === other ? first : listed.slice(), other: first };
      };
      this.#weights.set(grouped, { noisy: copy(weights.noisy), clean: copy(weights.clean) });
      return;
    }
    for (const kind of ['noisy', 'clean'] as const) {
      addInto(known[kind].other, weights[kind].other);
      if (known[kind].listed !== known[kind].other) addInto(known[kind].listed, weights[kind].listed);
    }
  }

  /** All months of a node are its dollars per run times all runs, which is why months need not be summed one by one. */
  addUp(): void {
    for (const [grouped, weights] of this.#weights) {
      const workflow = this.#model.workflows.indexOf(grouped.sample.workflow);
      const first = this.first(workflow);
      for (const [stage, split] of grouped.byNode.entries()) {
        addSplit(this.totals[first + stage] as Float64Array, split, weights.noisy);
        this.means[first + stage] = (this.means[first + stage] as number) + meanSplit(split, weights.clean);
      }
      for (const { stage, line, listed, usdPerRun } of grouped.sample.lines) {
        const split = { listed: listed ? usdPerRun : null, other: listed ? null : usdPerRun };
        const means = this.lines[first + 1 + stage] as Float64Array;
        const index = lineIndex.get(line) ?? 0;
        means[index] = (means[index] as number) + meanSplit(split, weights.clean);
      }
    }
  }
}

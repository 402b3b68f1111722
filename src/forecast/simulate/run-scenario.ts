import { lineKinds } from '../../tree/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { Columns } from '../model/number.ts';
import { Course } from './course.ts';
import type { Draws } from './draws.ts';
import { addRuns, cleared, type MonthFlow, type MonthPart, makeNoise, monthFlow } from './month-flow.ts';
import { lineIndex, NodeSums } from './node-sums.ts';
import { type Overheads, prepareOverheads } from './overhead-costs.ts';
import type { MonthRun, RunOptions, ScenarioRun } from './scenario-run.ts';
import { meanOf, type Stats, statsOf } from './statistics.ts';
import { addInto, addSplit, meanSplit, type Weights, weighted } from './weights.ts';

/** Simulates one scenario over all months. `changes` is the scenario, then the stress if there is one. */
export function runScenario(
  model: ForecastModel,
  draws: Draws,
  changes: readonly ChangeModel[],
  options: RunOptions,
): ScenarioRun {
  const run = new Run(model, draws, changes, options);
  const months = model.months.map((_, month) => run.month(month));
  return { changes, months, ...run.results() };
}

/** The arrays of one simulation. Months are worked off in order, each in one pass over lines and trials. */
class Run {
  readonly #model: ForecastModel;
  readonly #columns: Columns;
  readonly #trials: number;
  readonly #options: RunOptions;
  readonly #course: Course;
  readonly #nodes: NodeSums;
  readonly #overheads: Overheads;
  readonly #flows: MonthFlow[] = [];
  // Of the month being worked on.
  readonly #lines: readonly Float64Array[];
  readonly #lineMeans = new Float64Array(lineKinds.length);
  readonly #nodeValues: readonly Float64Array[];
  readonly #nodeMonthMeans: Float64Array;
  readonly #clean: Float64Array;
  readonly #calls: Float64Array;
  readonly #tokens: Float64Array;
  // Of all months.
  readonly #total: Float64Array;
  readonly #expected: Float64Array;
  readonly #allLines: readonly Float64Array[];
  readonly #allLineMeans = new Float64Array(lineKinds.length);
  readonly #outcomes: Float64Array;
  readonly #value: Float64Array;
  readonly #perDay: Float64Array;
  readonly #workflowTotals: readonly Float64Array[];
  readonly #workflowOutcomes: readonly Float64Array[];
  readonly #workflowCalls: readonly Float64Array[];
  readonly #workflowTokens: readonly Float64Array[];

  constructor(model: ForecastModel, draws: Draws, changes: readonly ChangeModel[], options: RunOptions) {
    this.#model = model;
    this.#columns = draws.columns;
    this.#trials = draws.trials;
    this.#options = options;
    this.#course = new Course(model, draws, changes, options.samples);
    this.#nodes = new NodeSums(model, draws.trials);
    this.#overheads = prepareOverheads(model, draws.columns, draws.trials, changes);
    const make = (): Float64Array => new Float64Array(draws.trials);
    const perWorkflow = (): Float64Array[] => model.workflows.map(make);
    this.#lines = lineKinds.map(make);
    this.#nodeValues = this.#nodes.nodes.map(make);
    this.#nodeMonthMeans = new Float64Array(this.#nodeValues.length);
    this.#clean = make();
    this.#calls = make();
    this.#tokens = make();
    this.#total = make();
    this.#expected = make();
    this.#allLines = lineKinds.map(make);
    this.#outcomes = make();
    this.#value = make();
    this.#perDay = make();
    this.#workflowTotals = perWorkflow();
    this.#workflowOutcomes = perWorkflow();
    this.#workflowCalls = perWorkflow();
    this.#workflowTokens = perWorkflow();
  }

  month(month: number): MonthRun {
    for (const line of this.#lines) line.fill(0);
    for (const node of this.#nodeValues) node.fill(0);
    this.#lineMeans.fill(0);
    this.#nodeMonthMeans.fill(0);
    this.#clean.fill(0);
    this.#calls.fill(0);
    this.#tokens.fill(0);
    this.#overheads.begin();
    const workflows = this.#model.workflows.map((_, workflow) => this.#workflowMonth(workflow, month));
    this.#addOverheads(month);
    return this.#close(month, workflows);
  }

  #workflowMonth(workflow: number, month: number): MonthFlow {
    if (month > 0) this.#course.grow(workflow);
    const flow = this.#flow(workflow);
    for (const { sample, days } of this.#course.stretches(workflow, month)) addRuns(flow, sample, days);
    const { noise } = this.#options;
    const draws = noise && { volume: noise.volume(workflow, month), cost: noise.cost(workflow, month) };
    makeNoise(flow, draws, this.#columns);
    for (const part of flow.parts) this.#addLines(part, flow, workflow, month);
    this.#addOutcomes(flow, workflow);
    return flow;
  }

  /** The arrays of a workflow's month are used again for the next, except what the month keeps. */
  #flow(workflow: number): MonthFlow {
    const known = this.#flows[workflow];
    const flow = known ? cleared(known, this.#options.detail) : monthFlow(this.#trials);
    this.#flows[workflow] = flow;
    return flow;
  }

  /** Adds what a stretch of runs costs: the month's lines and nodes, and the weights all months are summed with. */
  #addLines({ grouped, runs }: MonthPart, flow: MonthFlow, workflow: number, month: number): void {
    const plain = weighted(runs, flow.costNoise);
    const drift = this.#course.drift(month);
    const weights: Weights = {
      noisy: { listed: drift ? weighted(plain, drift) : plain, other: plain },
      clean: { listed: drift ? weighted(runs, drift) : runs, other: runs },
    };
    this.#nodes.remember(grouped, weights);
    addSplit(flow.clean, grouped.all, weights.clean);
    addSplit(flow.metered, grouped.metered, weights.noisy);
    flow.meteredMean += meanSplit(grouped.metered, weights.clean);
    for (const [index, split] of grouped.byLine.entries()) {
      if (!split.listed && !split.other) continue;
      addSplit(this.#lines[index] as Float64Array, split, weights.noisy);
      this.#lineMeans[index] = (this.#lineMeans[index] as number) + meanSplit(split, weights.clean);
    }
    const first = this.#nodes.first(workflow);
    for (const [stage, split] of this.#options.detail ? grouped.byNode.entries() : []) {
      if (!split.listed && !split.other) continue;
      const node = first + stage;
      addSplit(this.#nodeValues[node] as Float64Array, split, weights.noisy);
      this.#nodeMonthMeans[node] = (this.#nodeMonthMeans[node] as number) + meanSplit(split, weights.clean);
    }
    for (const line of grouped.sample.lines) {
      if (line.metered && !line.listed) this.#overheads.used(line.provider, line.usdPerRun, runs);
    }
  }

  #addOutcomes(flow: MonthFlow, workflow: number): void {
    const totals = this.#workflowTotals[workflow] as Float64Array;
    const outcomes = this.#workflowOutcomes[workflow] as Float64Array;
    const calls = this.#workflowCalls[workflow] as Float64Array;
    const tokens = this.#workflowTokens[workflow] as Float64Array;
    for (let t = 0; t < this.#trials; t++) {
      const clean = flow.clean[t] as number;
      const used = (flow.input[t] as number) + (flow.output[t] as number);
      this.#clean[t] = (this.#clean[t] as number) + clean;
      totals[t] = (totals[t] as number) + clean;
      outcomes[t] = (outcomes[t] as number) + (flow.successes[t] as number);
      calls[t] = (calls[t] as number) + (flow.calls[t] as number);
      tokens[t] = (tokens[t] as number) + used;
      this.#outcomes[t] = (this.#outcomes[t] as number) + (flow.successes[t] as number);
      this.#value[t] = (this.#value[t] as number) + (flow.value[t] as number);
      this.#calls[t] = (this.#calls[t] as number) + (flow.calls[t] as number);
      this.#tokens[t] = (this.#tokens[t] as number) + used;
    }
    this.#overheads.logged(workflow, flow.calls);
  }

  #addOverheads(month: number): void {
    this.#overheads.month(month, this.#course.stressedShare(month), this.#calls, this.#tokens, (line, amounts) => {
      const index = lineIndex.get(line) ?? 0;
      const values = this.#lines[index] as Float64Array;
      let sum = 0;
      for (let t = 0; t < this.#trials; t++) {
        const amount = amounts[t] as number;
        sum += amount;
        values[t] = (values[t] as number) + amount;
        this.#clean[t] = (this.#clean[t] as number) + amount;
      }
      this.#lineMeans[index] = (this.#lineMeans[index] as number) + sum / this.#trials;
    });
  }

  #close(month: number, flows: readonly MonthFlow[]): MonthRun {
    const { detail } = this.#options;
    const total = new Float64Array(this.#trials);
    for (const [index, line] of this.#lines.entries()) {
      if (this.#lineMeans[index] === 0) continue;
      addInto(total, line);
      addInto(this.#allLines[index] as Float64Array, line);
      this.#allLineMeans[index] = (this.#allLineMeans[index] as number) + (this.#lineMeans[index] as number);
    }
    addInto(this.#total, total);
    addInto(this.#expected, this.#clean);
    if (month === 0) {
      const days = this.#model.months[0]?.days ?? 30;
      for (let t = 0; t < this.#trials; t++) this.#perDay[t] = (this.#clean[t] as number) / days;
    }
    const keep = (values: Float64Array, mean: number): Stats | null =>
      detail && mean !== 0 ? statsOf(values, mean) : null;
    const sum = (pick: (flow: MonthFlow) => Float64Array): number =>
      flows.reduce((all, flow) => all + meanOf(pick(flow)), 0);
    return {
      total: statsOf(total, meanOf(this.#clean)),
      lines: this.#lines.map((line, index) => keep(line, this.#lineMeans[index] as number)),
      nodes: this.#nodeValues.map((node, index) => keep(node, this.#nodeMonthMeans[index] as number)),
      calls: sum((flow) => flow.calls),
      attempts: sum((flow) => flow.attempts),
      runs: sum((flow) => flow.runs),
      interactions: sum((flow) => flow.interactions),
      outcomes: sum((flow) => flow.successes),
      inputTokens: sum((flow) => flow.input),
      outputTokens: sum((flow) => flow.output),
      value: sum((flow) => flow.value),
      metered: flows.map((flow) => ({ mean: flow.meteredMean, byTrial: detail ? flow.metered : null })),
    };
  }

  results(): Omit<ScenarioRun, 'changes' | 'months'> {
    if (this.#options.detail) this.#nodes.addUp();
    return {
      nodes: this.#nodes.nodes,
      total: this.#total,
      expected: this.#expected,
      lines: this.#allLines,
      lineMeans: this.#allLineMeans,
      nodeTotals: this.#nodes.totals,
      nodeMeans: this.#nodes.means,
      nodeLines: this.#nodes.lines,
      outcomes: this.#outcomes,
      value: this.#value,
      perDay: this.#perDay,
      first: this.#model.workflows.map((_, workflow) => this.#course.firstSample(workflow)),
      firstTraffic: this.#model.workflows.map((_, workflow) => this.#course.firstTraffic(workflow)),
      workflowTotals: this.#workflowTotals,
      workflowOutcomes: this.#workflowOutcomes,
      workflowCalls: this.#workflowCalls,
      workflowTokens: this.#workflowTokens,
      shared: this.#overheads.shared(),
    };
  }
}

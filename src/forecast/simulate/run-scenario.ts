import { lineKinds } from '../../tree/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { type Slice, slicesOf, weightedDays } from '../model/calendar.ts';
import type { ChangeModel } from '../model/changes.ts';
import { type Columns, read } from '../model/number.ts';
import type { Draws } from './draws.ts';
import { type Overheads, prepareOverheads } from './overhead-costs.ts';
import type { GroupedSample, SampleStore, Split } from './sample-store.ts';
import { meanOf, type Stats, statsOf } from './statistics.ts';
import type { WorkflowSample } from './workflow-sample.ts';

/** Sampling noise: standard normals for volume and cost, `[workflow][month]`, shared by every scenario. */
export interface Noise {
  volume(workflow: number, month: number): Float64Array;
  cost(workflow: number, month: number): Float64Array;
}

export interface MonthRun {
  readonly total: Stats;
  /** By index of `lineKinds`. */
  readonly lines: readonly (Stats | null)[];
  /** By index of the run's nodes. */
  readonly nodes: readonly (Stats | null)[];
  readonly calls: number;
  readonly attempts: number;
  readonly runs: number;
  readonly interactions: number;
  readonly outcomes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly value: number;
  /** What providers bill, by workflow: mean, and each trial's own when details are kept. */
  readonly metered: readonly { readonly mean: number; readonly byTrial: Float64Array | null }[];
}

/** A node of the cost tree that lines are added up for. */
export interface RunNode {
  readonly workflow: number;
  /** -1 for what belongs to the workflow as a whole. */
  readonly stage: number;
}

/** One scenario, with or without a stress, simulated to the end. */
export interface ScenarioRun {
  readonly changes: readonly ChangeModel[];
  readonly months: readonly MonthRun[];
  readonly nodes: readonly RunNode[];
  /** Sums over all months by trial, noise included. */
  readonly total: Float64Array;
  /** The same without noise. */
  readonly expected: Float64Array;
  readonly lines: readonly Float64Array[];
  readonly lineMeans: Float64Array;
  readonly nodeTotals: readonly Float64Array[];
  readonly nodeMeans: Float64Array;
  /** Mean dollars `[node][line]`. */
  readonly nodeLines: readonly Float64Array[];
  readonly outcomes: Float64Array;
  readonly value: Float64Array;
  /** First month's total per calendar day, without noise. */
  readonly perDay: Float64Array;
  /** By workflow: the sample in force at the start. */
  readonly first: readonly WorkflowSample[];
  /** By workflow: the factor on its traffic at the start, by trial. */
  readonly firstTraffic: readonly Float64Array[];
  /** Dollars by workflow and trial, without noise and without shared costs. */
  readonly workflowTotals: readonly Float64Array[];
  readonly workflowOutcomes: readonly Float64Array[];
  readonly workflowCalls: readonly Float64Array[];
  readonly workflowTokens: readonly Float64Array[];
  /** Shared costs by overhead and trial, in the order of `overheadLines`. */
  readonly shared: readonly SharedCost[];
}

export interface SharedCost {
  readonly line: (typeof lineKinds)[number];
  readonly name: string;
  readonly allocateBy: 'calls' | 'tokens' | 'cost' | 'bytes' | 'even' | 'fixed';
  readonly shares: Readonly<Record<string, number>>;
  readonly total: Float64Array;
}

export interface RunOptions {
  readonly noise: Noise | null;
  readonly samples: SampleStore;
  /** Whether months keep percentiles by line and node, and spend by trial. */
  readonly detail: boolean;
}

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

const lineIndex = new Map(lineKinds.map((line, index) => [line, index]));
const monthsPerYear = 12;
const hoursPerDay = 24;

/** The arrays of one simulation. Months are worked off in order, each in one pass over lines and trials. */
class Run {
  readonly #model: ForecastModel;
  readonly #columns: Columns;
  readonly #trials: number;
  readonly #changes: readonly ChangeModel[];
  readonly #options: RunOptions;
  readonly #slices: readonly Slice[];
  readonly #traffic = new Map<string, Float64Array>();
  readonly #weights = new Map<GroupedSample, Weights>();
  readonly #drift: ChangeModel['priceChangePerYear'] | null;
  readonly #nodes: readonly RunNode[];
  readonly #firstNode: readonly number[];
  readonly #overheads: Overheads;
  readonly #growth: readonly Float64Array[];
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
  readonly #allNodes: readonly Float64Array[];
  readonly #allNodeMeans: Float64Array;
  readonly #nodeLines: readonly Float64Array[];
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
    this.#changes = changes;
    this.#options = options;
    this.#slices = this.#cut();
    const drift = changes[0]?.priceChangePerYear;
    this.#drift = drift && (drift.column >= 0 || drift.constant !== 0) ? drift : null;
    const make = (): Float64Array => new Float64Array(draws.trials);
    const perWorkflow = (): Float64Array[] => model.workflows.map(make);
    this.#nodes = model.workflows.flatMap(({ stages }, workflow) => [
      { workflow, stage: -1 },
      ...stages.map((_, stage) => ({ workflow, stage })),
    ]);
    this.#firstNode = model.workflows.map((_, workflow) => this.#nodes.findIndex((node) => node.workflow === workflow));
    this.#growth = model.workflows.map(() => make().fill(1));
    this.#lines = lineKinds.map(make);
    this.#nodeValues = this.#nodes.map(make);
    this.#nodeMonthMeans = new Float64Array(this.#nodes.length);
    this.#clean = make();
    this.#calls = make();
    this.#tokens = make();
    this.#total = make();
    this.#expected = make();
    this.#allLines = lineKinds.map(make);
    this.#allNodes = this.#nodes.map(make);
    this.#allNodeMeans = new Float64Array(this.#nodes.length);
    this.#nodeLines = this.#nodes.map(() => new Float64Array(lineKinds.length));
    this.#outcomes = make();
    this.#value = make();
    this.#perDay = make();
    this.#workflowTotals = perWorkflow();
    this.#workflowOutcomes = perWorkflow();
    this.#workflowCalls = perWorkflow();
    this.#workflowTokens = perWorkflow();
    this.#overheads = prepareOverheads(model, draws.columns, draws.trials, changes);
  }

  #cut(): Slice[] {
    const { months, epochs } = this.#model;
    const stress = this.#changes[1];
    const cuts = [...epochs.map(({ fromMs }) => fromMs), ...(stress ? [stress.fromMs, stress.untilMs] : [])];
    const epochOf = (atMs: number): number =>
      Math.max(
        0,
        epochs.findLastIndex(({ fromMs }) => fromMs <= atMs),
      );
    return slicesOf(months, cuts, epochOf, (atMs) => !!stress && atMs >= stress.fromMs && atMs < stress.untilMs);
  }

  #sample(workflow: number, epoch: number, stressed: boolean, spike: boolean): GroupedSample {
    const changes = stressed ? this.#changes : this.#changes.slice(0, 1);
    return this.#options.samples.of({ workflow, epoch, changes, newcomers: spike ? (this.#changes[1] ?? null) : null });
  }

  /** The factor on traffic, by trial. */
  #trafficOf(workflow: number, stressed: boolean): Float64Array {
    const key = `${workflow} ${stressed}`;
    const known = this.#traffic.get(key);
    if (known) return known;
    const name = this.#nameOf(workflow);
    const changes = (stressed ? this.#changes : this.#changes.slice(0, 1)).filter(
      ({ workflows }) => workflows === null || workflows.includes(name),
    );
    const factor = new Float64Array(this.#trials).fill(1);
    for (const { factors } of changes) {
      for (let t = 0; t < factor.length; t++)
        factor[t] = (factor[t] as number) * read(factors.traffic, this.#columns, t);
    }
    this.#traffic.set(key, factor);
    return factor;
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
    const settings = this.#model.workflows[workflow] as ForecastModel['workflows'][number];
    const growth = this.#growth[workflow] as Float64Array;
    if (month > 0) this.#grow(workflow, growth);
    const flow = this.#flow(workflow);
    for (const slice of this.#slices) {
      if (slice.month !== month) continue;
      const sample = this.#sample(workflow, slice.epoch, slice.stressed, false);
      const days = this.#daysOf(settings.traffic, slice);
      const traffic = this.#trafficOf(workflow, slice.stressed);
      this.#addRuns(flow, sample, (trial) => (growth[trial] as number) * (traffic[trial] as number) * days(trial));
      this.#addSpike(flow, workflow, slice);
    }
    this.#makeNoise(flow, workflow, month);
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

  #grow(workflow: number, growth: Float64Array): void {
    const own = this.#model.workflows[workflow]?.traffic.growthPerMonth;
    const rate = this.#changes[0]?.growthPerMonth ?? own;
    if (!rate) return;
    for (let t = 0; t < this.#trials; t++) growth[t] = (growth[t] as number) * (1 + read(rate, this.#columns, t));
  }

  #daysOf(traffic: ForecastModel['workflows'][number]['traffic'], slice: Slice): (trial: number) => number {
    const month = this.#model.months[slice.month];
    const { dayOfWeek, monthOfYear, activeDaysPerMonth } = traffic;
    const days = weightedDays(slice.fromMs, slice.days, month?.monthOfYear ?? 0, dayOfWeek, monthOfYear);
    if (!activeDaysPerMonth) return () => days;
    const calendar = month?.days ?? 30;
    return (trial) => (days * read(activeDaysPerMonth, this.#columns, trial)) / calendar;
  }

  #addRuns(flow: MonthFlow, grouped: GroupedSample, days: (trial: number) => number): void {
    const { sample } = grouped;
    const runs = new Float64Array(this.#trials);
    const { runsPerDay, interactionsPerDay, successesPerDay, counts } = sample;
    for (let t = 0; t < runs.length; t++) {
      const d = days(t);
      const r = (runsPerDay[t] as number) * d;
      runs[t] = r;
      flow.runs[t] = (flow.runs[t] as number) + r;
      flow.interactions[t] = (flow.interactions[t] as number) + (interactionsPerDay[t] as number) * d;
      flow.successes[t] = (flow.successes[t] as number) + (successesPerDay[t] as number) * d;
      flow.calls[t] = (flow.calls[t] as number) + (counts.calls[t] as number) * r;
      flow.attempts[t] = (flow.attempts[t] as number) + (counts.attempts[t] as number) * r;
      flow.input[t] = (flow.input[t] as number) + (counts.inputTokens[t] as number) * r;
      flow.output[t] = (flow.output[t] as number) + (counts.outputTokens[t] as number) * r;
      const each = (sample.valuePerSuccess[t] as number) * (successesPerDay[t] as number);
      const lift = (sample.valuePerInteraction[t] as number) * (interactionsPerDay[t] as number);
      flow.value[t] = (flow.value[t] as number) + (each + lift) * d;
    }
    flow.parts.push({ grouped, runs });
  }

  /** Newcomers come evenly over the hours of the spike; each workflow has its share of them. */
  #addSpike(flow: MonthFlow, workflow: number, slice: Slice): void {
    const stress = this.#changes[1];
    if (!stress?.spike) return;
    const { spike, fromMs } = stress;
    const hours = overlapHours(slice, fromMs, fromMs + spike.hours * 3_600_000);
    if (hours <= 0 || (stress.workflows && !stress.workflows.includes(this.#nameOf(workflow)))) return;
    const sample = this.#sample(workflow, slice.epoch, slice.stressed, true);
    const share = this.#spikeShare(workflow, stress);
    const usual = sample.sample.interactionsPerDay;
    const perHour = (trial: number): number =>
      (read(spike.newUsers, this.#columns, trial) * read(spike.interactionsPerUser, this.#columns, trial)) /
      spike.hours;
    this.#addRuns(flow, sample, (trial) => {
      const each = usual[trial] as number;
      return each > 0 ? (perHour(trial) * hours * share) / each : 0;
    });
  }

  #nameOf = (workflow: number): string => this.#model.workflows[workflow]?.name ?? '';

  #spikeShare(workflow: number, stress: ChangeModel): number {
    const touched = this.#model.workflows.flatMap(({ name }, index) =>
      stress.workflows && !stress.workflows.includes(name) ? [] : [index],
    );
    const usual = touched.map((index) => meanOf(this.#sample(index, 0, false, false).sample.interactionsPerDay));
    const sum = usual.reduce((total, each) => total + each, 0);
    return sum > 0 ? (usual[touched.indexOf(workflow)] ?? 0) / sum : 0;
  }

  /**
   * Sampling noise of a month by the central limit theorem: sessions arrive by chance and differ in length (geometric, so
   * that a count of runs varies as twice its cluster), and runs differ in cost. Factors are lognormal with mean 1.
   */
  #makeNoise(flow: MonthFlow, workflow: number, month: number): void {
    const { noise } = this.#options;
    flow.volumeNoise.fill(1);
    flow.costNoise.fill(1);
    const grouped = flow.parts[0]?.grouped;
    if (!noise || !grouped) return;
    const z1 = noise.volume(workflow, month);
    const z2 = noise.cost(workflow, month);
    const { stageUsd, sample } = grouped;
    const { counts, factors, workflow: settings } = sample;
    for (let t = 0; t < this.#trials; t++) {
      const runs = flow.runs[t] as number;
      if (runs <= 0) continue;
      const cluster = (factors.drafts[t] as number) * read(settings.traffic.interactionsPerSession, this.#columns, t);
      const perRun = stageUsd[t] as number;
      const spread = perRun > 0 ? Math.max(0, (counts.squares[t] as number) / (perRun * perRun) - 1) : 0;
      flow.volumeNoise[t] = lognormalFactor((2 * cluster) / runs, z1[t] as number);
      flow.costNoise[t] = (flow.volumeNoise[t] as number) * lognormalFactor(spread / runs, z2[t] as number);
    }
  }

  /** Adds what a stretch of runs costs: the month's lines and nodes, and the weights all months are summed with. */
  #addLines({ grouped, runs }: MonthPart, flow: MonthFlow, workflow: number, month: number): void {
    const plain = weighted(runs, flow.costNoise);
    const drift = this.#drift ? this.#driftOf(this.#drift, month) : null;
    const weights: Weights = {
      noisy: { listed: drift ? weighted(plain, drift) : plain, other: plain },
      clean: { listed: drift ? weighted(runs, drift) : runs, other: runs },
    };
    this.#remember(grouped, weights);
    addSplit(flow.clean, grouped.all, weights.clean);
    addSplit(flow.metered, grouped.metered, weights.noisy);
    flow.meteredMean += meanSplit(grouped.metered, weights.clean);
    for (const [index, split] of grouped.byLine.entries()) {
      if (!split.listed && !split.other) continue;
      addSplit(this.#lines[index] as Float64Array, split, weights.noisy);
      this.#lineMeans[index] = (this.#lineMeans[index] as number) + meanSplit(split, weights.clean);
    }
    const first = this.#firstNode[workflow] ?? 0;
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

  #remember(grouped: GroupedSample, weights: Weights): void {
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

  #driftOf(drift: ChangeModel['priceChangePerYear'], month: number): Float64Array {
    const scale = new Float64Array(this.#trials);
    for (let t = 0; t < scale.length; t++) scale[t] = (1 + read(drift, this.#columns, t)) ** (month / monthsPerYear);
    return scale;
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
    const stressedDays = this.#slices.reduce((sum, s) => sum + (s.month === month && s.stressed ? s.days : 0), 0);
    const stressed = stressedDays / (this.#model.months[month]?.days ?? 1);
    this.#overheads.month(month, stressed, this.#calls, this.#tokens, (line, amounts) => {
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
    if (this.#options.detail) this.#sumNodes();
    return {
      nodes: this.#nodes,
      total: this.#total,
      expected: this.#expected,
      lines: this.#allLines,
      lineMeans: this.#allLineMeans,
      nodeTotals: this.#allNodes,
      nodeMeans: this.#allNodeMeans,
      nodeLines: this.#nodeLines,
      outcomes: this.#outcomes,
      value: this.#value,
      perDay: this.#perDay,
      first: this.#model.workflows.map((_, workflow) => this.#firstSample(workflow)),
      firstTraffic: this.#model.workflows.map((_, workflow) => this.#trafficOf(workflow, this.#startsStressed())),
      workflowTotals: this.#workflowTotals,
      workflowOutcomes: this.#workflowOutcomes,
      workflowCalls: this.#workflowCalls,
      workflowTokens: this.#workflowTokens,
      shared: this.#overheads.shared(),
    };
  }

  #firstSample(workflow: number): WorkflowSample {
    const slice = this.#slices[0];
    return this.#sample(workflow, slice?.epoch ?? 0, this.#startsStressed(), false).sample;
  }

  #startsStressed = (): boolean => this.#slices[0]?.stressed ?? false;

  /** All months of a node are its dollars per run times all runs, which is why months need not be summed one by one. */
  #sumNodes(): void {
    for (const [grouped, weights] of this.#weights) {
      const workflow = this.#model.workflows.indexOf(grouped.sample.workflow);
      const first = this.#firstNode[workflow] ?? 0;
      for (const [stage, split] of grouped.byNode.entries()) {
        addSplit(this.#allNodes[first + stage] as Float64Array, split, weights.noisy);
        this.#allNodeMeans[first + stage] =
          (this.#allNodeMeans[first + stage] as number) + meanSplit(split, weights.clean);
      }
      for (const { stage, line, listed, usdPerRun } of grouped.sample.lines) {
        const split = { listed: listed ? usdPerRun : null, other: listed ? null : usdPerRun };
        const means = this.#nodeLines[first + 1 + stage] as Float64Array;
        const index = lineIndex.get(line) ?? 0;
        means[index] = (means[index] as number) + meanSplit(split, weights.clean);
      }
    }
  }
}

function addInto(sum: Float64Array, part: Float64Array): void {
  for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (part[t] as number);
}

/** A factor with mean 1 and squared coefficient of variation `cv2`. */
function lognormalFactor(cv2: number, z: number): number {
  if (cv2 <= 0) return 1;
  const variance = cv2 < 1e-4 ? cv2 : Math.log1p(cv2);
  return Math.exp(Math.sqrt(variance) * z - variance / 2);
}

/** Runs by trial, for what moves with list prices and for what does not. */
interface Weight {
  readonly listed: Float64Array;
  readonly other: Float64Array;
}

interface Weights {
  readonly noisy: Weight;
  readonly clean: Weight;
}

function weighted(runs: Float64Array, factor: Float64Array): Float64Array {
  const result = new Float64Array(runs.length);
  for (let t = 0; t < result.length; t++) result[t] = (runs[t] as number) * (factor[t] as number);
  return result;
}

function addSplit(sum: Float64Array, { listed, other }: Split, weight: Weight): void {
  if (listed) addProduct(sum, listed, weight.listed);
  if (other) addProduct(sum, other, weight.other);
}

function addProduct(sum: Float64Array, usd: Float64Array, runs: Float64Array): void {
  for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (usd[t] as number) * (runs[t] as number);
}

function meanSplit({ listed, other }: Split, weight: Weight): number {
  return (listed ? meanProduct(listed, weight.listed) : 0) + (other ? meanProduct(other, weight.other) : 0);
}

function meanProduct(usd: Float64Array, runs: Float64Array): number {
  const first = (usd[0] as number) * (runs[0] as number);
  let sum = 0;
  for (let t = 0; t < usd.length; t++) sum += (usd[t] as number) * (runs[t] as number) - first;
  return first + sum / usd.length;
}

interface MonthPart {
  readonly grouped: GroupedSample;
  readonly runs: Float64Array;
}

/** What one workflow does in one month, by trial. */
interface MonthFlow {
  readonly parts: MonthPart[];
  readonly runs: Float64Array;
  readonly interactions: Float64Array;
  readonly successes: Float64Array;
  readonly calls: Float64Array;
  readonly attempts: Float64Array;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly value: Float64Array;
  readonly clean: Float64Array;
  readonly metered: Float64Array;
  /** Without noise. */
  meteredMean: number;
  readonly volumeNoise: Float64Array;
  readonly costNoise: Float64Array;
}

function monthFlow(trials: number): MonthFlow {
  const make = (): Float64Array => new Float64Array(trials);
  return {
    parts: [],
    runs: make(),
    interactions: make(),
    successes: make(),
    calls: make(),
    attempts: make(),
    input: make(),
    output: make(),
    value: make(),
    clean: make(),
    metered: make(),
    meteredMean: 0,
    volumeNoise: make(),
    costNoise: make(),
  };
}

function cleared(flow: MonthFlow, keepsSpend: boolean): MonthFlow {
  const { parts, metered, meteredMean: _, ...sums } = flow;
  parts.length = 0;
  for (const sum of Object.values(sums)) sum.fill(0);
  return { ...flow, meteredMean: 0, metered: keepsSpend ? new Float64Array(metered.length) : metered.fill(0) };
}

function overlapHours(slice: Slice, fromMs: number, untilMs: number): number {
  const endMs = slice.fromMs + slice.days * hoursPerDay * 3_600_000;
  return Math.max(0, Math.min(endMs, untilMs) - Math.max(slice.fromMs, fromMs)) / 3_600_000;
}

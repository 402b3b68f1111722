import type { LineKind } from '../../tree/index.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { Columns, Num } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import { type RunCounts, runCounts, type StageLine, unbilled } from './kernel-context.ts';
import { stageKernel } from './stage-kernel.ts';
import { stageWalk } from './stage-walk.ts';
import { type Flow, flowOf } from './trial-flow.ts';

/** One workflow under one set of prices and changes, before factors on traffic: means per day and per run, by trial. */
export interface WorkflowSample {
  readonly workflow: WorkflowModel;
  readonly interactionsPerDay: Float64Array;
  /** Passes through the workflow, those of impatience, second tabs and rework included. */
  readonly runsPerDay: Float64Array;
  /** Outcomes that lasted. */
  readonly successesPerDay: Float64Array;
  readonly escalationsPerDay: Float64Array;
  readonly abandonedPerDay: Float64Array;
  readonly factors: FactorSamples;
  readonly lines: readonly StageLine[];
  readonly counts: RunCounts;
  /** Dollars of value a success brings, and what conversions add per interaction. */
  readonly valuePerSuccess: Float64Array;
  readonly valuePerInteraction: Float64Array;
}

/** Where runs come from: each multiplies the one before. */
export interface FactorSamples {
  readonly drafts: Float64Array;
  readonly repeats: Float64Array;
  readonly tabs: Float64Array;
  readonly rework: Float64Array;
}

export interface SampleOptions {
  readonly model: ForecastModel;
  readonly columns: Columns;
  readonly trials: number;
  /** The scenario, and the stress that holds. */
  readonly changes: readonly ChangeModel[];
  readonly rates: readonly TieredRates[];
  /** Interactions of a session in place of the traffic's own, for newcomers. */
  readonly interactionsPerSession?: Num;
}

export function sampleWorkflow(workflow: WorkflowModel, options: SampleOptions): WorkflowSample {
  const { trials, columns } = options;
  const touching = options.changes.filter(({ workflows }) => workflows === null || workflows.includes(workflow.name));
  const sample = emptySample(workflow, trials);
  const lines = lineTable(trials);
  const kernels = workflow.stages.map((stage, index) =>
    stageKernel(stage, index, { rates: options.rates, counts: sample.counts, trials, line: lines.line }),
  );
  const losses = lines.line(-1, 'waiting', unbilled);
  const quality = lines.line(-1, 'quality', unbilled);
  const people = lines.line(-1, 'human', unbilled);
  const plans = options.changes.find((change) => change.plans !== null)?.plans ?? workflow.traffic.plans;
  const walk = stageWalk(workflow, kernels, touching);
  const interactions = options.interactionsPerSession ?? workflow.traffic.interactionsPerSession;
  const trialOf = { workflow, touching, columns, plans, interactions };
  for (let trial = 0; trial < trials; trial++) {
    const flow = flowOf(trialOf, trial, walk);
    record(sample, flow, trial);
    const { perRun } = flow;
    losses[trial] = perRun.waiting;
    quality[trial] = perRun.quality;
    people[trial] = perRun.handling;
    sample.counts.humanMinutes[trial] = (sample.counts.humanMinutes[trial] as number) + perRun.handlingMinutes;
  }
  return { ...sample, lines: lines.all().filter(({ usdPerRun }) => usdPerRun.some((usd) => usd !== 0)) };
}

interface LineTable {
  line(stage: number, line: LineKind, source: Omit<StageLine, 'stage' | 'line' | 'usdPerRun'>): Float64Array;
  all(): StageLine[];
}

function lineTable(trials: number): LineTable {
  const lines = new Map<string, StageLine>();
  return {
    line(stage, line, source) {
      const key = `${stage} ${line} ${source.metered}`;
      const known = lines.get(key);
      if (known) return known.usdPerRun;
      const usdPerRun = new Float64Array(trials);
      lines.set(key, { stage, line, ...source, usdPerRun });
      return usdPerRun;
    },
    all: () => [...lines.values()],
  };
}

function emptySample(workflow: WorkflowModel, trials: number): Omit<WorkflowSample, 'lines'> {
  const make = (): Float64Array => new Float64Array(trials);
  return {
    workflow,
    interactionsPerDay: make(),
    runsPerDay: make(),
    successesPerDay: make(),
    escalationsPerDay: make(),
    abandonedPerDay: make(),
    factors: { drafts: make(), repeats: make(), tabs: make(), rework: make() },
    counts: runCounts(trials),
    valuePerSuccess: make(),
    valuePerInteraction: make(),
  };
}

function record(sample: Omit<WorkflowSample, 'lines'>, flow: Flow, trial: number): void {
  sample.interactionsPerDay[trial] = flow.interactions;
  sample.runsPerDay[trial] = flow.interactions * flow.drafts * flow.repeats * flow.tabs * flow.rework;
  sample.successesPerDay[trial] = flow.successes;
  sample.escalationsPerDay[trial] = flow.escalations;
  sample.abandonedPerDay[trial] = flow.abandoned;
  sample.factors.drafts[trial] = flow.drafts;
  sample.factors.repeats[trial] = flow.repeats;
  sample.factors.tabs[trial] = flow.tabs;
  sample.factors.rework[trial] = flow.rework;
  sample.valuePerSuccess[trial] = flow.valuePerSuccess;
  sample.valuePerInteraction[trial] = flow.valuePerInteraction;
}

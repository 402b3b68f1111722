import type { LineKind } from '../../tree/index.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import type { ChangeModel, FactorName } from '../model/changes.ts';
import { type Columns, type Num, read } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import { everybody, type PlanModel, type SegmentModel } from '../model/traffic.ts';
import { shareAbove } from '../normal.ts';
import {
  type RunCounts,
  runCounts,
  type Situation,
  type StageKernel,
  type StageLine,
  stageKernel,
} from './stage-kernel.ts';
import { visitSolver } from './visits.ts';

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

const unbilled = { listed: false, metered: false, provider: '', model: '' };

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

function factorOf(changes: readonly ChangeModel[], name: FactorName, columns: Columns, trial: number): number {
  let product = 1;
  for (const { factors } of changes) product *= read(factors[name], columns, trial);
  return product;
}

/** What a walk through the stages leaves behind, per run. */
interface Walked {
  latencyMs: number;
  /** Variance of the latency, ms². */
  latencyVariance: number;
  /** Visits of people, per run. */
  escalations: number;
}

type Walk = (segments: readonly WeightedSegment[], trial: number, columns: Columns) => Walked;

interface WeightedSegment {
  readonly segment: SegmentModel;
  weight: number;
  turns: number;
}

/** Adds all stages of all segments for one trial. */
function stageWalk(workflow: WorkflowModel, kernels: readonly StageKernel[], changes: readonly ChangeModel[]): Walk {
  const { stages, start, traffic } = workflow;
  const solver = visitSolver(stages, start);
  const visits = new Float64Array(stages.length);
  const steady = solver.steady && changes.every(({ factors }) => factors.escalations.column < 0);
  const at = situation(traffic.depth === 'geometric');
  const walked: Walked = { latencyMs: 0, latencyVariance: 0, escalations: 0 };
  let solved = false;
  return (segments, trial, columns) => {
    if (!solved || !steady) solver.solve(columns, trial, factorOf(changes, 'escalations', columns, trial), visits);
    solved = true;
    situate(at, changes, trial, columns);
    const { inputFactor, outputFactor, failureFactor } = at;
    for (const { segment, weight, turns } of segments) {
      at.weight = weight;
      at.turns = turns;
      at.inputFactor = inputFactor * segment.input;
      at.outputFactor = outputFactor * segment.output;
      at.failureFactor = failureFactor * segment.retry;
      for (let s = 0; s < kernels.length; s++) {
        const v = visits[s] as number;
        if (v > 0) (kernels[s] as StageKernel)(v, at);
      }
    }
    timeOf(workflow, visits, at, walked, factorOf(changes, 'latency', columns, trial));
    return walked;
  };
}

function situation(geometric: boolean): Situation {
  return {
    trial: 0,
    columns: [],
    weight: 1,
    turns: 1,
    geometric,
    inputFactor: 1,
    outputFactor: 1,
    failureFactor: 1,
    retryFactor: 1,
    cacheFactor: 1,
    priceFactor: 1,
  };
}

function situate(at: Situation, changes: readonly ChangeModel[], trial: number, columns: Columns): void {
  at.trial = trial;
  at.columns = columns;
  at.inputFactor = factorOf(changes, 'inputTokens', columns, trial);
  at.outputFactor = factorOf(changes, 'outputTokens', columns, trial);
  at.failureFactor = factorOf(changes, 'failures', columns, trial);
  at.retryFactor = factorOf(changes, 'retries', columns, trial);
  at.cacheFactor = factorOf(changes, 'cacheHits', columns, trial);
  at.priceFactor = factorOf(changes, 'prices', columns, trial);
}

function timeOf({ stages }: WorkflowModel, visits: Float64Array, at: Situation, into: Walked, latency: number): void {
  const { columns, trial } = at;
  into.latencyMs = 0;
  into.latencyVariance = 0;
  into.escalations = 0;
  for (let s = 0; s < stages.length; s++) {
    const stage = stages[s];
    const v = visits[s] as number;
    if (!stage || v === 0) continue;
    if (stage.work.kind === 'human') {
      into.escalations += v;
      continue;
    }
    // Branches of a fan-out wait together; calls of one branch wait one after the other.
    const mean = read(stage.latencyMs, columns, trial) * latency;
    const rounds = v * read(stage.calls, columns, trial);
    into.latencyMs += rounds * mean;
    into.latencyVariance += rounds * mean * mean * stage.latencyMs.spread;
  }
}

interface TrialOf {
  readonly workflow: WorkflowModel;
  readonly touching: readonly ChangeModel[];
  readonly columns: Columns;
  readonly plans: readonly PlanModel[];
  readonly interactions: Num;
}

/** One trial's traffic, outcome and what they cost beside the stages. */
interface Flow {
  interactions: number;
  drafts: number;
  repeats: number;
  tabs: number;
  rework: number;
  successes: number;
  escalations: number;
  abandoned: number;
  valuePerSuccess: number;
  valuePerInteraction: number;
  perRun: { waiting: number; quality: number; handling: number; handlingMinutes: number };
}

const msPerSecond = 1000;
const minutesPerHour = 60;
/** Impatience may at most make every run come many times; keeps a loop without end finite. */
const repeatMax = 0.95;

function flowOf(of: TrialOf, trial: number, walk: Walk): Flow {
  const { workflow, columns, touching } = of;
  const segments = weigh(of, trial);
  const walked = walk(segments.list, trial, columns);
  const wait = impatienceOf(workflow, walked, columns, trial);
  const interactions = interactionsPerDay(of, segments.interactions, trial);
  const runs = read(workflow.traffic.runsPerInteraction, columns, trial);
  const drafts = segments.drafts * runs;
  const success = successOf(workflow, segments.list, walked, touching, columns, trial) * (1 - wait.abandoned);
  const reworked = success * read(workflow.outcome.reworkRate, columns, trial);
  const repeats = 1 + wait.repeated / (1 - wait.repeated);
  const tabs = 1 + read(workflow.traffic.duplicateTabs, columns, trial);
  // What comes back is one run more of one draft, not of the whole interaction.
  const rework = 1 + reworked / Math.max(1, drafts);
  const runsPerInteraction = drafts * repeats * tabs * rework;
  const lasting = success - reworked;
  return {
    interactions,
    drafts,
    repeats,
    tabs,
    rework,
    successes: interactions * lasting,
    escalations: interactions * runsPerInteraction * Math.min(1, escalated(workflow, walked, columns, trial)),
    abandoned: interactions * wait.abandoned,
    ...worthOf(workflow, columns, trial),
    perRun: sideCosts(workflow, walked, wait, runsPerInteraction, columns, trial),
  };
}

interface Weighed {
  readonly list: WeightedSegment[];
  /** Factor on interactions, of everybody. */
  readonly interactions: number;
  /** Drafts per interaction, of everybody. */
  readonly drafts: number;
}

/** Each segment's share of the runs. What the segments leave is like the average. */
function weigh({ workflow, columns, interactions }: TrialOf, trial: number): Weighed {
  const { traffic } = workflow;
  const regenerations = read(traffic.regenerations, columns, trial);
  const perSession = read(interactions, columns, trial);
  const stated = traffic.segments.map((segment) => ({ segment, share: read(segment.share, columns, trial) }));
  const sum = stated.reduce((total, { share }) => total + share, 0);
  const scale = sum > 1 ? 1 / sum : 1;
  const all = sum < 1 ? [...stated, { segment: everybody, share: 1 - sum }] : stated;
  let sessions = 0;
  let runs = 0;
  const list = all.map(({ segment, share }): WeightedSegment => {
    const own = share * scale * segment.interactions;
    const drafts = 1 + regenerations * segment.regenerations;
    sessions += own;
    runs += own * drafts;
    return { segment, weight: own * drafts, turns: perSession * segment.interactions * drafts };
  });
  for (const each of list) each.weight = runs > 0 ? each.weight / runs : 0;
  return { list, interactions: sessions, drafts: sessions > 0 ? runs / sessions : 1 };
}

const daysPerMonth = 30;

function interactionsPerDay(
  { workflow, columns, plans, interactions }: TrialOf,
  segments: number,
  trial: number,
): number {
  const { traffic } = workflow;
  if (traffic.users === null) {
    const drafts = 1 + read(traffic.regenerations, columns, trial);
    return read(traffic.runsPerDay, columns, trial) / (drafts * read(traffic.runsPerInteraction, columns, trial));
  }
  const { onboarding } = traffic;
  const newcomers = onboarding
    ? read(onboarding.share, columns, trial) * Math.min(1, onboarding.days / daysPerMonth)
    : 0;
  const perUser =
    read(traffic.sessionsPerUserPerDay, columns, trial) *
    read(interactions, columns, trial) *
    segments *
    (1 + newcomers * ((onboarding?.interactions ?? 1) - 1));
  return read(traffic.users, columns, trial) * underQuota(perUser, plans, columns, trial);
}

/** Interactions of a mean user once the daily quota of each plan has cut its own users. */
function underQuota(perUser: number, plans: readonly PlanModel[], columns: Columns, trial: number): number {
  let cut = 0;
  for (const { share, interactionsPerDayMax } of plans) {
    if (perUser > interactionsPerDayMax) cut += read(share, columns, trial) * (perUser - interactionsPerDayMax);
  }
  return perUser - cut;
}

interface Waiting {
  repeated: number;
  abandoned: number;
  tickets: number;
}

/** Who waits longer than patience lasts; the whole wait is taken as lognormal with the stages' mean and variance (Fenton, 1960). */
function impatienceOf({ impatience }: WorkflowModel, walked: Walked, columns: Columns, trial: number): Waiting {
  if (!impatience || walked.latencyMs <= 0) return { repeated: 0, abandoned: 0, tickets: 0 };
  const patienceMs = read(impatience.afterSeconds, columns, trial) * msPerSecond;
  const elasticity = read(impatience.elasticity, columns, trial);
  const over = walked.latencyMs / patienceMs;
  // Elasticity bends how fast patience ends as waiting passes it; 1 leaves the wait as it is.
  const felt = over > 1 ? walked.latencyMs * over ** (elasticity - 1) : walked.latencyMs;
  const late = shareAbove(felt, walked.latencyVariance / walked.latencyMs ** 2, patienceMs);
  return {
    repeated: Math.min(repeatMax, late * read(impatience.retry, columns, trial)),
    abandoned: late * read(impatience.abandon, columns, trial),
    tickets: late * read(impatience.ticket, columns, trial),
  };
}

/** Visits of people per run; where no stage sends anybody there, the rate the file states. */
function escalated({ outcome, stages }: WorkflowModel, walked: Walked, columns: Columns, trial: number): number {
  if (stages.some(({ work }) => work.kind === 'human')) return walked.escalations;
  return read(outcome.escalationRate, columns, trial);
}

function successOf(
  workflow: WorkflowModel,
  segments: readonly WeightedSegment[],
  walked: Walked,
  changes: readonly ChangeModel[],
  columns: Columns,
  trial: number,
): number {
  const { successRate } = workflow.outcome;
  const usual = successRate
    ? read(successRate, columns, trial)
    : Math.max(0, 1 - escalated(workflow, walked, columns, trial));
  let mean = 0;
  for (const { segment, weight } of segments) {
    mean += weight * (segment.successRate ? read(segment.successRate, columns, trial) : usual);
  }
  return Math.min(1, mean * factorOf(changes, 'successRate', columns, trial));
}

function worthOf(
  { outcome }: WorkflowModel,
  columns: Columns,
  trial: number,
): Pick<Flow, 'valuePerSuccess' | 'valuePerInteraction'> {
  const minutes = read(outcome.minutesSaved, columns, trial) * read(outcome.savedHourlyUsd, columns, trial);
  const stated = read(outcome.valueUsd, columns, trial);
  const lift = read(outcome.conversionLift, columns, trial) * read(outcome.revenuePerConversionUsd, columns, trial);
  // A stated value already holds what the minutes are worth.
  return { valuePerSuccess: stated > 0 ? stated : minutes / minutesPerHour, valuePerInteraction: lift };
}

/** Costs that follow from people, waiting and wrong actions, per run. */
function sideCosts(
  workflow: WorkflowModel,
  walked: Walked,
  wait: Waiting,
  runsPerInteraction: number,
  columns: Columns,
  trial: number,
): Flow['perRun'] {
  const { outcome, impatience, stages } = workflow;
  const lost = impatience
    ? wait.abandoned * read(impatience.abandonUsd, columns, trial) +
      wait.tickets * read(impatience.ticketUsd, columns, trial)
    : 0;
  const staged = stages.some(({ work }) => work.kind === 'human');
  const extra = read(outcome.extraHandleMinutes, columns, trial);
  const handled = extra + (staged ? 0 : read(outcome.minutesSaved, columns, trial));
  const handlingMinutes = Math.min(1, escalated(workflow, walked, columns, trial)) * handled;
  const wrong = read(outcome.wrongActionRate, columns, trial) * read(outcome.wrongActionUsd, columns, trial);
  return {
    waiting: lost / Math.max(1, runsPerInteraction),
    quality: wrong,
    handling: (handlingMinutes * read(outcome.savedHourlyUsd, columns, trial)) / minutesPerHour,
    handlingMinutes,
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

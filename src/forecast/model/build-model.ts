import type { Config, Workflow } from '../../config/index.ts';
import type { PriceBook, RateCard } from '../../pricing/index.ts';
import type { BrakeFactors } from '../scenario/brakes.ts';
import { type MonthPlan, monthsFrom } from './calendar.ts';
import { type ChangeModel, compileScenario, compileStress } from './changes.ts';
import {
  compileObservability,
  compileOverheads,
  compilePools,
  type ObservabilityModel,
  type OverheadModel,
  type PoolModel,
} from './costs.ts';
import { type Measured, ModelBuilder, type ModelProblem, type Num, type Parameter } from './number.ts';
import { type PersonRates, personRates } from './people.ts';
import { type ModelUse, ratesAt, type TieredRates } from './rates.ts';
import { compileStage } from './stage.ts';
import type { StageModel } from './stage-model.ts';
import {
  compileImpatience,
  compileOutcome,
  compileTraffic,
  type ImpatienceModel,
  type OutcomeModel,
  type TrafficModel,
} from './traffic.ts';

export interface WorkflowModel {
  readonly name: string;
  readonly team: string | undefined;
  readonly feature: string | undefined;
  readonly stages: readonly StageModel[];
  readonly start: number;
  readonly traffic: TrafficModel;
  readonly outcome: OutcomeModel;
  readonly impatience: ImpatienceModel | null;
  /** Null: that of the observability section. */
  readonly bytesPerCall: Num | null;
}

/** Prices from a moment on: `rates[use]`. */
export interface PriceEpoch {
  readonly fromMs: number;
  readonly rates: readonly TieredRates[];
}

/** The file as the forecast sees it: the tree with a distribution at every number. */
export interface ForecastModel {
  readonly months: readonly MonthPlan[];
  readonly parameters: readonly Parameter[];
  readonly uses: readonly ModelUse[];
  /** Ascending; the first holds from the first month. */
  readonly epochs: readonly PriceEpoch[];
  readonly workflows: readonly WorkflowModel[];
  readonly overheads: readonly OverheadModel[];
  readonly observability: ObservabilityModel | null;
  readonly pools: readonly PoolModel[];
  readonly scenarios: readonly ChangeModel[];
  readonly stresses: readonly ChangeModel[];
  readonly config: Config;
  /** What was taken for granted because the file does not say. */
  readonly assumptions: readonly string[];
  /** What brakes leave of the spend, where the file cannot be compiled anew. */
  readonly brakes?: BrakeFactors;
}

export interface ModelOptions {
  /** Months looked ahead; the file's own number when absent. */
  readonly months?: number;
  readonly measured?: Measured;
}

export type ModelResult =
  | { readonly ok: true; readonly model: ForecastModel }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** The scenario forecast where the file states none. */
const plainScenario = 'expected';

/** Compiles a checked file and its prices into a model; every problem is found in one pass. @param atMs now */
export function buildModel(config: Config, book: PriceBook, atMs: number, options: ModelOptions = {}): ModelResult {
  const builder = new ModelBuilder(options.measured ?? (() => null));
  const months = monthsFrom(config.forecast.start?.ms ?? atMs, options.months ?? config.forecast.months);
  const startMs = months[0]?.startMs ?? atMs;
  const people = personRates(config, builder);
  const uses: ModelUse[] = [];
  if (Object.keys(config.workflows).length === 0) {
    builder.problem(
      ['workflows'],
      'there is no workflow to forecast; `burnrate init --pattern support-bot` writes one',
    );
  }
  const workflows = Object.entries(config.workflows).map(([name, workflow]) =>
    compileWorkflow(name, workflow, config, people, uses, builder),
  );
  const overheads = compileOverheads(config, people, startMs, builder);
  const scenarios = Object.entries(config.scenarios).map(([name, each]) =>
    compileScenario(name, each, config, builder),
  );
  const stresses = Object.entries(config.stresses).map(([name, each]) => compileStress(name, each, startMs, builder));
  const endMs = months.at(-1)?.endMs ?? startMs;
  const epochs = priceEpochs(uses, book, startMs, endMs, builder);
  const model: ForecastModel = {
    months,
    parameters: builder.parameters,
    uses,
    epochs,
    workflows,
    overheads,
    observability: compileObservability(config, builder),
    pools: compilePools(config, new Set(uses.map(({ provider }) => provider)), builder),
    scenarios: scenarios.length > 0 ? scenarios : [compileScenario(plainScenario, {}, config, builder)],
    stresses,
    config,
    assumptions: [...builder.assumptions],
  };
  return builder.problems.length > 0 ? { ok: false, problems: distinct(builder.problems) } : { ok: true, model };
}

function distinct(problems: readonly ModelProblem[]): ModelProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.path.join('.')} ${problem.message}`, problem])).values()];
}

function compileWorkflow(
  name: string,
  workflow: Workflow,
  config: Config,
  people: PersonRates,
  uses: ModelUse[],
  builder: ModelBuilder,
): WorkflowModel {
  const path = ['workflows', name];
  const names = Object.keys(workflow.stages);
  const context = { config, workflow, people, uses, builder };
  const bytes = workflow.bytesPerCall;
  return {
    name,
    team: workflow.team,
    feature: workflow.feature,
    stages: Object.entries(workflow.stages).map(([stage, settings]) =>
      compileStage(settings, stage, names, [...path, 'stages', stage], context),
    ),
    start: names.indexOf(workflow.start),
    traffic: compileTraffic(workflow, path, config, builder),
    outcome: compileOutcome(workflow, path, savedRate(workflow, people), builder),
    impatience: compileImpatience(workflow, path, builder),
    bytesPerCall: bytes ? builder.number(bytes, [...path, 'bytesPerCall'], 0, { each: true }) : null,
  };
}

/** Whose minutes a success saves: the role named, else the one that works in a stage. */
function savedRate({ outcome, stages }: Workflow, people: PersonRates): Num {
  const inStage = Object.values(stages).flatMap(({ work }) => (work.kind === 'human' ? [work.role] : []))[0];
  return people.hourlyUsd(outcome?.savedRole ?? inStage);
}

/** A new epoch begins whenever the price of a model in use changes. */
function priceEpochs(
  uses: readonly ModelUse[],
  book: PriceBook,
  startMs: number,
  endMs: number,
  builder: ModelBuilder,
): PriceEpoch[] {
  const starts = [startMs, ...changesOf(uses, book, startMs, endMs)];
  return starts.map((fromMs) => ({
    fromMs,
    rates: uses.flatMap((use) => ratesAt(use, book, fromMs, builder) ?? []),
  }));
}

function changesOf(uses: readonly ModelUse[], book: PriceBook, startMs: number, endMs: number): number[] {
  const moments = new Set<number>();
  for (const use of uses) {
    for (const atMs of cardEnds(use, book, startMs, endMs)) moments.add(atMs);
  }
  return [...moments].sort((a, b) => a - b);
}

const changesPerModelMax = 64;

/** Follows the cards of one model from the first to the last; a later card that begins within an open one is found by its own date. */
function cardEnds(use: ModelUse, book: PriceBook, startMs: number, endMs: number): number[] {
  const ends: number[] = [];
  const dayMs = 86_400_000;
  let card: RateCard | null = book.findCard(use.provider, use.model, startMs);
  for (let atMs = startMs + dayMs; atMs < endMs && ends.length < changesPerModelMax; atMs += dayMs) {
    const next = book.findCard(use.provider, use.model, atMs);
    if (next?.id === card?.id || (card?.timeOfDay && next?.timeOfDay)) continue;
    ends.push(atMs);
    card = next;
  }
  return ends;
}

import type { BrakeStep, Budget, Config, Stage, Workflow } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import { centralRun, meteredUsd } from './central.ts';

/** What is left of the spend from a share of the limit on: 1 is all of it. */
export interface Rung {
  readonly label: string;
  readonly at: number;
  readonly factor: number;
}

/** Compiles a changed configuration with the same prices; null when it cannot be. */
export type Rebuild = (config: Config) => ForecastModel | null;

/** Half of the follow-ups within a session come within so many seconds (RAGPulse: the median gap is 40 s). */
const medianGapSeconds = 40;

/** What each step of a brake leaves of the spend: as the model knows it, else found by running the file with the step in force. */
export function rungsOf(budget: Budget, model: ForecastModel, scenario: ChangeModel, rebuild: Rebuild): Rung[] {
  const known = model.brakes?.[scenario.name]?.[budget.name];
  const factors = known ?? factorsOf(budget, model, scenario, modelsUnder(budget, model, rebuild));
  return budget.brake.map((step, index) => ({ label: labelOf(step), at: step.at, factor: factors[index] ?? 1 }));
}

/** By scenario and budget: what is left of the spend under each step, for whoever cannot compile the file anew. */
export type BrakeFactors = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

export function brakeFactors(model: ForecastModel, rebuild: Rebuild): BrakeFactors {
  const braked = model.config.budgets
    .filter(({ brake }) => brake.length > 0)
    .map((budget) => ({ budget, under: modelsUnder(budget, model, rebuild) }));
  const of = (scenario: ChangeModel) =>
    Object.fromEntries(braked.map(({ budget, under }) => [budget.name, factorsOf(budget, model, scenario, under)]));
  return Object.fromEntries(model.scenarios.map((scenario) => [scenario.name, of(scenario)]));
}

type ModelsUnder = readonly (ForecastModel | null)[];

/** The file under each step and those before it; null where a step changes nothing that is compiled. */
function modelsUnder({ brake }: Budget, model: ForecastModel, rebuild: Rebuild): ModelsUnder {
  let { config } = model;
  return brake.map((step) => {
    config = withStep(config, step);
    return step.maxOutputTokens !== undefined || step.model !== undefined ? rebuild(config) : null;
  });
}

function factorsOf(budget: Budget, model: ForecastModel, scenario: ChangeModel, under: ModelsUnder): number[] {
  let factor = 1;
  const base = meteredUsd(centralRun(model, [scenario]));
  return budget.brake.map((step, index) => {
    const rebuilt = under[index];
    const same = rebuilt?.scenarios.find(({ name }) => name === scenario.name);
    if (rebuilt && same && base > 0) factor = Math.min(factor, meteredUsd(centralRun(rebuilt, [same])) / base);
    if (step.cooldown) factor *= 1 - followUpShare(model) * (1 - 0.5 ** (step.cooldown.ms / 1000 / medianGapSeconds));
    if (step.stop) factor = 0;
    return factor;
  });
}

function labelOf({ at, maxOutputTokens, model, queue, cooldown, stop }: BrakeStep): string {
  const acts = [
    maxOutputTokens === undefined ? null : `answers up to ${maxOutputTokens} tokens`,
    model === undefined ? null : `${model} for every call`,
    queue === undefined ? null : `calls wait up to ${queue.ms / 1000} s`,
    cooldown === undefined ? null : `cooldown ${cooldown.ms / 1000} s`,
    stop ? 'stop' : null,
  ];
  return `from ${Math.round(at * 100)} %: ${acts.filter((act) => act !== null).join(', ')}`;
}

function withStep(config: Config, step: BrakeStep): Config {
  const workflows = Object.entries(config.workflows).map(([name, workflow]): [string, Workflow] => [
    name,
    { ...workflow, stages: mapValues(workflow.stages, (stage) => stageUnder(stage, step)) },
  ]);
  return { ...config, workflows: Object.fromEntries(workflows) };
}

function stageUnder(stage: Stage, { maxOutputTokens, model }: BrakeStep): Stage {
  if (stage.work.kind !== 'model') return stage;
  const { route, ...plain } = stage;
  const limit = Math.min(
    maxOutputTokens ?? Number.POSITIVE_INFINITY,
    stage.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const capped = Number.isFinite(limit) ? { maxOutputTokens: limit } : {};
  if (model === undefined) return { ...stage, ...capped };
  // A stage that only embeds or moderates keeps its model: a brake replaces those that write.
  const writes = stage.output !== undefined;
  return writes ? { ...plain, ...capped, work: { kind: 'model', model } } : { ...stage, ...capped };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Share of runs that follow another one of their session. */
function followUpShare(model: ForecastModel): number {
  const turns = model.workflows.map(
    ({ traffic }) => traffic.interactionsPerSession.constant * (1 + traffic.regenerations.constant),
  );
  const mean = turns.reduce((sum, each) => sum + each, 0) / Math.max(1, turns.length);
  return mean > 1 ? 1 - 1 / mean : 0;
}

/** What is spent when `wanted` dollars meet a limit with its rungs: each slows what comes after it. */
export function spentUnder(wanted: number, limitUsd: number, rungs: readonly Rung[], hard: boolean): number {
  const all = hard ? [...rungs, { label: 'limit', at: 1, factor: 0 }] : rungs;
  let spent = 0;
  let left = wanted;
  let factor = 1;
  for (const rung of all) {
    const room = Math.max(0, rung.at * limitUsd - spent);
    if (left * factor <= room) return spent + left * factor;
    spent += room;
    left -= factor > 0 ? room / factor : 0;
    factor = rung.factor;
  }
  return spent + left * factor;
}

export interface BrakeSaving {
  readonly brake: string;
  readonly savedUsd: number;
}

/** What each rung saves beyond those before it, then the limit itself where it is hard. */
export function savingsOf(wanted: number, limitUsd: number, rungs: readonly Rung[], hard: boolean): BrakeSaving[] {
  let before = wanted;
  const savings = rungs.map((rung, index) => {
    const spent = spentUnder(wanted, limitUsd, rungs.slice(0, index + 1), false);
    const savedUsd = before - spent;
    before = spent;
    return { brake: rung.label, savedUsd };
  });
  if (!hard) return savings;
  return [...savings, { brake: 'the limit itself', savedUsd: before - spentUnder(wanted, limitUsd, rungs, true) }];
}

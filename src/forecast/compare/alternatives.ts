import type { Alternative, Config, Stage, StageFallback, Workflow } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { compileScenario } from '../model/changes.ts';
import { ModelBuilder } from '../model/number.ts';
import { type Draws, drawParameters } from '../simulate/draws.ts';
import { runScenario } from '../simulate/run-scenario.ts';
import { sampleStore } from '../simulate/sample-store.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf, type Stats, statsOf } from '../simulate/statistics.ts';

/** One way to run the same workload. */
export interface Candidate {
  readonly name: string;
  readonly description: string;
  readonly model: ForecastModel;
  /** Why it cannot be priced; the model is then not used. */
  readonly problem: string | null;
}

export interface ComparedCandidate {
  readonly name: string;
  readonly description: string;
  readonly problem: string | null;
  readonly totalUsd: Stats | null;
  readonly costPerOutcomeUsd: Stats | null;
  /** Share of futures in which this one costs least per outcome. */
  readonly cheapestShare: number;
  /** Factor on traffic at which it costs as much as the file as it is; null when there is none within the range looked at. */
  readonly breakEven: BreakEven | null;
}

export interface BreakEven {
  /** Factor on today's traffic. */
  readonly traffic: Stats;
  readonly callsPerMonth: Stats;
  /** Which side of it the alternative is cheaper on. */
  readonly cheaper: 'above' | 'below';
  /** Share of futures that have such a point at all. */
  readonly found: number;
}

/**
 * The configuration with an alternative in force: models replaced everywhere, its fixed costs and work added. Costs of
 * switching are part of the file and stay in both.
 */
export function withAlternative(config: Config, alternative: Alternative, name: string): Config {
  const workflows = Object.entries(config.workflows).map(([key, workflow]): [string, Workflow] => [
    key,
    { ...workflow, stages: replaceModels(workflow.stages, alternative.replace) },
  ]);
  const { monthlyUsd, hoursPerMonth, role } = alternative;
  const work = {
    name: `alternative ${name}`,
    allocateBy: 'cost' as const,
    ...(monthlyUsd ? { monthlyUsd } : {}),
    ...(hoursPerMonth ? { hoursPerMonth } : {}),
    ...(role ? { role } : {}),
  };
  const adds = monthlyUsd !== undefined || hoursPerMonth !== undefined;
  const maintenance = adds ? [...config.overheads.maintenance, work] : config.overheads.maintenance;
  const { successRate, inputTokens, outputTokens } = alternative;
  const factors = {
    ...(successRate ? { successRate } : {}),
    ...(inputTokens ? { inputTokens } : {}),
    ...(outputTokens ? { outputTokens } : {}),
  };
  const named = config.scenarios.expected ?? Object.values(config.scenarios)[0] ?? {};
  return {
    ...config,
    workflows: Object.fromEntries(workflows),
    overheads: { ...config.overheads, maintenance },
    scenarios: { expected: { ...named, ...factors } },
    stresses: {},
  };
}

/** The configuration compared with: its expected scenario alone. */
export function asItIs(config: Config): Config {
  const named = config.scenarios.expected ?? Object.values(config.scenarios)[0] ?? {};
  return { ...config, scenarios: { expected: named }, stresses: {} };
}

function replaceModels(stages: Workflow['stages'], replace: Alternative['replace']): Workflow['stages'] {
  const swap = (model: string): string => replace[model] ?? model;
  const entries = Object.entries(stages).map(([name, stage]): [string, Stage] => {
    const work = stage.work.kind === 'model' ? { ...stage.work, model: swap(stage.work.model) } : stage.work;
    const fallback = stage.fallback?.map((step): StageFallback => (typeof step === 'string' ? swap(step) : step));
    const route = stage.route ? { ...stage.route, simple: swap(stage.route.simple) } : undefined;
    return [name, { ...stage, work, ...(fallback ? { fallback } : {}), ...(route ? { route } : {}) }];
  });
  return Object.fromEntries(entries);
}

/** Factors on traffic that are looked at for a break-even, evenly in their logarithm. */
const factorMin = 0.01;
const factorMax = 1000;
const factorSteps = 41;

/** Compares candidates on the same draws; the first is the file as it is. Every candidate has its own prices. */
export function compareCandidates(candidates: readonly Candidate[], trials: number, seed: number): ComparedCandidate[] {
  const runs = candidates.map((candidate) =>
    candidate.problem === null ? simulate(candidate.model, trials, seed) : null,
  );
  const costs = runs.map((run) => (run ? perOutcome(run) : null));
  const wins = winsOf(costs, trials);
  const base = candidates[0];
  return candidates.map((candidate, index) => {
    const run = runs[index];
    const cost = costs[index];
    const { name, description, problem } = candidate;
    if (!run || !cost) {
      return { name, description, problem, totalUsd: null, costPerOutcomeUsd: null, cheapestShare: 0, breakEven: null };
    }
    return {
      name,
      description,
      problem,
      totalUsd: statsOf(run.expected.slice()),
      costPerOutcomeUsd: run.outcomes.some((count) => count > 0) ? statsOf(cost.slice()) : null,
      cheapestShare: (wins[index] ?? 0) / trials,
      breakEven:
        index === 0 || !base || base.problem !== null ? null : breakEven(base.model, candidate.model, trials, seed),
    };
  });
}

function simulate(model: ForecastModel, trials: number, seed: number, traffic = 1): ScenarioRun {
  const draws = drawsByName(model, trials, seed);
  const [scenario] = model.scenarios;
  const change = scenario ?? compileScenario('expected', {}, model.config, new ModelBuilder(() => null));
  const scaled = { ...change, factors: { ...change.factors, traffic: { constant: traffic, column: -1, spread: 0 } } };
  return runScenario(model, draws, [traffic === 1 ? change : scaled], {
    noise: null,
    samples: sampleStore(model, draws),
    detail: false,
  });
}

/** Each parameter is drawn from a seed of its own name, so that two files that share a number share its draws. */
function drawsByName(model: ForecastModel, trials: number, seed: number): Draws {
  const drawn = model.parameters.map((parameter) => drawParameters([parameter], trials, seed ^ hashOf(parameter.id)));
  return {
    trials,
    columns: drawn.map(({ columns }) => columns[0] as Float64Array),
    ranks: drawn.map(({ ranks }) => ranks[0] as Uint32Array),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

function perOutcome(run: ScenarioRun): Float64Array {
  const any = run.outcomes.some((count) => count > 0);
  return Float64Array.from(run.expected, (usd, t) => (any ? usd / Math.max(1e-9, run.outcomes[t] as number) : usd));
}

function winsOf(costs: readonly (Float64Array | null)[], trials: number): number[] {
  const wins = costs.map(() => 0);
  for (let t = 0; t < trials; t++) {
    let best = -1;
    for (const [index, cost] of costs.entries()) {
      if (cost && (best < 0 || (cost[t] as number) < ((costs[best] as Float64Array)[t] as number))) best = index;
    }
    if (best >= 0) wins[best] = (wins[best] ?? 0) + 1;
  }
  return wins;
}

/** Trials a break-even is looked for in; each is run at every factor. */
const breakEvenTrials = 500;

function breakEven(base: ForecastModel, other: ForecastModel, trials: number, seed: number): BreakEven | null {
  const count = Math.min(trials, breakEvenTrials);
  const factors = Array.from(
    { length: factorSteps },
    (_, i) => factorMin * (factorMax / factorMin) ** (i / (factorSteps - 1)),
  );
  const differences = factors.map((factor) => {
    const [a, b] = [perOutcome(simulate(base, count, seed, factor)), perOutcome(simulate(other, count, seed, factor))];
    return Float64Array.from(a, (usd, t) => (b[t] as number) - usd);
  });
  const crossings: number[] = [];
  let above = 0;
  for (let t = 0; t < count; t++) {
    const found = crossingOf(factors, (i) => differences[i]?.[t] ?? 0);
    if (found === null) continue;
    crossings.push(found.factor);
    if (found.cheaper === 'above') above += 1;
  }
  if (crossings.length === 0) return null;
  const traffic = Float64Array.from(crossings);
  const month = simulate(base, count, seed).months[0];
  const calls = month?.calls ?? 0;
  return {
    callsPerMonth: statsOf(traffic.map((factor) => factor * calls)),
    traffic: statsOf(traffic.slice(), meanOf(traffic)),
    cheaper: above * 2 >= crossings.length ? 'above' : 'below',
    found: crossings.length / count,
  };
}

/** The first factor at which the sign of the difference turns, linear in the logarithm between the two beside it. */
function crossingOf(
  factors: readonly number[],
  difference: (index: number) => number,
): { readonly factor: number; readonly cheaper: 'above' | 'below' } | null {
  for (let i = 1; i < factors.length; i++) {
    const [a, b] = [difference(i - 1), difference(i)];
    if (a === 0 || a > 0 === b > 0) continue;
    const position = a / (a - b);
    const [from, to] = [Math.log(factors[i - 1] ?? 1), Math.log(factors[i] ?? 1)];
    return { factor: Math.exp(from + (to - from) * position), cheaper: a > 0 ? 'above' : 'below' };
  }
  return null;
}

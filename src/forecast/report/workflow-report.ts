import { billedLines, lineKinds } from '../../tree/index.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf, statsOf } from '../simulate/statistics.ts';
import { countStats, rounded, usdStats } from './figures.ts';
import type { FactorStep, WorkflowReport } from './report-types.ts';
import { callsPerDay, interactionsPerDay, naiveOf, perOutcome } from './run-figures.ts';

/** What providers bill of a sum by line, US dollars. @param lines in the order of `lineKinds` */
function billedOf(lines: Float64Array): number {
  return lineKinds.reduce((sum, line, index) => sum + (billedLines.has(line) ? (lines[index] as number) : 0), 0);
}

/** Providers' part of the whole, 0 to 1. @param lines in the order of `lineKinds` */
export function tokenShareOf(lines: Float64Array): number {
  const total = lines.reduce((sum, usd) => sum + usd, 0);
  return total > 0 ? billedOf(lines) / total : 0;
}

export function workflowReport(model: ForecastModel, run: ScenarioRun, index: number): WorkflowReport {
  const { name } = model.workflows[index] as WorkflowModel;
  const sample = run.first[index] as ScenarioRun['first'][number];
  const own = run.workflowTotals[index] as Float64Array;
  const weights = sharedWeights(model, run, index, name);
  const full = Float64Array.from(own, (usd, t) =>
    run.shared.reduce((sum, { total }, at) => sum + (total[t] as number) * (weights[at] ?? 0), usd),
  );
  const calls = callsPerDay(run, index);
  const interactions = interactionsPerDay(run, index);
  const naive = naiveOf(model, run, index);
  const context = meanOf(sample.counts.firstInputTokens);
  const runs = Float64Array.from(sample.runsPerDay, (each, t) => each * (run.firstTraffic[index]?.[t] ?? 1));
  const minutes = meanOf(Float64Array.from(sample.counts.humanMinutes, (each, t) => each * (runs[t] as number)));
  return {
    totalUsd: usdStats(statsOf(full.slice())),
    costPerOutcomeUsd: perOutcome(full, run.workflowOutcomes[index] as Float64Array),
    callsPerDay: countStats(statsOf(calls.slice())),
    interactionsPerDay: countStats(statsOf(interactions.slice())),
    naiveCallsPerDay: rounded(naive),
    callsPerInteraction: rounded(meanOf(calls) / Math.max(1e-12, meanOf(interactions))),
    factors: factorsOf(sample, interactions, naive),
    tokenShare: rounded(tokensOfWorkflow(run, index) / Math.max(1e-12, meanOf(full))),
    contextShare: { ofInputTokens: rounded(context > 0 ? meanOf(sample.counts.retrievalTokens) / context : 0) },
    humanMinutesPer100Interactions: rounded((100 * minutes) / Math.max(1e-12, meanOf(interactions))),
  };
}

function tokensOfWorkflow(run: ScenarioRun, index: number): number {
  return run.nodes.reduce(
    (sum, { workflow }, node) => (workflow === index ? sum + billedOf(run.nodeLines[node] as Float64Array) : sum),
    0,
  );
}

/** The share of each shared cost that one workflow takes, by the cost's own rule. */
function sharedWeights(model: ForecastModel, run: ScenarioRun, index: number, name: string): number[] {
  const share = (arrays: readonly Float64Array[]): number => {
    const means = arrays.map(meanOf);
    const sum = means.reduce((all, each) => all + each, 0);
    return sum > 0 ? (means[index] ?? 0) / sum : 1 / model.workflows.length;
  };
  const byRule = {
    calls: share(run.workflowCalls),
    bytes: share(run.workflowCalls),
    tokens: share(run.workflowTokens),
    cost: share(run.workflowTotals),
    even: 1 / model.workflows.length,
  };
  return run.shared.map(({ allocateBy, shares }) =>
    allocateBy === 'fixed' ? (shares[name] ?? 0) : byRule[allocateBy],
  );
}

/** Ratios of successive means, so that they multiply to exactly calls ÷ plan. */
function factorsOf(sample: ScenarioRun['first'][number], interactions: Float64Array, naive: number): FactorStep[] {
  const { drafts, repeats, tabs, rework } = sample.factors;
  const steps = [
    ['interactions', null],
    ['drafts', drafts],
    ['impatience', repeats],
    ['tabs', tabs],
    ['rework', rework],
    ['calls per run', sample.counts.calls],
  ] as const;
  const running = interactions.slice();
  let before = naive;
  return steps.map(([factor, by]) => {
    for (let t = 0; by && t < running.length; t++) running[t] = (running[t] as number) * (by[t] as number);
    const mean = meanOf(running);
    const times = before > 0 ? rounded(mean / before) : 0;
    before = mean;
    return { factor, times };
  });
}

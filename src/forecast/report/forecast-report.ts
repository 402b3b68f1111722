import { type LineKind, lineKinds } from '../../tree/index.ts';
import { feedbackSystem, findTippingPoint } from '../feedback/index.ts';
import type { Forecast, ScenarioForecast, StressRun } from '../forecast.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import { z99 } from '../normal.ts';
import type { Rebuild } from '../scenario/brakes.ts';
import { type BudgetOutlook, budgetOutlooks } from '../scenario/budgets.ts';
import { type SpikeOutlook, spikeOutlook } from '../scenario/spike.ts';
import { expectedAttempts } from '../simulate/call-cost.ts';
import type { RunNode, ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf, type Stats, statsOf } from '../simulate/statistics.ts';
import { countStats, rounded, type UsdStats, usdStats, usdText } from './figures.ts';

/** A forecast in words and figures: what `forecast --json` prints. Money is decimal text in US dollars. */
export interface ForecastReport {
  readonly seed: number;
  readonly trials: number;
  readonly from: string;
  readonly months: number;
  readonly scenarios: Readonly<Record<string, ScenarioReport>>;
  readonly stages: readonly StageFacts[];
  readonly assumptions: readonly string[];
  /** Numbers of the file that were taken from the ledger, by dotted path. */
  readonly measured: readonly MeasuredNote[];
  readonly method: string;
}

/** How much a measured number rests on. */
export interface MeasuredNote {
  readonly path: string;
  readonly count: number;
  readonly evidence: string;
}

export interface LineReport {
  readonly line: LineKind;
  readonly totalUsd: UsdStats;
  readonly share: number;
}

export interface MonthReport {
  readonly month: string;
  readonly totalUsd: UsdStats;
  readonly calls: number;
  readonly attempts: number;
  readonly runs: number;
  readonly interactions: number;
  readonly outcomes: number;
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly valueUsd: string;
  readonly lines: readonly { readonly line: LineKind; readonly totalUsd: UsdStats }[];
  readonly nodes: readonly { readonly workflow: string; readonly stage: string | null; readonly totalUsd: UsdStats }[];
}

export interface NodeReport {
  readonly workflow: string;
  /** Null: what belongs to the workflow as a whole. */
  readonly stage: string | null;
  readonly totalUsd: UsdStats;
  readonly share: number;
  readonly lines: readonly { readonly line: LineKind; readonly meanUsd: string }[];
}

export interface FactorStep {
  readonly factor: 'interactions' | 'drafts' | 'impatience' | 'tabs' | 'rework' | 'calls per run';
  readonly times: number;
}

export interface WorkflowReport {
  /** With its share of what is paid beside calls. */
  readonly totalUsd: UsdStats;
  readonly costPerOutcomeUsd: UsdStats | null;
  readonly callsPerDay: Stats;
  readonly interactionsPerDay: Stats;
  readonly naiveCallsPerDay: number;
  /** Calls ÷ interaction. */
  readonly callsPerInteraction: number;
  /** What turns the plan into what happens; the factors multiply to calls ÷ plan. */
  readonly factors: readonly FactorStep[];
  /** Share of the whole cost that providers bill by the token or call. */
  readonly tokenShare: number;
  /** Share of the input tokens, and of the workflow's token bill, that is retrieved context. */
  readonly contextShare: { readonly ofInputTokens: number };
  readonly humanMinutesPer100Interactions: number;
}

export interface StageFacts {
  readonly workflow: string;
  readonly stage: string;
  readonly tries: number;
  readonly failureProbability: number;
  /** (1 − pⁿ)/(1 − p). */
  readonly expectedAttempts: number;
}

export interface StressReport {
  readonly totalUsd: UsdStats;
  readonly increaseUsd: string;
  readonly increase: number;
  readonly costPerOutcomeUsd: UsdStats | null;
  readonly months: readonly { readonly month: string; readonly totalUsd: UsdStats }[];
  readonly spike?: SpikeReport;
}

export type SpikeReport = ReturnType<typeof spikeReport>;
export type BudgetReport = ReturnType<typeof budgetReport>;

export interface ScenarioReport {
  readonly months: readonly MonthReport[];
  readonly lines: readonly LineReport[];
  readonly nodes: readonly NodeReport[];
  readonly totalUsd: UsdStats;
  /** Null when no outcome is forecast. */
  readonly costPerOutcomeUsd: UsdStats | null;
  /** First month ÷ its calendar days, without sampling noise. */
  readonly perDayUsd: UsdStats;
  readonly per30DaysUsd: UsdStats;
  /** On a day with ordinary traffic, at the start. */
  readonly callsPerDay: Stats;
  readonly naiveCallsPerDay: number;
  readonly drivers: readonly {
    readonly parameter: string;
    readonly swingUsd: string;
    readonly lowUsd: string;
    readonly highUsd: string;
    readonly varianceShare: number;
  }[];
  /** Share of the variance of the total that better knowledge could remove, and the share that is chance. */
  readonly uncertainty: { readonly parameters: number; readonly sampling: number };
  readonly tokenShare: number;
  readonly roi: {
    readonly valueUsd: UsdStats;
    readonly costUsd: UsdStats;
    /** (value − cost) ÷ cost, on the means. */
    readonly returnOnCost: number | null;
    /** Part of the first month after which its value has covered its whole cost; null when it never does. */
    readonly paybackMonths: number | null;
  };
  readonly tippingPoint?: {
    readonly workflow: string;
    readonly stableUpTo: number;
    readonly recoversUpTo: number;
    readonly state: string;
    readonly summary: string;
  };
  readonly workflows: Readonly<Record<string, WorkflowReport>>;
  readonly budgets: readonly BudgetReport[];
  readonly stresses: Readonly<Record<string, StressReport>>;
}

const method =
  'Latin hypercube sample of every range, one draw per trial; sampling noise of each month by the central limit theorem. ' +
  'Swings move one parameter from its p10 to its p90 with all others at their medians; variance shares are squared rank ' +
  'correlations with the total, over their sum.';

/** Puts a forecast into figures. `rebuild` compiles the file under a brake, to tell what it would save. */
export function reportForecast(
  forecast: Forecast,
  rebuild: Rebuild,
  measured: readonly MeasuredNote[] = [],
): ForecastReport {
  const { model, seed, trials } = forecast;
  return {
    seed,
    trials,
    from: model.months[0]?.label ?? '',
    months: model.months.length,
    scenarios: Object.fromEntries(
      forecast.scenarios.map((scenario) => [scenario.scenario.name, scenarioReport(scenario, forecast, rebuild)]),
    ),
    stages: stageFacts(model),
    assumptions: model.assumptions,
    measured,
    method,
  };
}

function scenarioReport(of: ScenarioForecast, { model }: Forecast, rebuild: Rebuild): ScenarioReport {
  const { run } = of;
  const totalMean = meanOf(run.expected);
  const perDay = statsOf(run.perDay.slice());
  const first = model.workflows.map((_, index) => callsPerDay(run, index));
  const tipping = tippingOf(model, run);
  return {
    months: run.months.map((_, month) => monthReport(model, run, month)),
    lines: linesOf(run, totalMean),
    nodes: nodesOf(model, run, totalMean),
    totalUsd: usdStats(statsOf(run.total.slice(), totalMean)),
    costPerOutcomeUsd: perOutcome(run.expected, run.outcomes),
    perDayUsd: usdStats(perDay),
    per30DaysUsd: usdStats({
      mean: perDay.mean * 30,
      p10: perDay.p10 * 30,
      p50: perDay.p50 * 30,
      p90: perDay.p90 * 30,
    }),
    callsPerDay: countStats(statsOf(summed(first))),
    naiveCallsPerDay: rounded(model.workflows.reduce((sum, _, index) => sum + naiveOf(model, run, index), 0)),
    drivers: of.drivers.map(({ parameter, swingUsd, lowUsd, highUsd, varianceShare }) => ({
      parameter,
      swingUsd: usdText(swingUsd),
      lowUsd: usdText(lowUsd),
      highUsd: usdText(highUsd),
      varianceShare: rounded(varianceShare),
    })),
    uncertainty: uncertaintyOf(run),
    tokenShare: rounded(tokenShareOf(run.lineMeans)),
    roi: roiOf(run),
    ...(tipping ? { tippingPoint: tipping } : {}),
    workflows: Object.fromEntries(model.workflows.map(({ name }, index) => [name, workflowReport(model, run, index)])),
    budgets: budgetOutlooks(model, of, rebuild).map(budgetReport),
    stresses: Object.fromEntries(
      of.stresses.map((stress) => [stress.stress.name, stressReport(model, of, stress, rebuild)]),
    ),
  };
}

function monthReport(model: ForecastModel, run: ScenarioRun, index: number): MonthReport {
  const month = run.months[index] as ScenarioRun['months'][number];
  return {
    month: model.months[index]?.label ?? '',
    totalUsd: usdStats(month.total),
    calls: rounded(month.calls),
    attempts: rounded(month.attempts),
    runs: rounded(month.runs),
    interactions: rounded(month.interactions),
    outcomes: rounded(month.outcomes),
    tokens: rounded(month.inputTokens + month.outputTokens),
    inputTokens: rounded(month.inputTokens),
    outputTokens: rounded(month.outputTokens),
    valueUsd: usdText(month.value),
    lines: month.lines.flatMap((stats, line) =>
      stats ? [{ line: lineKinds[line] as LineKind, totalUsd: usdStats(stats) }] : [],
    ),
    nodes: month.nodes.flatMap((stats, node) =>
      stats ? [{ ...nodeNames(model, run.nodes[node] as RunNode), totalUsd: usdStats(stats) }] : [],
    ),
  };
}

function nodeNames(model: ForecastModel, { workflow, stage }: RunNode): { workflow: string; stage: string | null } {
  const named = model.workflows[workflow];
  return { workflow: named?.name ?? '', stage: named?.stages[stage]?.name ?? null };
}

function linesOf(run: ScenarioRun, total: number): LineReport[] {
  return lineKinds
    .flatMap((line, index) => {
      const mean = run.lineMeans[index] as number;
      if (mean === 0) return [];
      return [
        {
          line,
          mean,
          totalUsd: usdStats(statsOf((run.lines[index] as Float64Array).slice(), mean)),
          share: rounded(mean / total),
        },
      ];
    })
    .sort((a, b) => b.mean - a.mean)
    .map(({ line, totalUsd, share }) => ({ line, totalUsd, share }));
}

function nodesOf(model: ForecastModel, run: ScenarioRun, total: number): NodeReport[] {
  return run.nodes.flatMap((node, index) => {
    const mean = run.nodeMeans[index] as number;
    if (mean === 0) return [];
    const lines = lineKinds.flatMap((line, at) => {
      const usd = (run.nodeLines[index] as Float64Array)[at] as number;
      return usd === 0 ? [] : [{ line, meanUsd: usdText(usd) }];
    });
    const totalUsd = usdStats(statsOf((run.nodeTotals[index] as Float64Array).slice(), mean));
    return [{ ...nodeNames(model, node), totalUsd, share: rounded(mean / total), lines }];
  });
}

function perOutcome(cost: Float64Array, outcomes: Float64Array): UsdStats | null {
  if (outcomes.every((count) => count <= 0)) return null;
  return usdStats(statsOf(Float64Array.from(cost, (usd, t) => usd / Math.max(1e-9, outcomes[t] as number))));
}

function callsPerDay(run: ScenarioRun, index: number): Float64Array {
  const sample = run.first[index];
  const traffic = run.firstTraffic[index];
  return Float64Array.from(
    sample?.runsPerDay ?? [],
    (runs, t) => runs * (sample?.counts.calls[t] ?? 0) * (traffic?.[t] ?? 1),
  );
}

function interactionsPerDay(run: ScenarioRun, index: number): Float64Array {
  const traffic = run.firstTraffic[index];
  return Float64Array.from(run.first[index]?.interactionsPerDay ?? [], (count, t) => count * (traffic?.[t] ?? 1));
}

function summed(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]?.length ?? 1);
  for (const array of arrays) for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (array[t] as number);
  return sum;
}

/** The calls a plan would have counted: those the file states, else one for each interaction. */
function naiveOf(model: ForecastModel, run: ScenarioRun, index: number): number {
  const stated = model.workflows[index]?.traffic.naiveCallsPerDay;
  return stated ? stated.constant : meanOf(interactionsPerDay(run, index));
}

function uncertaintyOf(run: ScenarioRun): ScenarioReport['uncertainty'] {
  const all = varianceOf(run.total);
  if (all === 0) return { parameters: 0, sampling: 0 };
  const parameters = Math.min(1, varianceOf(run.expected) / all);
  return { parameters: rounded(parameters), sampling: rounded(1 - parameters) };
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

const tokenLines: ReadonlySet<LineKind> = new Set([
  'inference',
  'retries',
  'guardrails',
  'fallbacks',
  'repairs',
  'hedges',
]);

function tokenShareOf(means: Float64Array, total = means.reduce((sum, usd) => sum + usd, 0)): number {
  const tokens = lineKinds.reduce((sum, line, index) => sum + (tokenLines.has(line) ? (means[index] as number) : 0), 0);
  return total > 0 ? tokens / total : 0;
}

function roiOf(run: ScenarioRun): ScenarioReport['roi'] {
  const value = meanOf(run.value);
  const cost = meanOf(run.expected);
  const first = run.months[0];
  const margin = first ? first.value - first.total.mean : 0;
  return {
    valueUsd: usdStats(statsOf(run.value.slice())),
    costUsd: usdStats(statsOf(run.total.slice(), cost)),
    returnOnCost: cost > 0 ? rounded((value - cost) / cost) : null,
    paybackMonths: first && margin > 0 ? rounded(first.total.mean / first.value) : null,
  };
}

function workflowReport(model: ForecastModel, run: ScenarioRun, index: number): WorkflowReport {
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
  return run.nodes.reduce((sum, { workflow }, node) => {
    if (workflow !== index) return sum;
    const lines = run.nodeLines[node] as Float64Array;
    return sum + lineKinds.reduce((all, line, at) => all + (tokenLines.has(line) ? (lines[at] as number) : 0), 0);
  }, 0);
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

function stageFacts({ workflows }: ForecastModel): StageFacts[] {
  return workflows.flatMap(({ name, stages }) =>
    stages.flatMap((stage) => {
      if (stage.work.kind !== 'model') return [];
      const { main, tries } = stage.work;
      const p = Math.min(
        0.99,
        Object.values(main.failures).reduce((sum, { constant }) => sum + constant, 0),
      );
      return [
        {
          workflow: name,
          stage: stage.name,
          tries,
          failureProbability: rounded(p),
          expectedAttempts: rounded(expectedAttempts(p, tries)),
        },
      ];
    }),
  );
}

/** The workflow that tips first; absent where the file says nothing about waiting or limits. */
function tippingOf(model: ForecastModel, run: ScenarioRun): ScenarioReport['tippingPoint'] {
  const found = model.workflows.flatMap((workflow, index) => tippingOfWorkflow(model, workflow, index, run) ?? []);
  return found.sort((a, b) => a.stableUpTo - b.stableUpTo)[0];
}

function tippingOfWorkflow(
  model: ForecastModel,
  workflow: WorkflowModel,
  index: number,
  run: ScenarioRun,
): ScenarioReport['tippingPoint'] {
  const { impatience, traffic, stages } = workflow;
  const settings = model.config.workflows[workflow.name];
  const stage = stages.find(
    ({ work, latencyMs }) => work.kind === 'model' && latencyMs.constant > 0 && limitsOf(model, work.provider),
  );
  if (!impatience || stage?.work.kind !== 'model') return undefined;
  const limits = limitsOf(model, stage.work.provider) ?? {};
  const perMinute = (rate: { count: number; perMs: number } | undefined): number | undefined =>
    rate && (rate.count / rate.perMs) * 60_000;
  const [requests, tokens] = [perMinute(limits.requests), perMinute(limits.tokens)];
  const calls = meanOf(callsPerDay(run, index));
  if (calls <= 0) return undefined;
  const sample = run.first[index];
  const tokensPerRun =
    meanOf(sample?.counts.inputTokens ?? new Float64Array(1)) +
    meanOf(sample?.counts.outputTokens ?? new Float64Array(1));
  const sigma = Math.sqrt(Math.log1p(stage.latencyMs.spread));
  const p50 = stage.latencyMs.constant / 1000 / Math.exp((sigma * sigma) / 2);
  const point = findTippingPoint(
    feedbackSystem({
      callsPerDay: calls / meanOf(sample?.factors.repeats ?? Float64Array.of(1)),
      peakFactor: settings?.traffic?.peakFactor ?? peakOf(traffic, settings) ?? usualPeak,
      latencySeconds: { p50, p99: p50 * Math.exp(z99 * sigma) },
      tokensPerCall: tokensPerRun / Math.max(1e-9, meanOf(sample?.counts.calls ?? Float64Array.of(1))),
      limits: {
        ...(requests === undefined ? {} : { requestsPerMinute: requests }),
        ...(tokens === undefined ? {} : { tokensPerMinute: tokens }),
        ...(limits.concurrent === undefined ? {} : { concurrent: limits.concurrent }),
      },
      patienceSeconds: impatience.afterSeconds.constant,
      retryProbability: impatience.retry.constant,
      abandonProbability: impatience.abandon.constant,
      duplicateTabs: traffic.duplicateTabs.constant,
      elasticity: impatience.elasticity.constant,
    }),
  );
  const { stableUpTo, recoversUpTo, state, summary } = point;
  return {
    workflow: workflow.name,
    stableUpTo: rounded(stableUpTo),
    recoversUpTo: rounded(recoversUpTo),
    state,
    summary,
  };
}

/** Busiest hour over the mean where nothing says: business hours of one time zone. */
const usualPeak = 3;

function peakOf(
  _traffic: WorkflowModel['traffic'],
  settings: ForecastModel['config']['workflows'][string] | undefined,
): number | null {
  const hours = settings?.traffic?.seasonality?.hourOfDay;
  if (!hours) return null;
  const mean = hours.reduce((sum, each) => sum + each, 0) / hours.length;
  return mean > 0 ? Math.max(...hours) / mean : null;
}

function limitsOf(model: ForecastModel, provider: string): ForecastModel['config']['providers'][string]['limits'] {
  return model.config.providers[provider]?.limits;
}

function stressReport(model: ForecastModel, base: ScenarioForecast, stress: StressRun, rebuild: Rebuild): StressReport {
  const { run } = stress;
  const before = meanOf(base.run.expected);
  const after = meanOf(run.expected);
  const spike = spikeOutlook(model, base, stress, rebuild);
  return {
    totalUsd: usdStats(statsOf(run.total.slice(), after)),
    increaseUsd: usdText(after - before),
    increase: before > 0 ? rounded(after / before - 1) : 0,
    costPerOutcomeUsd: perOutcome(run.expected, run.outcomes),
    months: run.months.map(({ total }, index) => ({
      month: model.months[index]?.label ?? '',
      totalUsd: usdStats(total),
    })),
    ...(spike ? { spike: spikeReport(spike) } : {}),
  };
}

function spikeReport(spike: SpikeOutlook) {
  const { spendUsd, spendPerHourUsd, infrastructureMonthUsd, savings, passesInfrastructureAfterHours, ...rest } = spike;
  return {
    ...rest,
    passesInfrastructureAfterHours:
      passesInfrastructureAfterHours === null ? null : rounded(passesInfrastructureAfterHours),
    spendUsd: usdText(spendUsd),
    spendPerHourUsd: usdText(spendPerHourUsd),
    infrastructureMonthUsd: usdText(infrastructureMonthUsd),
    savings: savings.map(({ setting, brake, savedUsd }) => ({ setting, brake, savedUsd: usdText(savedUsd) })),
  };
}

function budgetReport({ limitUsd, probability, usersBound, savings, ...rest }: BudgetOutlook) {
  return {
    ...rest,
    limitUsd: usdText(limitUsd),
    probability: probability.map(rounded),
    usersBound: usersBound === null ? null : rounded(usersBound),
    savings: savings.map(({ brake, savedUsd }) => ({ brake, savedUsd: usdText(savedUsd) })),
  };
}

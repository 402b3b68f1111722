import { type LineKind, lineKinds } from '../../tree/index.ts';
import type { Forecast, ScenarioForecast } from '../forecast.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { Rebuild } from '../scenario/brakes.ts';
import { budgetOutlooks, type SpentSoFar } from '../scenario/budgets.ts';
import { expectedAttempts } from '../simulate/call-cost.ts';
import type { RunNode, ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf, statsOf } from '../simulate/statistics.ts';
import { countStats, rounded, usdStats, usdText } from './figures.ts';
import type {
  ForecastReport,
  LineReport,
  MeasuredNote,
  MonthReport,
  NodeReport,
  ScenarioReport,
  StageFacts,
} from './report-types.ts';
import { callsPerDay, naiveOf, perOutcome, summed } from './run-figures.ts';
import { budgetReport, stressReport } from './stress-report.ts';
import { tippingOf } from './tipping-report.ts';
import { tokenShareOf, workflowReport } from './workflow-report.ts';

const method =
  'Latin hypercube sample of every range, one draw per trial; sampling noise of each month by the central limit theorem. ' +
  'Swings move one parameter from its p10 to its p90 with all others at their medians; variance shares are squared rank ' +
  'correlations with the total, over their sum.';

/**
 * Puts a forecast into figures. `rebuild` compiles the file under a brake, to tell what it would save; with `soFar` the month
 * that runs counts for budgets as what was spent and the forecast of what is left of it.
 */
export function reportForecast(
  forecast: Forecast,
  rebuild: Rebuild,
  measured: readonly MeasuredNote[] = [],
  soFar?: SpentSoFar,
): ForecastReport {
  const { model, seed, trials } = forecast;
  return {
    seed,
    trials,
    from: model.months[0]?.label ?? '',
    months: model.months.length,
    scenarios: Object.fromEntries(
      forecast.scenarios.map((scenario) => [
        scenario.scenario.name,
        scenarioReport(scenario, forecast, rebuild, soFar),
      ]),
    ),
    stages: stageFacts(model),
    assumptions: model.assumptions,
    measured,
    method,
  };
}

function scenarioReport(
  of: ScenarioForecast,
  { model }: Forecast,
  rebuild: Rebuild,
  soFar: SpentSoFar | undefined,
): ScenarioReport {
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
    budgets: budgetOutlooks(model, of, rebuild, soFar).map(budgetReport),
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

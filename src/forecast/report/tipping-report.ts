import { feedbackSystem, findTippingPoint } from '../feedback/index.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import { z99 } from '../normal.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf } from '../simulate/statistics.ts';
import { rounded } from './figures.ts';
import type { ScenarioReport } from './report-types.ts';
import { callsPerDay } from './run-figures.ts';

/** The workflow that tips first; absent where the file says nothing about waiting or limits. */
export function tippingOf(model: ForecastModel, run: ScenarioRun): ScenarioReport['tippingPoint'] {
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

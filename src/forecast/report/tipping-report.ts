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
  const stage = stages.find(
    ({ work, latencyMs }) => work.kind === 'model' && latencyMs.constant > 0 && limitsOf(model, work.provider),
  );
  const limits = stage?.work.kind === 'model' ? limitsOf(model, stage.work.provider) : undefined;
  const sample = run.first[index];
  const calls = meanOf(callsPerDay(run, index));
  if (!impatience || !stage || !limits || !sample || calls <= 0) return undefined;
  const { inputTokens, outputTokens, calls: callsPerRun } = sample.counts;
  const { stableUpTo, recoversUpTo, state, summary } = findTippingPoint(
    feedbackSystem({
      callsPerDay: calls / meanOf(sample.factors.repeats),
      peakFactor: peakOf(model.config.workflows[workflow.name]?.traffic),
      latencySeconds: latencySeconds(stage.latencyMs),
      tokensPerCall: (meanOf(inputTokens) + meanOf(outputTokens)) / Math.max(1e-9, meanOf(callsPerRun)),
      limits: perMinuteLimits(limits),
      patienceSeconds: impatience.afterSeconds.constant,
      retryProbability: impatience.retry.constant,
      abandonProbability: impatience.abandon.constant,
      duplicateTabs: traffic.duplicateTabs.constant,
      elasticity: impatience.elasticity.constant,
    }),
  );
  return {
    workflow: workflow.name,
    stableUpTo: rounded(stableUpTo),
    recoversUpTo: rounded(recoversUpTo),
    state,
    summary,
  };
}

/** Median and 99th percentile of a lognormal with this mean, ms, and squared coefficient of variation. */
function latencySeconds({ constant, spread }: StageModel['latencyMs']): { p50: number; p99: number } {
  const sigma = Math.sqrt(Math.log1p(spread));
  const p50 = constant / 1000 / Math.exp((sigma * sigma) / 2);
  return { p50, p99: p50 * Math.exp(z99 * sigma) };
}

function perMinuteLimits({ requests, tokens, concurrent }: ProviderLimits) {
  return {
    ...(requests ? { requestsPerMinute: perMinute(requests) } : {}),
    ...(tokens ? { tokensPerMinute: perMinute(tokens) } : {}),
    ...(concurrent === undefined ? {} : { concurrent }),
  };
}

const perMinute = (rate: { readonly count: number; readonly perMs: number }): number =>
  (rate.count / rate.perMs) * 60_000;

/** Busiest hour over the mean where nothing says: business hours of one time zone. */
const usualPeak = 3;

/** Busiest hour over the mean: as stated, else as the hours of the day have it. */
function peakOf(traffic: Config['workflows'][string]['traffic']): number {
  if (traffic?.peakFactor !== undefined) return traffic.peakFactor;
  const hours = traffic?.seasonality?.hourOfDay ?? [];
  const mean = hours.reduce((sum, each) => sum + each, 0) / hours.length;
  return mean > 0 ? Math.max(...hours) / mean : usualPeak;
}

type Config = ForecastModel['config'];
type ProviderLimits = NonNullable<Config['providers'][string]['limits']>;
type StageModel = WorkflowModel['stages'][number];

function limitsOf(model: ForecastModel, provider: string): ProviderLimits | undefined {
  return model.config.providers[provider]?.limits;
}

import { type Columns, read } from '../model/number.ts';
import type { GroupedSample } from './sample-store.ts';

export interface MonthPart {
  readonly grouped: GroupedSample;
  readonly runs: Float64Array;
}

/** What one workflow does in one month, by trial. */
export interface MonthFlow {
  readonly parts: MonthPart[];
  readonly runs: Float64Array;
  readonly interactions: Float64Array;
  readonly successes: Float64Array;
  readonly calls: Float64Array;
  readonly attempts: Float64Array;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly value: Float64Array;
  readonly clean: Float64Array;
  readonly metered: Float64Array;
  /** Without noise. */
  meteredMean: number;
  readonly volumeNoise: Float64Array;
  readonly costNoise: Float64Array;
}

export function monthFlow(trials: number): MonthFlow {
  const make = (): Float64Array => new Float64Array(trials);
  return {
    parts: [],
    runs: make(),
    interactions: make(),
    successes: make(),
    calls: make(),
    attempts: make(),
    input: make(),
    output: make(),
    value: make(),
    clean: make(),
    metered: make(),
    meteredMean: 0,
    volumeNoise: make(),
    costNoise: make(),
  };
}

/** The same arrays for the next month, except what the month keeps. */
export function cleared(flow: MonthFlow, keepsSpend: boolean): MonthFlow {
  const { parts, metered, meteredMean: _, ...sums } = flow;
  parts.length = 0;
  for (const sum of Object.values(sums)) sum.fill(0);
  return { ...flow, meteredMean: 0, metered: keepsSpend ? new Float64Array(metered.length) : metered.fill(0) };
}

/** Adds a stretch of days, `days` long by trial with the factors on its traffic. */
export function addRuns(flow: MonthFlow, grouped: GroupedSample, days: (trial: number) => number): void {
  const { sample } = grouped;
  const runs = new Float64Array(flow.runs.length);
  const { runsPerDay, interactionsPerDay, successesPerDay, counts } = sample;
  for (let t = 0; t < runs.length; t++) {
    const d = days(t);
    const r = (runsPerDay[t] as number) * d;
    runs[t] = r;
    flow.runs[t] = (flow.runs[t] as number) + r;
    flow.interactions[t] = (flow.interactions[t] as number) + (interactionsPerDay[t] as number) * d;
    flow.successes[t] = (flow.successes[t] as number) + (successesPerDay[t] as number) * d;
    flow.calls[t] = (flow.calls[t] as number) + (counts.calls[t] as number) * r;
    flow.attempts[t] = (flow.attempts[t] as number) + (counts.attempts[t] as number) * r;
    flow.input[t] = (flow.input[t] as number) + (counts.inputTokens[t] as number) * r;
    flow.output[t] = (flow.output[t] as number) + (counts.outputTokens[t] as number) * r;
    const each = (sample.valuePerSuccess[t] as number) * (successesPerDay[t] as number);
    const lift = (sample.valuePerInteraction[t] as number) * (interactionsPerDay[t] as number);
    flow.value[t] = (flow.value[t] as number) + (each + lift) * d;
  }
  flow.parts.push({ grouped, runs });
}

/**
 * Sampling noise of a month by the central limit theorem: sessions arrive by chance and differ in length (geometric, so
 * that a count of runs varies as twice its cluster), and runs differ in cost. Factors are lognormal with mean 1.
 */
export function makeNoise(flow: MonthFlow, noise: NormalDraws | null, columns: Columns): void {
  flow.volumeNoise.fill(1);
  flow.costNoise.fill(1);
  const grouped = flow.parts[0]?.grouped;
  if (!noise || !grouped) return;
  const { stageUsd, sample } = grouped;
  const { counts, factors, workflow: settings } = sample;
  for (let t = 0; t < flow.runs.length; t++) {
    const runs = flow.runs[t] as number;
    if (runs <= 0) continue;
    const cluster = (factors.drafts[t] as number) * read(settings.traffic.interactionsPerSession, columns, t);
    const perRun = stageUsd[t] as number;
    const spread = perRun > 0 ? Math.max(0, (counts.squares[t] as number) / (perRun * perRun) - 1) : 0;
    flow.volumeNoise[t] = lognormalFactor((2 * cluster) / runs, noise.volume[t] as number);
    flow.costNoise[t] = (flow.volumeNoise[t] as number) * lognormalFactor(spread / runs, noise.cost[t] as number);
  }
}

/** Standard normals by trial. */
export interface NormalDraws {
  readonly volume: Float64Array;
  readonly cost: Float64Array;
}

/** A factor with mean 1 and squared coefficient of variation `cv2`. */
function lognormalFactor(cv2: number, z: number): number {
  if (cv2 <= 0) return 1;
  const variance = cv2 < 1e-4 ? cv2 : Math.log1p(cv2);
  return Math.exp(Math.sqrt(variance) * z - variance / 2);
}

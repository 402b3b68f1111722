import type { ForecastModel } from '../model/build-model.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';
import { meanOf, statsOf } from '../simulate/statistics.ts';
import { type UsdStats, usdStats } from './figures.ts';

export function perOutcome(cost: Float64Array, outcomes: Float64Array): UsdStats | null {
  if (outcomes.every((count) => count <= 0)) return null;
  return usdStats(statsOf(Float64Array.from(cost, (usd, t) => usd / Math.max(1e-9, outcomes[t] as number))));
}

export function callsPerDay(run: ScenarioRun, index: number): Float64Array {
  const sample = run.first[index];
  const traffic = run.firstTraffic[index];
  return Float64Array.from(
    sample?.runsPerDay ?? [],
    (runs, t) => runs * (sample?.counts.calls[t] ?? 0) * (traffic?.[t] ?? 1),
  );
}

export function interactionsPerDay(run: ScenarioRun, index: number): Float64Array {
  const traffic = run.firstTraffic[index];
  return Float64Array.from(run.first[index]?.interactionsPerDay ?? [], (count, t) => count * (traffic?.[t] ?? 1));
}

export function summed(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]?.length ?? 1);
  for (const array of arrays) for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (array[t] as number);
  return sum;
}

/** The calls a plan would have counted: those the file states, else one for each interaction. */
export function naiveOf(model: ForecastModel, run: ScenarioRun, index: number): number {
  const stated = model.workflows[index]?.traffic.naiveCallsPerDay;
  return stated ? stated.constant : meanOf(interactionsPerDay(run, index));
}

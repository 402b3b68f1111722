import type { ForecastModel } from './model/build-model.ts';
import type { ChangeModel } from './model/changes.ts';
import { type Draws, drawParameters, standardNormals } from './simulate/draws.ts';
import { type Driver, driversOf } from './simulate/drivers.ts';
import { runScenario } from './simulate/run-scenario.ts';
import { sampleStore } from './simulate/sample-store.ts';
import type { Noise, ScenarioRun } from './simulate/scenario-run.ts';

export interface ForecastOptions {
  readonly trials: number;
  readonly seed: number;
  /** Stresses run on every scenario; all when absent. */
  readonly stresses?: readonly string[];
  /** A change laid over every scenario; no stress is run then. */
  readonly further?: ChangeModel;
  /** Called after each scenario and stress. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface StressRun {
  readonly stress: ChangeModel;
  readonly run: ScenarioRun;
}

export interface ScenarioForecast {
  readonly scenario: ChangeModel;
  readonly run: ScenarioRun;
  readonly drivers: readonly Driver[];
  readonly stresses: readonly StressRun[];
}

/** Everything simulated of one model, before it is put into words. */
export interface Forecast {
  readonly model: ForecastModel;
  readonly seed: number;
  readonly trials: number;
  readonly draws: Draws;
  readonly scenarios: readonly ScenarioForecast[];
}

/** Most trials one forecast may have; keeps its memory bounded. */
export const trialsMax = 200_000;

/** Simulates every scenario and every stress on it. Same model, seed and trials: same figures. */
export function forecast(model: ForecastModel, options: ForecastOptions): Forecast {
  const { trials, seed, onProgress } = options;
  const draws = drawParameters(model.parameters, trials, seed);
  const noise = noiseOf(trials, seed);
  const samples = sampleStore(model, draws);
  const stresses = options.further ? [] : model.stresses.filter(({ name }) => options.stresses?.includes(name) ?? true);
  const of = model.scenarios.length * (1 + stresses.length);
  let done = 0;
  const step = <T>(result: T): T => {
    done += 1;
    onProgress?.(done, of);
    return result;
  };
  const scenarios = model.scenarios.map((scenario): ScenarioForecast => {
    const changes = options.further ? [scenario, options.further] : [scenario];
    const run = step(runScenario(model, draws, changes, { noise, samples, detail: true }));
    const drivers = driversOf(model, draws, changes, run.expected);
    const stressed = stresses.map((stress) => ({
      stress,
      run: step(runScenario(model, draws, [scenario, stress], { noise, samples, detail: false })),
    }));
    return { scenario, run, drivers, stresses: stressed };
  });
  return { model, seed, trials, draws, scenarios };
}

/** Noise is made when first asked for and kept: scenarios share it, so that their differences are not chance. */
function noiseOf(trials: number, seed: number): Noise {
  const made = new Map<string, Float64Array>();
  const of = (kind: number, workflow: number, month: number): Float64Array => {
    const key = `${kind} ${workflow} ${month}`;
    const known = made.get(key);
    if (known) return known;
    const values = standardNormals(trials, mixed(seed, kind, workflow, month));
    made.set(key, values);
    return values;
  };
  return { volume: (workflow, month) => of(1, workflow, month), cost: (workflow, month) => of(2, workflow, month) };
}

function mixed(...parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) hash = Math.imul(hash ^ (part + 0x9e3779b9 + (hash << 6)), 0x01000193);
  return hash | 0;
}

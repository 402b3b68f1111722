import { valueAt } from '../distribution.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { Draws } from '../simulate/draws.ts';
import { runScenario } from '../simulate/run-scenario.ts';
import { sampleStore } from '../simulate/sample-store.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';

/** One trial in which every unknown is at its median and nothing is left to chance. */
export function centralRun(model: ForecastModel, changes: readonly ChangeModel[]): ScenarioRun {
  const columns = model.parameters.map(({ distribution, low, high }) =>
    Float64Array.of(Math.min(high, Math.max(low, valueAt(distribution, 0)))),
  );
  const draws: Draws = { trials: 1, columns, ranks: [] };
  return runScenario(model, draws, changes, { noise: null, samples: sampleStore(model, draws), detail: true });
}

/** What providers bill over all months. */
export function meteredUsd(run: ScenarioRun): number {
  return run.months.reduce((sum, { metered }) => sum + metered.reduce((all, { mean }) => all + mean, 0), 0);
}

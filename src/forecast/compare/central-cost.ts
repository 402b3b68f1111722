import type { ForecastModel } from '../model/build-model.ts';
import { centralRun } from '../scenario/central.ts';

/** One workflow with every unknown at its median. */
export interface CentralCost {
  readonly totalUsd: number;
  /** Null when it has no outcome. */
  readonly perOutcomeUsd: number | null;
  readonly callsPerInteraction: number;
}

/** Cost of each workflow in the file's first scenario, over all months of the model, shared costs by calls. */
export function centralCost(model: ForecastModel): Map<string, CentralCost> {
  const scenario = model.scenarios.find(({ name }) => name === 'expected') ?? model.scenarios[0];
  if (!scenario) return new Map();
  const run = centralRun(model, [scenario]);
  const shared = run.shared.reduce((sum, { total }) => sum + (total[0] as number), 0);
  const calls = run.workflowCalls.map((each) => each[0] as number);
  const allCalls = calls.reduce((sum, each) => sum + each, 0);
  return new Map(
    model.workflows.map(({ name }, index) => {
      const share = allCalls > 0 ? (calls[index] as number) / allCalls : 1 / model.workflows.length;
      const totalUsd = ((run.workflowTotals[index] as Float64Array)[0] as number) + shared * share;
      const outcomes = (run.workflowOutcomes[index] as Float64Array)[0] as number;
      const sample = run.first[index];
      const runs = (sample?.runsPerDay[0] ?? 0) * (sample?.counts.calls[0] ?? 0);
      const interactions = sample?.interactionsPerDay[0] ?? 0;
      return [
        name,
        {
          totalUsd,
          perOutcomeUsd: outcomes > 0 ? totalUsd / outcomes : null,
          callsPerInteraction: interactions > 0 ? runs / interactions : 0,
        },
      ];
    }),
  );
}

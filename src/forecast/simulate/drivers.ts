import { valueAt } from '../distribution.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { Parameter } from '../model/number.ts';
import { z90 } from '../normal.ts';
import type { Draws } from './draws.ts';
import { runScenario } from './run-scenario.ts';
import { sampleStore } from './sample-store.ts';
import { rankCorrelation, ranksOf } from './statistics.ts';

/** How much one unknown moves the total of a scenario. */
export interface Driver {
  /** Dotted path in burnrate.yaml. */
  readonly parameter: string;
  /** Total with this parameter at its p10 and at its p90, every other at its median, dollars. */
  readonly lowUsd: number;
  readonly highUsd: number;
  readonly swingUsd: number;
  /** Share of the variance of the total: its squared rank correlation over the sum of all of them. */
  readonly varianceShare: number;
}

/**
 * Drivers of a scenario, largest swing first. The swings come from one run whose trials are designed: in trial 2i and
 * 2i + 1 parameter i is at its p10 and p90 and all others at their medians.
 */
export function driversOf(
  model: ForecastModel,
  draws: Draws,
  changes: readonly ChangeModel[],
  expected: Float64Array,
): Driver[] {
  const { parameters } = model;
  if (parameters.length === 0) return [];
  const draft = designedDraws(parameters);
  const samples = sampleStore(model, draft);
  const designed = runScenario(model, draft, changes, { noise: null, samples, detail: false }).expected;
  const shares = varianceShares(draws, expected);
  const drivers = parameters.map(({ id }, index): Driver => {
    const lowUsd = designed[2 * index] as number;
    const highUsd = designed[2 * index + 1] as number;
    return { parameter: id, lowUsd, highUsd, swingUsd: highUsd - lowUsd, varianceShare: shares[index] ?? 0 };
  });
  return drivers.filter(({ swingUsd }) => swingUsd !== 0).sort((a, b) => Math.abs(b.swingUsd) - Math.abs(a.swingUsd));
}

function designedDraws(parameters: readonly Parameter[]): Draws {
  const trials = 2 * parameters.length;
  const columns = parameters.map((parameter, index) => {
    const column = new Float64Array(trials).fill(clipped(parameter, 0));
    column[2 * index] = clipped(parameter, -z90);
    column[2 * index + 1] = clipped(parameter, z90);
    return column;
  });
  return { trials, columns, ranks: [] };
}

const clipped = ({ distribution, low, high }: Parameter, z: number): number =>
  Math.min(high, Math.max(low, valueAt(distribution, z)));

function varianceShares({ ranks }: Draws, expected: Float64Array): number[] {
  const total = ranksOf(expected);
  const squares = ranks.map((each) => rankCorrelation(each, total) ** 2);
  // Correlations within chance of zero are zero: about 1/n of variance each.
  const floor = 4 / Math.max(4, expected.length);
  const counted = squares.map((square) => (square > floor ? square : 0));
  const sum = counted.reduce((all, square) => all + square, 0);
  return counted.map((square) => (sum > 0 ? square / sum : 0));
}

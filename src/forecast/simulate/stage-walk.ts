import type { WorkflowModel } from '../model/build-model.ts';
import type { ChangeModel, FactorName } from '../model/changes.ts';
import { type Columns, read } from '../model/number.ts';
import type { SegmentModel } from '../model/traffic.ts';
import type { Situation, StageKernel } from './kernel-context.ts';
import { visitSolver } from './visits.ts';

/** The product of what scenario and stress say of one factor. */
export function factorOf(changes: readonly ChangeModel[], name: FactorName, columns: Columns, trial: number): number {
  let product = 1;
  for (const { factors } of changes) product *= read(factors[name], columns, trial);
  return product;
}

/** What a walk through the stages leaves behind, per run. */
export interface Walked {
  latencyMs: number;
  /** Variance of the latency, ms². */
  latencyVariance: number;
  /** Visits of people, per run. */
  escalations: number;
}

export type Walk = (segments: readonly WeightedSegment[], trial: number, columns: Columns) => Walked;

export interface WeightedSegment {
  readonly segment: SegmentModel;
  weight: number;
  turns: number;
}

/** Adds all stages of all segments for one trial. */
export function stageWalk(
  workflow: WorkflowModel,
  kernels: readonly StageKernel[],
  changes: readonly ChangeModel[],
): Walk {
  const { stages, start, traffic } = workflow;
  const solver = visitSolver(stages, start);
  const visits = new Float64Array(stages.length);
  const steady = solver.steady && changes.every(({ factors }) => factors.escalations.column < 0);
  const at = situation(traffic.depth === 'geometric');
  const walked: Walked = { latencyMs: 0, latencyVariance: 0, escalations: 0 };
  let solved = false;
  return (segments, trial, columns) => {
    if (!solved || !steady) solver.solve(columns, trial, factorOf(changes, 'escalations', columns, trial), visits);
    solved = true;
    situate(at, changes, trial, columns);
    const { inputFactor, outputFactor, failureFactor } = at;
    for (const { segment, weight, turns } of segments) {
      at.weight = weight;
      at.turns = turns;
      at.inputFactor = inputFactor * segment.input;
      at.outputFactor = outputFactor * segment.output;
      at.failureFactor = failureFactor * segment.retry;
      for (let s = 0; s < kernels.length; s++) {
        const v = visits[s] as number;
        if (v > 0) (kernels[s] as StageKernel)(v, at);
      }
    }
    timeOf(workflow, visits, at, walked, factorOf(changes, 'latency', columns, trial));
    return walked;
  };
}

function situation(geometric: boolean): Situation {
  return {
    trial: 0,
    columns: [],
    weight: 1,
    turns: 1,
    geometric,
    inputFactor: 1,
    outputFactor: 1,
    failureFactor: 1,
    retryFactor: 1,
    cacheFactor: 1,
    priceFactor: 1,
  };
}

function situate(at: Situation, changes: readonly ChangeModel[], trial: number, columns: Columns): void {
  at.trial = trial;
  at.columns = columns;
  at.inputFactor = factorOf(changes, 'inputTokens', columns, trial);
  at.outputFactor = factorOf(changes, 'outputTokens', columns, trial);
  at.failureFactor = factorOf(changes, 'failures', columns, trial);
  at.retryFactor = factorOf(changes, 'retries', columns, trial);
  at.cacheFactor = factorOf(changes, 'cacheHits', columns, trial);
  at.priceFactor = factorOf(changes, 'prices', columns, trial);
}

function timeOf({ stages }: WorkflowModel, visits: Float64Array, at: Situation, into: Walked, latency: number): void {
  const { columns, trial } = at;
  into.latencyMs = 0;
  into.latencyVariance = 0;
  into.escalations = 0;
  for (let s = 0; s < stages.length; s++) {
    const stage = stages[s];
    const v = visits[s] as number;
    if (!stage || v === 0) continue;
    if (stage.work.kind === 'human') {
      into.escalations += v;
      continue;
    }
    // Branches of a fan-out wait together; calls of one branch wait one after the other.
    const mean = read(stage.latencyMs, columns, trial) * latency;
    const rounds = v * read(stage.calls, columns, trial);
    into.latencyMs += rounds * mean;
    into.latencyVariance += rounds * mean * mean * stage.latencyMs.spread;
  }
}

import { type Columns, read } from '../model/number.ts';
import type { StageModel } from '../model/stage-model.ts';

/** Visits of one stage in a run never count for more: a loop that hardly ends is cut here. */
export const visitsMax = 1000;

/** Finds how often a run passes through each stage. */
export interface VisitSolver {
  /** Fills `visits[stage]` for one trial. */
  solve(columns: Columns, trial: number, escalations: number, visits: Float64Array): void;
  /** Whether every trial has the same visits. */
  readonly steady: boolean;
}

/**
 * Expected visits of an absorbing Markov chain: v = e_start + Pᵀ v (Kemeny and Snell, Finite Markov Chains, 3.2). Without
 * loops the stages are passed in order; with loops the linear system is solved.
 */
export function visitSolver(stages: readonly StageModel[], start: number): VisitSolver {
  const order = topologicalOrder(stages);
  const size = stages.length;
  const matrix = new Float64Array(size * size);
  const human = Uint8Array.from(stages, ({ work }) => (work.kind === 'human' ? 1 : 0));
  const fill = (columns: Columns, trial: number, escalations: number): void => {
    matrix.fill(0);
    for (let from = 0; from < size; from++) {
      fillRow(stages[from] as StageModel, from * size, matrix, human, columns, trial, escalations);
    }
  };
  return {
    steady: stages.every(({ next }) => next.every(({ probability }) => probability.column < 0)),
    solve(columns, trial, escalations, visits) {
      fill(columns, trial, escalations);
      visits.fill(0);
      visits[start] = 1;
      if (order) passInOrder(order, matrix, size, visits);
      else solveLoops(matrix, size, visits);
    },
  };
}

/** Branches to people are scaled; whatever then exceeds 1 is brought back in proportion. */
function fillRow(
  stage: StageModel,
  row: number,
  matrix: Float64Array,
  human: Uint8Array,
  columns: Columns,
  trial: number,
  escalations: number,
): void {
  let toPeople = 0;
  let others = 0;
  for (const { to, probability } of stage.next) {
    const p = read(probability, columns, trial) * (human[to] ? escalations : 1);
    matrix[row + to] = (matrix[row + to] as number) + p;
    if (human[to]) toPeople += p;
    else others += p;
  }
  if (toPeople + others <= 1) return;
  // What goes to people keeps its share; the other branches give way.
  const people = Math.min(1, toPeople);
  const left = others > 0 ? Math.max(0, 1 - people) / others : 0;
  const peopleScale = toPeople > 0 ? people / toPeople : 0;
  const both = escalations === 1 ? 1 / (toPeople + others) : 0;
  for (const { to } of stage.next) {
    matrix[row + to] = (matrix[row + to] as number) * (both || (human[to] ? peopleScale : left));
  }
}

function passInOrder(order: readonly number[], matrix: Float64Array, size: number, visits: Float64Array): void {
  for (const from of order) {
    const v = visits[from] as number;
    if (v === 0) continue;
    for (let to = 0; to < size; to++) visits[to] = (visits[to] as number) + v * (matrix[from * size + to] as number);
  }
}

/** Gaussian elimination on (I − Pᵀ) v = e, pivots kept away from zero so that a loop ends after `visitsMax` rounds. */
function solveLoops(matrix: Float64Array, size: number, visits: Float64Array): void {
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) a[i * size + j] = (i === j ? 1 : 0) - (matrix[j * size + i] as number);
  }
  for (let k = 0; k < size; k++) eliminate(a, k, size, visits);
  for (let i = size - 1; i >= 0; i--) {
    let sum = visits[i] as number;
    for (let j = i + 1; j < size; j++) sum -= (a[i * size + j] as number) * (visits[j] as number);
    visits[i] = Math.min(visitsMax, sum / (a[i * size + i] as number));
  }
}

/** (I − Pᵀ) is an M-matrix, so elimination needs no exchange of rows. */
function eliminate(a: Float64Array, k: number, size: number, right: Float64Array): void {
  const pivot = Math.max(a[k * size + k] as number, 1 / visitsMax);
  a[k * size + k] = pivot;
  for (let i = k + 1; i < size; i++) {
    const factor = (a[i * size + k] as number) / pivot;
    if (factor === 0) continue;
    for (let j = k + 1; j < size; j++)
      a[i * size + j] = (a[i * size + j] as number) - factor * (a[k * size + j] as number);
    right[i] = (right[i] as number) - factor * (right[k] as number);
  }
}

/** Stages in an order in which every branch leads forward; null when there is a loop. */
function topologicalOrder(stages: readonly StageModel[]): number[] | null {
  const entering = stages.map(() => 0);
  for (const { next } of stages) for (const { to } of next) entering[to] = (entering[to] ?? 0) + 1;
  const ready = entering.flatMap((count, index) => (count === 0 ? [index] : []));
  const order: number[] = [];
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    order.push(at);
    for (const { to } of stages[at]?.next ?? []) {
      entering[to] = (entering[to] ?? 0) - 1;
      if (entering[to] === 0) ready.push(to);
    }
  }
  return order.length === stages.length ? order : null;
}

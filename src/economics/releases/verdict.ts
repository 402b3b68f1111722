import { seededRandom } from '../../base/index.ts';
import type { RunRow } from '../../ledger/index.ts';
import { toApproximateNumber } from '../../money/index.ts';
import { bootstrap, type Interval } from '../sampling/bootstrap.ts';

export type Verdict = 'better' | 'worse' | 'no change' | 'too early';

/** Cost per outcome after against before. */
export interface Comparison {
  /** Successes where both sides have enough of them, else runs. */
  readonly per: 'success' | 'run';
  /** (after − before) ÷ before, with its 90 % interval; null where a side has nothing to divide by. */
  readonly change: Interval | null;
  readonly verdict: Verdict;
}

/** Ended runs each side needs before anything is said. */
export const runsNeeded = 30;
const successesNeeded = 10;
/** A change whose whole interval is within this is none. */
export const sameWithin = 0.05;
const runsLookedAtMax = 2_000;
/** Every comparison is drawn from the same seed, so that asking twice answers the same. */
const seed = 20_260_301;

/** Compares what an outcome costs in two sets of ended runs; runs are resampled whole. */
export function compareRuns(before: readonly RunRow[], after: readonly RunRow[]): Comparison {
  const sides = [before, after].map((rows) => rows.filter(ended).slice(0, runsLookedAtMax));
  const enoughSuccess = sides.every((rows) => rows.filter(succeeded).length >= successesNeeded);
  const per = enoughSuccess ? 'success' : 'run';
  if (sides.some((rows) => rows.length < runsNeeded)) return { per, change: null, verdict: 'too early' };
  const costs = sides.map((rows) =>
    rows.map((row) => [toApproximateNumber(row.cost), succeeded(row) ? 1 : 0] as const),
  );
  const [was = 0, is = 0] = costs.map((runs) => costPer(runs, 'run'));
  // What cost nothing has no relative change.
  if (was === 0) return { per, change: null, verdict: is === 0 ? 'no change' : 'worse' };
  const change = bootstrap(
    costs,
    ([old = [], young = []]) => costPer(young, per) / costPer(old, per) - 1,
    seededRandom(seed),
  );
  return { per, change, verdict: verdictOf(change) };
}

const ended = (row: RunRow) => row.outcome !== null;
const succeeded = (row: RunRow) => row.outcome === 'success';

function costPer(runs: readonly (readonly [number, number])[], per: 'success' | 'run'): number {
  let [cost, successes] = [0, 0];
  for (const run of runs) {
    cost += run[0];
    successes += run[1];
  }
  return cost / (per === 'run' ? runs.length : successes);
}

function verdictOf({ low, high }: Interval): Verdict {
  if (low >= -sameWithin && high <= sameWithin) return 'no change';
  if (high < 0) return 'better';
  return low > 0 ? 'worse' : 'too early';
}

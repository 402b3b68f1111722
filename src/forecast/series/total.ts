import { probit } from '../normal.ts';
import { quantileLevels } from './metrics.ts';
import { studentQuantile } from './student-t.ts';

/** A horizon that has passed: what was said of it by step, and the sum that came. */
export interface PastTotal {
  readonly said: readonly Float64Array[];
  /** NaN where a step was not measured. */
  readonly fact: number;
  readonly weight: number;
}

/**
 * How far the sum of a horizon usually ends from its forecast, as a logarithm, and how many horizons that belief is
 * worth: a fifth is what totals of days and weeks of LLM traffic move without an event.
 */
const usualMove = 0.2;
const usualFreedom = 4;

/**
 * Quantiles of the sum over a horizon. Errors of hours hang together, so they do not add up like independent ones: the
 * spread is that of the sums earlier forecasts missed, beside what such sums usually move while few horizons have
 * passed (Student's t, its scale and freedom from both). Null where nothing is expected.
 * @param horizons how many horizons of data there are
 */
export function totalQuantiles(
  said: readonly Float64Array[],
  past: readonly PastTotal[],
  horizons: number,
): Float64Array | null {
  const expected = meanTotal(said);
  if (expected <= 0) return null;
  let [squares, weights] = [0, 0];
  for (const { said: then, fact, weight } of past) {
    const total = meanTotal(then);
    if (!(fact > 0 && total > 0)) continue;
    squares += weight * Math.log(fact / total) ** 2;
    weights += weight;
  }
  const passed = weights === 0 ? 0 : Math.max(0, horizons - 1);
  const known = passed === 0 ? 0 : (passed * squares) / weights;
  const freedom = usualFreedom + passed;
  const scale = Math.sqrt((usualFreedom * usualMove ** 2 + known) / freedom);
  return Float64Array.from(
    quantileLevels,
    (level) => expected * Math.exp(scale * studentQuantile(probit(level), freedom)),
  );
}

/** The sum of the means of the steps; medians of skewed steps would add up to less. */
function meanTotal(said: readonly Float64Array[]): number {
  return said.reduce((sum, step) => sum + step.reduce((all, value) => all + value, 0) / quantileLevels.length, 0);
}

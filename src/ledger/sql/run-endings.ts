import type { TimeRange } from '../ledger.ts';
import type { Parameters } from './sql-text.ts';

/** A run's first attempt is looked for this far before the range; a run id in use for longer counts again. */
export const runSpanMsMax = 31 * 86_400_000;

/** A dimension of attempts under the name its value has in the answer. */
export interface NamedColumn {
  readonly alias: string;
  readonly sql: string;
}

export type OutcomeColumns = readonly ('outcome' | 'role' | 'value' | 'human_minutes' | 'csat')[];

/** One row for each run that began in the range, with values of its first attempt and sums over its attempts. */
export function runsBegun(
  source: string,
  range: TimeRange,
  { columns, filters }: { readonly columns: readonly NamedColumn[]; readonly filters: readonly string[] },
  parameters: Parameters,
): string {
  const earliest = parameters.bind(range.fromMs - runSpanMsMax);
  const from = parameters.bind(range.fromMs);
  const to = parameters.bind(range.toMs);
  const filtered = filters.map((filter) => ` AND ${filter}`).join('');
  // The engine's min_by passes over nulls, which here are values like any other.
  const firsts = columns.map(
    ({ alias, sql }) => `nullif(min_by(coalesce(${sql}, ''), (started_at, attempt_id)), '') AS ${alias}`,
  );
  const inRange = `SELECT run FROM ${source} AS attempts WHERE started_at >= ${from} AND started_at < ${to}${filtered}`;
  // Before a short range a sample has several times what is in it; only runs that go on in it are added up then.
  const short = source !== 'attempts' && 2 * (range.toMs - range.fromMs) < runSpanMsMax;
  const meant = short ? `${filtered} AND run IN (${inRange})` : filtered;
  return `
    SELECT ${[...firsts, ''].join(', ')} run, min(started_at) AS began_at, count(DISTINCT call_id) AS calls, count(*) AS attempts,
      coalesce(sum(cost), 0) AS cost, max(started_at + duration_ms) - min(started_at) AS duration_ms
    FROM ${source} AS attempts WHERE started_at >= ${earliest} AND started_at < ${to}${meant} GROUP BY run
    HAVING min(started_at) >= ${from}`;
}

/** People's minutes of an outcome that no review of its run has: what both tell of counts once, with the review. */
export const minutesNotReviewed = 'greatest(0, coalesce(human_minutes, 0) - reviewed_minutes)';

/** The outcome that counts of each run. */
export function latestOutcomes(columns: OutcomeColumns, condition = 'true'): string {
  const named = columns.map((name) => (name === 'human_minutes' ? `${minutesNotReviewed} AS human_minutes` : name));
  return `SELECT run AS outcome_run, ${named.join(', ')} FROM outcomes WHERE counts AND ${condition}`;
}

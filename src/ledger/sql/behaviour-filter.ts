import type { BehaviourFilter, CostQuery } from '../ledger.ts';
import type { Dialect } from './dialect.ts';
import { expressionOf, isOfLines } from './dimensions.ts';
import { filtersOf, rangeOf } from './filters.ts';
import { dailyUsers, rollupFor, weekMs } from './rollups.ts';
import type { Parameters } from './sql-text.ts';

/** Where the attempts are that behaviour is read from, and which of them. */
interface Watched {
  /** What holds of them. */
  readonly condition: string;
  /** Whether it can be asked of the sums by user too, which outlive single attempts. */
  readonly ofUsers: boolean;
}

/** What a filter by behaviour is read from. */
export const behaviourColumns: readonly string[] = ['user_id', 'session_id', 'interaction', 'attempt_id'];

/** The condition of a question's filter by behaviour, which is told of what its other filters leave; none without one. */
export function behaviourOf(
  query: Pick<CostQuery, 'where' | 'timeZone' | 'behaved'>,
  dialect: Dialect,
  parameters: Parameters,
): string[] {
  const { behaved } = query;
  if (behaved === undefined) return [];
  const where = Object.fromEntries(Object.entries(query.where).filter(([name]) => !isOfLines(name)));
  const asked = { ...query, where, range: behaved.range, by: [] };
  const expression = (name: string) => expressionOf(name, dialect, asked, parameters);
  const filters = [rangeOf(asked, parameters), ...filtersOf(asked, dialect, parameters, expression)];
  const ofUsers = rollupFor(asked, [dailyUsers]) !== null;
  return [behavedAs(behaved, { condition: filters.join(' AND '), ofUsers }, parameters)];
}

/** The condition that an attempt belongs to what behaved as asked. */
function behavedAs(filter: BehaviourFilter, watched: Watched, parameters: Parameters): string {
  switch (filter.of) {
    case 'cohort':
      return `user_id IN (${cohort(filter.weekMs, watched, parameters)})`;
    case 'depth':
      return grouped('session_id', 'interaction', filter, watched, parameters);
    case 'chain':
      return grouped('interaction', 'run', filter, watched, parameters);
    case 'repeat':
      return `attempt_id IN (SELECT attempt_id FROM (${sentAgain(watched.condition)}) AS sent
        WHERE ${again(filter, parameters)})`;
  }
}

/** Users by when they were first seen; a day's sum stands at its beginning, which is in the same week. */
function cohort(firstMs: number, { condition, ofUsers }: Watched, parameters: Parameters): string {
  const tables = ['attempts', ...(ofUsers ? [dailyUsers.table] : [])];
  const seen = tables.map((table) => `SELECT user_id, started_at FROM ${table} WHERE ${condition}`).join(' UNION ALL ');
  return `SELECT user_id FROM (${seen}) AS seen WHERE user_id IS NOT NULL GROUP BY user_id
    HAVING min(started_at) >= ${parameters.bind(firstMs)} AND min(started_at) < ${parameters.bind(firstMs + weekMs)}`;
}

function grouped(
  whole: string,
  part: string,
  { count, orMore }: { readonly count: number; readonly orMore: boolean },
  { condition }: Watched,
  parameters: Parameters,
): string {
  return `${whole} IN (SELECT ${whole} FROM attempts WHERE ${condition} AND ${whole} IS NOT NULL GROUP BY ${whole}
    HAVING count(DISTINCT ${part}) ${orMore ? '>=' : '='} ${parameters.bind(count)})`;
}

function again({ how, soonMs }: BehaviourFilter & { readonly of: 'repeat' }, parameters: Parameters): string {
  const soon = `started_at < ends_at + ${parameters.bind(soonMs)}`;
  if (how === 'either') return soon;
  return how === 'overlapping' ? 'started_at < ends_at' : `started_at >= ends_at AND ${soon}`;
}

/** First attempts of calls, as a condition more. */
export const askedFirst = "reason = 'first' AND fingerprint IS NOT NULL";

/**
 * Requests that came more than once, each with when the latest of those before it ended: `ends_at`. Only they are put in
 * order, which few are.
 */
export function sentAgain(condition: string): string {
  const asked = `${condition} AND ${askedFirst}`;
  const several = `SELECT fingerprint FROM attempts WHERE ${asked} GROUP BY fingerprint HAVING count(*) > 1`;
  return `SELECT attempt_id, started_at, cost, max(started_at + duration_ms) OVER (PARTITION BY key_id, user_id, fingerprint
      ORDER BY started_at, attempt_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ends_at
    FROM attempts WHERE ${asked} AND fingerprint IN (${several})`;
}

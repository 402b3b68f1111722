import { partColumns } from './attempt-columns.ts';
import type { Dialect } from './dialect.ts';
import { dayMs, hourMs, type Piece, type Rollup } from './rollups.ts';
import type { Parameters } from './sql-text.ts';

/** Columns that tell the lines of one attempt apart and carry what they cost. */
export const lineColumns = ['line_kind', 'line_bucket', 'line_unit', 'line_quantity', 'line_cost'] as const;

const one = (condition: string): string => `CAST(${condition} AS BIGINT)`;
const firstFor = (reason: string): string => `CASE WHEN reason = '${reason}' THEN new_reason ELSE 0 END`;
const parts = Object.values(partColumns);

/** Sums and counts every rollup keeps, and what one attempt adds to each. */
export const summedColumns: Readonly<Record<string, string>> = {
  cost: 'cost',
  attempts: '1',
  calls: 'new_call',
  runs: 'new_run',
  interactions: 'new_interaction',
  sessions: 'new_session',
  stage_runs: 'new_run_in_stage',
  stage_interactions: 'new_interaction_in_stage',
  completed_calls: 'completes_call',
  calls_by_reason: 'new_reason',
  retried_calls: firstFor('retry'),
  fallback_calls: firstFor('fallback'),
  input_tokens: 'input_tokens',
  cache_read_tokens: 'cache_read_tokens',
  output_tokens: 'output_tokens',
  request_bytes: 'request_bytes',
  response_bytes: 'response_bytes',
  ...Object.fromEntries(parts.map((name) => [name, name])),
  attempts_with_parts: one('part_system IS NOT NULL'),
  failed_attempts: one('failure IS NOT NULL'),
  rate_limited_attempts: `CASE WHEN failure = 'rate_limited' THEN 1 ELSE 0 END`,
  further_attempts: one("reason <> 'first'"),
  streamed_attempts: one('streamed'),
  silent_attempts: one("usage_source = 'absent'"),
  unknown_price_attempts: one("price_state = 'unknown'"),
  estimated_attempts: one("usage_source = 'estimated'"),
};

/** Every sum and count, for questions that tell all of them. */
export const allSums: readonly string[] = Object.keys(summedColumns);

/**
 * The rows a question is counted from, with the columns it uses: the same whether they come from sums or from single
 * attempts. A column the sums do not have is null there. Only these are named, since the engine takes longer to plan a
 * question with all of them than to answer it.
 */
export function factRows(
  pieces: readonly Piece[],
  columns: Iterable<string>,
  dialect: Dialect,
  parameters: Parameters,
): string {
  const names = [...new Set(['started_at', ...columns])];
  return eachPiece(pieces, parameters, ({ rollup, minus }) => {
    const of = rollup ? keptColumn(rollup, dialect) : minus ? takenAway(dialect) : attemptColumn(dialect);
    return `SELECT ${names.map(of).join(', ')} FROM ${rollup?.table ?? 'attempts'}`;
  });
}

/** How many attempts took how long: `measure`, `bin` and `attempts` beside the columns of the question. */
export function latencyRows(pieces: readonly Piece[], columns: Iterable<string>, parameters: Parameters): string {
  const names = [...new Set(['started_at', ...columns])];
  const single = (measure: string, count: number) =>
    `SELECT ${names.join(', ')}, '${measure}' AS measure, ${measure}_bin AS bin, ${count} AS attempts FROM attempts`;
  return eachPiece(pieces, parameters, ({ rollup, minus }) => {
    const each = (measure: string) => single(measure, minus ? -1 : 1);
    if (!rollup) return `SELECT * FROM (${each('duration')} UNION ALL ${each('first_token')}) AS timed`;
    const kept = new Set(['started_at', ...rollup.columns]);
    const of = (name: string) => (kept.has(name) ? name : nothing(name));
    return `SELECT ${[...names.map(of), 'measure', 'bin', 'attempts'].join(', ')} FROM ${rollup.table}`;
  });
}

const nothing = (name: string): string => `CAST(NULL AS VARCHAR) AS ${name}`;

/** Rows of every piece, each of its stretch of time alone. */
function eachPiece(pieces: readonly Piece[], parameters: Parameters, select: (piece: Piece) => string): string {
  const shown = pieces.length > 0 ? pieces : [{ rollup: null, fromMs: 0, toMs: 0 }];
  return shown
    .map((piece) => {
      const { fromMs, toMs, cutHour } = piece;
      const range = `started_at >= ${parameters.bind(fromMs)} AND started_at < ${parameters.bind(toMs)}`;
      return `${select(piece)} WHERE ${range}${cutHour ? ` AND ${inHours(cutHour)}` : ''}`;
    })
    .join(' UNION ALL ');
}

function inHours({ atMs, only }: NonNullable<Piece['cutHour']>): string {
  const hourOfDay = `started_at % ${dayMs} - started_at % ${hourMs}`;
  return `${hourOfDay} ${only ? '=' : '<>'} ${atMs}`;
}

const attemptColumn =
  (dialect: Dialect) =>
  (name: string): string => {
    if (name === 'row_id') return `${dialect.rowId} AS row_id`;
    const value = summedColumns[name];
    return value === undefined || value === name ? name : `${value} AS ${name}`;
  };

/** What an attempt takes from the sums it is in. */
const takenAway =
  (dialect: Dialect) =>
  (name: string): string => {
    const value = summedColumns[name];
    if (value !== undefined) return `-(${value}) AS ${name}`;
    return takenLists.includes(name) ? `${dialect.negated(name)} AS ${name}` : attemptColumn(dialect)(name);
  };

const takenLists: readonly string[] = ['line_quantity', 'line_cost'];

function keptColumn(rollup: Rollup, dialect: Dialect): (name: string) => string {
  const kept = new Set([
    'started_at',
    ...rollup.columns,
    ...allSums,
    ...(rollup.lines ? [...lineColumns, 'plain_line'] : []),
  ]);
  return (name) => {
    if (name === 'row_id') return `-1 - ${dialect.rowId} AS row_id`;
    return kept.has(name) ? name : nothing(name);
  };
}

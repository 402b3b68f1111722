import { partColumns } from './attempt-columns.ts';
import type { Dialect } from './dialect.ts';
import { dayMs, hourly, hourMs, type Piece, type Rollup } from './rollups.ts';
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

const sums = Object.entries(summedColumns);
/** Single attempts may be asked for these; sums know nothing of them. */
const attemptOnlyColumns = ['run', 'session_id', 'interaction', 'user_id', 'customer', 'tags'];
const dimensionColumns = [...new Set([...hourly.columns, ...attemptOnlyColumns])];

/**
 * The rows a question is counted from: the same columns whether they come from sums or from single attempts. A column
 * the sums do not have is null there. The engine reads only the columns the question uses.
 */
export function factRows(
  pieces: readonly Piece[],
  withLines: boolean,
  dialect: Dialect,
  parameters: Parameters,
): string {
  return eachPiece(pieces, parameters, (rollup) => {
    const columns = rollup ? rollupColumns(rollup, dialect) : attemptColumns(dialect);
    return `SELECT ${[...columns, ...(withLines ? lineColumns : [])].join(', ')} FROM ${rollup?.table ?? 'attempts'}`;
  });
}

/** How many attempts took how long: `measure`, `bin` and `attempts` beside the dimensions. */
export function latencyRows(pieces: readonly Piece[], parameters: Parameters): string {
  const columns = ['started_at', ...dimensionColumns].join(', ');
  const single = (measure: string) =>
    `SELECT ${columns}, '${measure}' AS measure, ${measure}_bin AS bin, 1 AS attempts FROM attempts`;
  return eachPiece(pieces, parameters, (rollup) => {
    if (!rollup) return `SELECT * FROM (${single('duration')} UNION ALL ${single('first_token')}) AS timed`;
    return `SELECT ${['started_at', ...keptColumns(rollup), 'measure', 'bin', 'attempts'].join(', ')} FROM ${rollup.table}`;
  });
}

/** Rows of every piece, each of its stretch of time alone. */
function eachPiece(
  pieces: readonly Piece[],
  parameters: Parameters,
  select: (rollup: Rollup | null) => string,
): string {
  const shown = pieces.length > 0 ? pieces : [{ rollup: null, fromMs: 0, toMs: 0 }];
  return shown
    .map(({ rollup, fromMs, toMs, cutHour }) => {
      const range = `started_at >= ${parameters.bind(fromMs)} AND started_at < ${parameters.bind(toMs)}`;
      return `${select(rollup)} WHERE ${range}${cutHour ? ` AND ${inHours(cutHour)}` : ''}`;
    })
    .join(' UNION ALL ');
}

function inHours({ atMs, only }: NonNullable<Piece['cutHour']>): string {
  const hourOfDay = `started_at % ${dayMs} - started_at % ${hourMs}`;
  return `${hourOfDay} ${only ? '=' : '<>'} ${atMs}`;
}

function attemptColumns(dialect: Dialect): string[] {
  return [
    `${dialect.rowId} AS row_id`,
    'started_at',
    ...dimensionColumns,
    ...sums.map(([name, value]) => (name === value ? name : `${value} AS ${name}`)),
  ];
}

function keptColumns(rollup: Rollup): string[] {
  const kept = new Set(rollup.columns);
  return dimensionColumns.map((name) => (kept.has(name) ? name : `CAST(NULL AS VARCHAR) AS ${name}`));
}

function rollupColumns(rollup: Rollup, dialect: Dialect): string[] {
  return [`-1 - ${dialect.rowId} AS row_id`, 'started_at', ...keptColumns(rollup), ...sums.map(([name]) => name)];
}

import type { Dialect } from './dialect.ts';
import { hourly, type Piece, type Rollup } from './rollups.ts';
import type { Parameters } from './sql-text.ts';

/** Columns that tell the lines of one attempt apart and carry what they cost. */
export const lineColumns = ['line_kind', 'line_bucket', 'line_unit', 'line_quantity', 'line_cost'] as const;

/** Sums and counts every rollup keeps, and what one attempt adds to each. */
export const summedColumns: Readonly<Record<string, string>> = {
  cost: 'cost',
  attempts: '1',
  calls: 'new_call',
  runs: 'new_run',
  interactions: 'new_interaction',
  stage_runs: 'new_run_in_stage',
  stage_interactions: 'new_interaction_in_stage',
  input_tokens: 'input_tokens',
  cache_read_tokens: 'cache_read_tokens',
  output_tokens: 'output_tokens',
  unknown_price_attempts: "CAST(price_state = 'unknown' AS BIGINT)",
  estimated_attempts: "CAST(usage_source = 'estimated' AS BIGINT)",
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
  const shown = pieces.length > 0 ? pieces : [{ rollup: null, fromMs: 0, toMs: 0 }];
  return shown
    .map(({ rollup, fromMs, toMs }) => {
      const range = `started_at >= ${parameters.bind(fromMs)} AND started_at < ${parameters.bind(toMs)}`;
      const columns = rollup ? rollupColumns(rollup, dialect) : attemptColumns(dialect);
      const lines = withLines ? lineColumns : [];
      return `SELECT ${[...columns, ...lines].join(', ')} FROM ${rollup?.table ?? 'attempts'} WHERE ${range}`;
    })
    .join(' UNION ALL ');
}

function attemptColumns(dialect: Dialect): string[] {
  return [
    `${dialect.rowId} AS row_id`,
    'started_at',
    ...dimensionColumns,
    ...sums.map(([name, value]) => (name === value ? name : `${value} AS ${name}`)),
  ];
}

function rollupColumns(rollup: Rollup, dialect: Dialect): string[] {
  const kept = new Set(rollup.columns);
  return [
    `-1 - ${dialect.rowId} AS row_id`,
    'started_at',
    ...dimensionColumns.map((name) => (kept.has(name) ? name : `CAST(NULL AS VARCHAR) AS ${name}`)),
    ...sums.map(([name]) => name),
  ];
}

import type { TimeRange } from '../ledger.ts';
import { commonMeasures } from './cost-query.ts';
import { daysWithin } from './day-spans.ts';
import type { Dialect } from './dialect.ts';
import { factRows, lineColumns } from './fact-rows.ts';
import { rangeOf } from './filters.ts';
import { idKey } from './id-key.ts';
import { outcomeRows } from './outcome-rows.ts';
import { type Extent, hourly, piecesOf } from './rollups.ts';
import { Parameters, type Statement } from './sql-text.ts';

export interface StageScope {
  readonly workflow: string;
  readonly stage: string;
  readonly range: TimeRange;
}

/** What a question about workflows is asked of: one name, or all when it is null. */
export interface WorkflowScope {
  readonly name: string | null;
  readonly range: TimeRange;
  readonly extent: Extent;
}

const countedColumns: readonly string[] = [
  ...['cost', 'runs', 'stage_runs', 'interactions', 'stage_interactions', 'calls', 'attempts', 'input_tokens'],
  ...['cache_read_tokens', 'output_tokens', 'unknown_price_attempts', 'estimated_attempts'],
];

/** Counts and sums by workflow (stage_level 1) and by its stages (stage_level 0). */
export function workflowCounts(scope: WorkflowScope, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const either = (whole: string, inStage: string) =>
    `coalesce(CASE WHEN GROUPING(stage) = 1 THEN sum(${whole}) ELSE sum(${inStage}) END, 0) AS ${whole}`;
  return parameters.statement(`
    SELECT workflow, stage, GROUPING(stage) AS stage_level, coalesce(sum(cost), 0) AS cost,
      ${either('runs', 'stage_runs')}, ${either('interactions', 'stage_interactions')}, ${commonMeasures}
    FROM (${named(scope, countedColumns, dialect, parameters)}) AS matched
    GROUP BY GROUPING SETS ((workflow), (workflow, stage)) ORDER BY workflow, stage_level DESC, cost DESC, stage`);
}

/** Cost lines merged by workflow, stage, kind, bucket and unit. */
export function workflowLines(scope: WorkflowScope, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const lines = dialect.explodeLines(named(scope, lineColumns, dialect, parameters));
  return parameters.statement(`
    SELECT workflow, stage, kind, bucket, unit, sum(quantity) AS quantity, sum(line_cost) AS cost
    FROM (${lines}) AS exploded WHERE kind IS NOT NULL
    GROUP BY workflow, stage, kind, bucket, unit ORDER BY workflow, stage, cost DESC, kind, bucket, unit`);
}

/** Outcomes of runs that began in the range, by the workflow of their first attempt. */
export function workflowOutcomes({ name, range, extent }: WorkflowScope, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const wanted = name === null ? '' : `WHERE coalesce(workflow, '') = ${parameters.bind(name)}`;
  const rows = outcomeRows(range, ['workflow'], daysWithin(extent.outcomeDays, range), parameters);
  return parameters.statement(`
    SELECT coalesce(workflow, '') AS workflow, outcome, sum(runs) AS runs, sum(coalesce(value, 0)) AS value,
      sum(coalesce(human_minutes, 0)) AS human_minutes
    FROM (${rows}) AS counted ${wanted} GROUP BY ALL`);
}

/** The newest calls of a stage that began in the range, `limit` of them; older than `before` when that is given. */
export function stageCalls(
  scope: StageScope,
  limit: number,
  before: { readonly startedAtMs: number; readonly callId: string } | null,
  dialect: Dialect,
): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const older = before
    ? `AND (started_at, call_id) < (${parameters.bind(before.startedAtMs)}, ${parameters.bind(before.callId)})`
    : '';
  return parameters.statement(`
    SELECT call_id, started_at FROM (${stageAttempts(scope, parameters)}) AS matched WHERE new_call = 1 ${older}
    ORDER BY started_at DESC, call_id DESC LIMIT ${parameters.bind(limit)}`);
}

/** Attempts of the given calls within a stage. */
export function attemptsOfCalls(scope: StageScope, callIds: readonly string[], dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  return parameters.statement(`
    SELECT * FROM (${stageAttempts(scope, parameters)}) AS matched
    WHERE ${dialect.isOneOf('call_id', callIds, parameters)} ORDER BY call_id, attempt_number, started_at`);
}

/** Attempts whose `column` is `value`, oldest first, at most `limit`. */
export function attemptsWhere(column: 'call_id' | 'run', value: string, limit: number, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const key = column === 'run' ? 'run_key' : 'call_key';
  return parameters.statement(`
    SELECT * FROM attempts WHERE ${key} = ${parameters.bind(idKey(value))} AND ${column} = ${parameters.bind(value)}
    ORDER BY started_at, call_id, attempt_number LIMIT ${parameters.bind(limit)}`);
}

function stageAttempts({ workflow, stage, range }: StageScope, parameters: Parameters): string {
  return `SELECT * FROM attempts WHERE ${rangeOf({ range }, parameters)}
    AND coalesce(workflow, '') = ${parameters.bind(workflow)} AND coalesce(stage, '') = ${parameters.bind(stage)}`;
}

/** Rows of the range with '' for a workflow or stage nobody named. */
function named(
  { name, range, extent }: WorkflowScope,
  columns: readonly string[],
  dialect: Dialect,
  parameters: Parameters,
): string {
  const wanted = name === null ? '' : `WHERE coalesce(workflow, '') = ${parameters.bind(name)}`;
  const pieces = piecesOf(hourly, { by: [], where: {}, range }, extent);
  const rows = factRows(pieces, ['workflow', 'stage', ...columns], dialect, parameters);
  return `SELECT * REPLACE (coalesce(workflow, '') AS workflow, coalesce(stage, '') AS stage) FROM (${rows}) AS facts ${wanted}`;
}

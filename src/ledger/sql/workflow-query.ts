import type { TimeRange } from '../ledger.ts';
import { measures, rangeOf } from './cost-query.ts';
import type { Dialect } from './dialect.ts';
import { runSpanMsMax } from './run-endings.ts';
import { Parameters, type Statement } from './sql-text.ts';

export interface StageScope {
  readonly workflow: string;
  readonly stage: string;
  readonly range: TimeRange;
}

/** Counts and sums by workflow (stage_level 1) and by its stages (stage_level 0); of all workflows when `name` is null. */
export function workflowCounts(name: string | null, range: TimeRange, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  return parameters.statement(`
    SELECT workflow, stage, GROUPING(stage) AS stage_level, ${measures}
    FROM (${named(name, 'facts', range, parameters)}) AS matched
    GROUP BY GROUPING SETS ((workflow), (workflow, stage)) ORDER BY workflow, stage_level DESC, cost DESC, stage`);
}

/** Cost lines merged by workflow, stage, kind, bucket and unit. */
export function workflowLines(name: string | null, range: TimeRange, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const lines = dialect.explodeLines(named(name, 'facts', range, parameters));
  return parameters.statement(`
    SELECT workflow, stage, kind, bucket, unit, sum(quantity) AS quantity, sum(line_cost) AS cost
    FROM (${lines}) AS exploded WHERE kind IS NOT NULL
    GROUP BY workflow, stage, kind, bucket, unit ORDER BY workflow, stage, cost DESC, kind, bucket, unit`);
}

/**
 * Runs that began in the range by the workflow of their first attempt and their outcome (null: none yet). The latest
 * outcome of a run counts, whenever it arrived; folded days give what was counted when they were folded.
 */
export function workflowOutcomes(name: string | null, range: TimeRange, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const wanted = name === null ? '' : `WHERE workflow = ${parameters.bind(name)}`;
  return parameters.statement(`
    SELECT workflow, outcome, sum(runs) AS runs, sum(value) AS value, sum(human_minutes) AS human_minutes
    FROM (${runOutcomes(range, parameters)} GROUP BY began.workflow, latest.outcome
      UNION ALL
      SELECT workflow, outcome, runs, value, human_minutes FROM daily_outcomes
      WHERE ${rangeOf({ range }, parameters)}) AS counted
    ${wanted} GROUP BY workflow, outcome`);
}

/** Runs that began in the range, beside their latest outcome; the caller adds how to group. */
export function runOutcomes(range: TimeRange, parameters: Parameters, selected?: string): string {
  const earliest = parameters.bind(range.fromMs - runSpanMsMax);
  const from = parameters.bind(range.fromMs);
  const to = parameters.bind(range.toMs);
  const columns = `began.workflow AS workflow, latest.outcome AS outcome, count(*) AS runs, sum(latest.value) AS value,
      sum(latest.human_minutes) AS human_minutes`;
  return `
    SELECT ${selected ?? columns}
    FROM (SELECT run, min(started_at) AS began_at, min_by(coalesce(workflow, ''), (started_at, attempt_id)) AS workflow
      FROM attempts WHERE started_at >= ${earliest} AND started_at < ${to}
        AND run IN (SELECT run FROM attempts WHERE started_at >= ${from} AND started_at < ${to}) GROUP BY run
      HAVING min(started_at) >= ${from}) AS began
    LEFT JOIN (SELECT run, max_by(outcome, (happened_at, recorded_at, id)) AS outcome, max_by(value, (happened_at, recorded_at, id)) AS value,
        max_by(human_minutes, (happened_at, recorded_at, id)) AS human_minutes
      FROM (SELECT id, run, outcome, happened_at, recorded_at, coalesce(value, 0) AS value, coalesce(human_minutes, 0) AS human_minutes
        FROM outcomes) AS filled GROUP BY run) AS latest ON latest.run = began.run`;
}

/** The newest calls of a stage, `limit` of them, older than `beforeCallId` when that is given. */
export function stageCalls(scope: StageScope, limit: number, beforeCallId: string | null, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const calls = `SELECT call_id, min(started_at) AS began_at FROM (${stageAttempts(scope, parameters)}) AS matched GROUP BY call_id`;
  const before =
    beforeCallId === null
      ? ''
      : `WHERE (began_at, call_id) < (
      SELECT (min(began_at), min(call_id)) FROM (${calls}) AS known WHERE call_id = ${parameters.bind(beforeCallId)})`;
  return parameters.statement(`
    SELECT call_id FROM (${calls}) AS calls ${before} ORDER BY began_at DESC, call_id DESC LIMIT ${parameters.bind(limit)}`);
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
  return parameters.statement(`
    SELECT * FROM attempts WHERE ${column} = ${parameters.bind(value)}
    ORDER BY started_at, call_id, attempt_number LIMIT ${parameters.bind(limit)}`);
}

function stageAttempts({ workflow, stage, range }: StageScope, parameters: Parameters): string {
  return `SELECT * FROM attempts WHERE ${rangeOf({ range }, parameters)}
    AND coalesce(workflow, '') = ${parameters.bind(workflow)} AND coalesce(stage, '') = ${parameters.bind(stage)}`;
}

/** Rows of the range with '' for a workflow or stage nobody named. */
function named(name: string | null, table: string, range: TimeRange, parameters: Parameters): string {
  const wanted = name === null ? '' : `AND coalesce(workflow, '') = ${parameters.bind(name)}`;
  return `SELECT * REPLACE (coalesce(workflow, '') AS workflow, coalesce(stage, '') AS stage)
    FROM ${table} WHERE ${rangeOf({ range }, parameters)} ${wanted}`;
}

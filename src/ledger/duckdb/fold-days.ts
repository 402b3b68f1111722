import type { DuckDBConnection } from '@duckdb/node-api';
import { Parameters } from '../sql/sql-text.ts';
import { runOutcomes } from '../sql/workflow-query.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { runStatement } from './reader-pool.ts';
import { dailyColumns, foldedDimensions } from './schema.ts';

const dayMs = 86_400_000;

/** Attempts of whole UTC days that ended `keepMs` ago or earlier are old. */
export function foldBoundary(nowMs: number, keepMs: number): number {
  return Math.floor((nowMs - keepMs) / dayMs) * dayMs;
}

/**
 * Turns attempts that began before `boundaryMs` into sums by day and surviving dimension, and deletes them; to be run
 * inside a transaction. A call, run or interaction is counted in the group of its first attempt, so that counts add up
 * over groups. Outcomes of folded runs become counts by day and workflow.
 * @returns how many attempts were deleted
 */
export async function foldDays(connection: DuckDBConnection, boundaryMs: number): Promise<number> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const before = `started_at < ${parameters.bind(boundaryMs)}`;
  const [old] = await runStatement(
    connection,
    parameters.statement(`SELECT count(*) AS attempts, min(started_at) AS oldest FROM attempts WHERE ${before}`),
  );
  if (!old || old.attempts === 0n) return 0;
  await foldOutcomes(connection, Number(old.oldest), boundaryMs);
  await runStatement(connection, parameters.statement(foldStatement(before)));
  await runStatement(connection, parameters.statement(`DELETE FROM attempts WHERE ${before}`));
  return Number(old.attempts);
}

async function foldOutcomes(connection: DuckDBConnection, fromMs: number, toMs: number): Promise<void> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const day = `began.began_at - began.began_at % ${dayMs}`;
  const selected = `${day} AS started_at, began.workflow AS workflow, latest.outcome AS outcome, count(*) AS runs,
    sum(latest.value) AS value, sum(latest.human_minutes) AS human_minutes`;
  const counted = `${runOutcomes({ fromMs, toMs }, parameters, selected)} GROUP BY ${day}, began.workflow, latest.outcome`;
  await runStatement(
    connection,
    parameters.statement(
      `INSERT INTO daily_outcomes (started_at, workflow, outcome, runs, value, human_minutes) ${counted}`,
    ),
  );
  const gone = new Parameters(duckDbDialect.placeholder);
  await runStatement(
    connection,
    gone.statement(
      `DELETE FROM outcomes WHERE run IN (SELECT run FROM attempts WHERE started_at < ${gone.bind(toMs)})`,
    ),
  );
}

function foldStatement(before: string): string {
  const dimensions = foldedDimensions.join(', ');
  const kept = foldedDimensions.map((name) => `any_value(${name}) AS ${name}`).join(', ');
  const isFirst = (id: string) =>
    `(${id} IS NOT NULL AND row_number() OVER (PARTITION BY ${id} ORDER BY started_at, attempt_id) = 1)::BIGINT`;
  return `
    INSERT INTO daily BY NAME
    WITH old AS (
      SELECT *, started_at - started_at % ${dayMs} AS day, ${isFirst('run')} AS first_of_run,
        ${isFirst('interaction')} AS first_of_interaction, ${isFirst('call_id')} AS first_of_call,
        dense_rank() OVER (ORDER BY started_at // ${dayMs}, ${dimensions}) AS day_group
      FROM attempts WHERE ${before}),
    counted AS (
      SELECT day_group, any_value(day) AS started_at, ${kept}, sum(cost) AS cost, count(*) AS attempts,
        sum(first_of_run) AS folded_runs, sum(first_of_interaction) AS folded_interactions, sum(first_of_call) AS folded_calls,
        sum(input_tokens) AS input_tokens, sum(cache_read_tokens) AS cache_read_tokens, sum(output_tokens) AS output_tokens,
        sum((price_state = 'unknown')::BIGINT) AS unknown_price_attempts,
        sum((usage_source = 'estimated')::BIGINT) AS estimated_attempts
      FROM old GROUP BY day_group),
    merged AS (
      SELECT day_group, kind, bucket, unit, sum(quantity) AS quantity, sum(line_cost) AS line_cost
      FROM (${duckDbDialect.explodeLines('SELECT * EXCLUDE (cost) FROM old')}) AS exploded
      WHERE kind IS NOT NULL GROUP BY day_group, kind, bucket, unit),
    listed AS (
      SELECT day_group, list(kind) AS line_kind, list(bucket) AS line_bucket, list(unit) AS line_unit,
        list(quantity) AS line_quantity, list(line_cost) AS line_cost
      FROM merged GROUP BY day_group)
    SELECT ${dailyColumns.map((name) => (name.startsWith('line_') ? `coalesce(${name}, []) AS ${name}` : name)).join(', ')}
    FROM counted LEFT JOIN listed USING (day_group)`;
}

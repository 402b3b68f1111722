import type { DuckDBConnection } from '@duckdb/node-api';
import type { RetentionPeriods, RetentionRule } from '../ledger.ts';
import { outcomesByDay } from '../sql/outcome-rows.ts';
import { dayMs, mondayBefore, rollups, weekMs } from '../sql/rollups.ts';
import { keptSamples } from '../sql/sample.ts';
import { Parameters, toNumber } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { forgetOutcomeDay } from './outcome-sums.ts';
import { runStatement } from './reader-pool.ts';
import { addWeeks, readExtent, rollUp } from './roll-up.ts';

/** Runs in a sample are those whose key falls in the first of these parts. */
const sampleParts = 10_000;

/** Start of the UTC day in which `keepMs` ago falls: what began earlier is older, whole days only. */
function dayBoundary(nowMs: number, keepMs: number): number {
  return Math.floor((nowMs - keepMs) / dayMs) * dayMs;
}

/**
 * Deletes single attempts that are older than the rule keeps them, where it says so all but a sample of their runs;
 * their sums stay. To be run inside a transaction, when everything before the boundary is summed.
 * @returns how many attempts were deleted
 */
export async function foldDays(connection: DuckDBConnection, rule: RetentionRule, nowMs: number): Promise<number> {
  const own = Object.entries(rule.workflows ?? {});
  const foldedToMs = Math.max(
    ...[rule, ...own.map(([, periods]) => periods)].map((periods) => boundaryOf(periods, nowMs)),
  );
  await sumUntil(connection, foldedToMs);
  await forgetTold(connection, boundaryOf(rule, nowMs));
  let deleted = await foldGroup(connection, rule, nowMs, { not: own.map(([name]) => name) });
  for (const [name, periods] of own) deleted += await foldGroup(connection, periods, nowMs, { only: name });
  await noteFolded(connection, foldedToMs, deleted);
  if (rule.keepAggregatesMs !== undefined) await dropSums(connection, dayBoundary(nowMs, rule.keepAggregatesMs));
  return deleted;
}

const boundaryOf = (periods: RetentionPeriods, nowMs: number): number => dayBoundary(nowMs, periods.keepAttemptsMs);

async function sumUntil(connection: DuckDBConnection, toMs: number): Promise<void> {
  while ((await rollUp(connection, toMs)) < toMs);
}

/** Ids of told usage stand guard as long as usage of their time is taken. */
async function forgetTold(connection: DuckDBConnection, beforeMs: number): Promise<void> {
  await runStatement(connection, { text: 'DELETE FROM told_usage WHERE started_at < $1', parameters: [beforeMs] });
}

/** Which workflows a set of periods is for: one, or all but those that have their own. */
type Workflows = { readonly only: string } | { readonly not: readonly string[] };

function ofWorkflows(which: Workflows, parameters: Parameters): string {
  if ('only' in which) return `coalesce(workflow, '') = ${parameters.bind(which.only)}`;
  if (which.not.length === 0) return 'true';
  return `NOT ${duckDbDialect.isOneOf("coalesce(workflow, '')", which.not, parameters)}`;
}

async function foldGroup(
  connection: DuckDBConnection,
  { keepAttemptsMs, sampled }: RetentionPeriods,
  nowMs: number,
  which: Workflows,
): Promise<number> {
  const beforeMs = dayBoundary(nowMs, keepAttemptsMs);
  const sampleFromMs = sampled ? Math.min(beforeMs, dayBoundary(nowMs, sampled.keepMs)) : beforeMs;
  const share = Math.round((sampled?.share ?? 0) * sampleParts);
  const goes = (time: string, parameters: Parameters) =>
    `${time} < ${parameters.bind(beforeMs)} AND ${ofWorkflows(which, parameters)} AND (${time} < ${parameters.bind(sampleFromMs)}
       OR (run_key::BIGINT + 2147483648) % ${sampleParts} >= ${parameters.bind(share)})`;
  await foldOutcomes(connection, goes);
  await foldWork(connection, sampleFromMs, which);
  for (const { table } of keptSamples) await deleteRows(connection, table, goes);
  return deleteRows(connection, 'attempts', goes);
}

type Condition = (time: string, parameters: Parameters) => string;

/** @returns how many rows went */
async function deleteRows(connection: DuckDBConnection, table: string, goes: Condition): Promise<number> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const statement = parameters.statement(`DELETE FROM ${table} WHERE ${goes('started_at', parameters)}`);
  const [row] = await runStatement(connection, statement);
  return toNumber(row?.Count);
}

/** Outcomes of deleted runs become counts by day and workflow; those nobody counts any more are dropped. */
async function foldOutcomes(connection: DuckDBConnection, goes: Condition): Promise<void> {
  const counted = new Parameters(duckDbDialect.placeholder);
  await runStatement(
    connection,
    counted.statement(`
      INSERT INTO daily_outcomes BY NAME ${outcomesByDay(goes('run_began_at', counted), 'deleted')}`),
  );
  const asked = new Parameters(duckDbDialect.placeholder);
  const days = `SELECT DISTINCT run_began_at - run_began_at % ${dayMs} AS day FROM outcomes WHERE ${goes('run_began_at', asked)}`;
  for (const { day } of await runStatement(connection, asked.statement(days)))
    await forgetOutcomeDay(connection, toNumber(day));
  const gone = new Parameters(duckDbDialect.placeholder);
  await runStatement(connection, gone.statement(`DELETE FROM outcomes WHERE ${goes('run_began_at', gone)}`));
}

/** What of people's work points to a single run, call or session goes; minutes stay with the labels sums have. */
async function foldWork(connection: DuckDBConnection, beforeMs: number, which: Workflows): Promise<void> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const emptied = workPointers.map((name) => `${name} = NULL`).join(', ');
  const pointing = workPointers.map((name) => `${name} IS NOT NULL`).join(' OR ');
  await runStatement(
    connection,
    parameters.statement(
      `UPDATE human_work SET ${emptied} WHERE started_at < ${parameters.bind(beforeMs)} AND ${ofWorkflows(which, parameters)} AND (${pointing})`,
    ),
  );
}

const workPointers = ['run', 'session_id', 'interaction', 'call_id', 'tags'];

/** Sums may stand in for attempts only once some are gone: until then single attempts tell more. */
async function noteFolded(connection: DuckDBConnection, foldedToMs: number, deleted: number): Promise<void> {
  const { foldedToMs: known } = await readExtent(connection);
  if (deleted === 0 || foldedToMs <= known) return;
  await runStatement(connection, { text: 'UPDATE extent SET folded_to = $1', parameters: [foldedToMs] });
  for (const { table } of rollups.filter((rollup) => rollup.goesWithAttempts))
    await runStatement(connection, { text: `DELETE FROM ${table} WHERE started_at < $1`, parameters: [foldedToMs] });
}

/** Of the week that `beforeMs` falls in only the days that stay are left. */
async function dropSums(connection: DuckDBConnection, beforeMs: number): Promise<void> {
  for (const table of [...rollups.map((rollup) => rollup.table), 'daily_outcomes', 'human_work']) {
    await runStatement(connection, { text: `DELETE FROM ${table} WHERE started_at < $1`, parameters: [beforeMs] });
  }
  const { weeksToMs } = await readExtent(connection);
  const beganMs = mondayBefore(beforeMs);
  if (beganMs < beforeMs && beganMs + weekMs <= weeksToMs) await addWeeks(connection, beforeMs, beganMs + weekMs);
}

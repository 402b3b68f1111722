import type { DuckDBConnection } from '@duckdb/node-api';
import { readDaySpans } from '../sql/day-spans.ts';
import { allSums, summedColumns } from '../sql/fact-rows.ts';
import {
  dayMs,
  type Extent,
  firstMondayMs,
  latencyRollups,
  mondayBefore,
  type Rollup,
  sumRollups,
  weekly,
  weekMs,
} from '../sql/rollups.ts';
import { keepSample, keptSamples } from '../sql/sample.ts';
import { Parameters, toNumber } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { sumOutcomes } from './outcome-sums.ts';
import { runStatement } from './reader-pool.ts';

/** Attempts summed in one step, about; bounds the memory and the time of a step. */
const rowsPerStep = 200_000;
/** Further stretches of a minute this long are summed at once where nothing happened. */
const gapMs = 60_000;

/** How far the sums of this connection's state reach. */
export async function readExtent(connection: DuckDBConnection): Promise<Extent> {
  const [row] = await runStatement(connection, { text: 'SELECT * FROM extent', parameters: [] });
  return {
    rolledToMs: toNumber(row?.rolled_to),
    foldedToMs: toNumber(row?.folded_to),
    weeksToMs: toNumber(row?.weeks_to),
    modelsFromMs: toNumber(row?.models_from),
    outcomeDays: readDaySpans(((row?.outcome_days ?? []) as readonly unknown[]).map(toNumber)),
  };
}

/**
 * Sums attempts up to `toMs`, or up to where a step is full; to be run inside a transaction.
 * @returns how far the sums reach now, ms since the epoch
 */
export async function rollUp(connection: DuckDBConnection, toMs: number): Promise<number> {
  const { rolledToMs } = await readExtent(connection);
  if (toMs <= rolledToMs) return rolledToMs;
  const stepMs = await stepEnd(connection, rolledToMs, toMs);
  await sumAttempts(connection, (parameters) => between(rolledToMs, stepMs, parameters));
  await runStatement(connection, { text: 'UPDATE extent SET rolled_to = $1', parameters: [stepMs] });
  const [beganMs, endedMs] = [dayOf(rolledToMs), dayOf(stepMs)];
  if (beganMs < endedMs) await mergeDays(connection, beganMs, endedMs);
  await sumWeeks(connection);
  await sumOutcomes(connection, dayOf(stepMs));
  return stepMs;
}

/** When the UTC day begins that a moment is in. */
const dayOf = (ms: number): number => ms - (ms % dayMs);

/** Adds up the weeks that are over since this was last done. */
export async function sumWeeks(connection: DuckDBConnection): Promise<void> {
  const { rolledToMs, weeksToMs } = await readExtent(connection);
  const toMs = mondayBefore(rolledToMs);
  if (toMs <= weeksToMs) return;
  await addWeeks(connection, weeksToMs, toMs);
  await runStatement(connection, { text: 'UPDATE extent SET weeks_to = $1', parameters: [toMs] });
}

/** Makes weekly sums of the days of a stretch. */
export async function addWeeks(connection: DuckDBConnection, fromMs: number, toMs: number): Promise<void> {
  for (const daily of weekly.keys()) {
    const parameters = new Parameters(duckDbDialect.placeholder);
    const statement = weekStatement(daily, between(fromMs, toMs, parameters));
    await runStatement(connection, parameters.statement(statement));
  }
}

/** Adds up the days that meet a condition to weeks. */
export function weekStatement(daily: Rollup, condition: string): string {
  const inWeeks = weekly.get(daily) ?? daily;
  return `INSERT INTO ${inWeeks.table} BY NAME ${mergedSums(daily, { time: stretchOf(inWeeks), condition })} ORDER BY started_at`;
}

/** When the stretch begins that a row is in. */
function stretchOf({ grainMs }: Rollup): string {
  return `started_at - (started_at - ${grainMs === weekMs ? firstMondayMs : 0}) % ${grainMs}`;
}

async function stepEnd(connection: DuckDBConnection, fromMs: number, toMs: number): Promise<number> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const minute = `started_at - started_at % ${gapMs}`;
  const rows = await runStatement(
    connection,
    parameters.statement(`
      SELECT min(minute) AS full_at FROM (SELECT minute, sum(rows) OVER (ORDER BY minute) AS rows_until
        FROM (SELECT ${minute} AS minute, count(*) AS rows FROM attempts WHERE ${between(fromMs, toMs, parameters)} GROUP BY 1))
      WHERE rows_until >= ${rowsPerStep}`),
  );
  const full = rows[0]?.full_at;
  return full === null || full === undefined ? toMs : Math.min(toMs, toNumber(full) + gapMs);
}

export function between(fromMs: number, toMs: number, parameters: Parameters): string {
  return `started_at >= ${parameters.bind(fromMs)} AND started_at < ${parameters.bind(toMs)}`;
}

/** Adds what single attempts sum to; the caller sees to it that none is summed twice. */
export async function sumAttempts(
  connection: DuckDBConnection,
  condition: (parameters: Parameters) => string,
): Promise<void> {
  const write = (text: (condition: string) => string) => {
    const parameters = new Parameters(duckDbDialect.placeholder);
    return runStatement(connection, parameters.statement(text(condition(parameters))));
  };
  for (const rollup of sumRollups) await write((meant) => sumStatement(rollup, meant));
  // What is late for a week that was added up already belongs to it too.
  for (const rollup of weekly.values())
    await write((meant) => sumStatement(rollup, `${meant} AND started_at < (SELECT weeks_to FROM extent)`));
  for (const rollup of latencyRollups) await write((meant) => latencyStatement(rollup, meant));
  for (const sample of keptSamples) await write((meant) => keepSample(sample, meant));
}

/** Counts by bin of how long attempts took, to their last byte and to their first token. */
function latencyStatement({ table, columns, grainMs }: Rollup, condition: string): string {
  const counted = (measure: string) => `
    SELECT started_at - started_at % ${grainMs} AS stretch, ${columns.join(', ')}, '${measure}' AS measure,
      ${measure}_bin AS bin, count(*) AS attempts
    FROM attempts WHERE ${condition} AND ${measure}_bin IS NOT NULL GROUP BY ALL`;
  return `
    INSERT INTO ${table} BY NAME SELECT * RENAME (stretch AS started_at)
    FROM (${counted('duration')} UNION ALL ${counted('first_token')}) ORDER BY started_at`;
}

/** Adds to sums the attempts that meet a condition. */
export function sumStatement(rollup: Rollup, condition: string): string {
  const start = stretchOf(rollup);
  const sums = Object.entries(summedColumns).map(([name, value]) => `coalesce(sum(${value}), 0) AS ${name}`);
  const groups = [...rollup.columns, ...(rollup.lines ? lineGroups : [])];
  const lists = rollup.lines ? [', list(line_quantity) AS quantities, list(line_cost) AS costs'] : [];
  const grouped = `
    SELECT ${start} AS stretch, ${groups.join(', ')}, ${sums.join(', ')}${lists.join('')}
    FROM attempts WHERE ${condition} GROUP BY stretch, ${groups.join(', ')} ORDER BY stretch`;
  if (!rollup.lines)
    return `INSERT INTO ${rollup.table} BY NAME SELECT * RENAME (stretch AS started_at) FROM (${grouped})`;
  return `
    INSERT INTO ${rollup.table} BY NAME
    SELECT * EXCLUDE (quantities, costs) RENAME (stretch AS started_at),
      ${addedUp('quantities')} AS line_quantity, ${addedUp('costs')} AS line_cost
    FROM (${grouped})`;
}

/** What tells apart attempts that have other lines. */
const lineGroups = ['line_kind', 'line_bucket', 'line_unit', 'plain_line'];

/** Adds lists of equal length place by place: attempts of a group have the same lines in the same order. */
function addedUp(lists: string): string {
  return `list_transform(range(1, len(line_kind) + 1),
    lambda place: list_sum(list_transform(${lists}, lambda one: one[place]::HUGEINT)))`;
}

/**
 * Makes one row of the rows that several steps of summing left for the same stretch and labels; to be run inside a
 * transaction, for days that are over. Otherwise a day summed every hour would be read as up to 24 times its rows.
 */
async function mergeDays(connection: DuckDBConnection, fromMs: number, toMs: number): Promise<void> {
  for (const rollup of sumRollups)
    await merge(
      connection,
      rollup.table,
      (condition) => mergedSums(rollup, { time: 'started_at', condition }),
      fromMs,
      toMs,
    );
  for (const rollup of latencyRollups) await merge(connection, rollup.table, mergedCounts(rollup), fromMs, toMs);
}

async function merge(
  connection: DuckDBConnection,
  table: string,
  rows: (condition: string) => string,
  fromMs: number,
  toMs: number,
): Promise<void> {
  const read = new Parameters(duckDbDialect.placeholder);
  const condition = between(fromMs, toMs, read);
  await runStatement(connection, read.statement(`CREATE OR REPLACE TEMP TABLE merged AS ${rows(condition)}`));
  const gone = new Parameters(duckDbDialect.placeholder);
  const there = between(fromMs, toMs, gone);
  await runStatement(connection, gone.statement(`DELETE FROM ${table} WHERE ${there}`));
  await runStatement(connection, {
    text: `INSERT INTO ${table} BY NAME SELECT * FROM merged ORDER BY started_at`,
    parameters: [],
  });
  await runStatement(connection, { text: 'DROP TABLE merged', parameters: [] });
}

interface Stretch {
  /** What tells the rows of the answer apart in time. */
  readonly time: string;
  readonly condition: string;
}

/** Rows of a table of sums added up for the same time and labels. */
function mergedSums({ table, columns, lines }: Rollup, { time, condition }: Stretch): string {
  const sums = allSums.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const labels = [...columns, ...(lines ? lineGroups : [])].join(', ');
  const lists = lines ? ', list(line_quantity) AS quantities, list(line_cost) AS costs' : '';
  const added = `SELECT ${time} AS stretch, ${labels}, ${sums}${lists} FROM ${table} WHERE ${condition} GROUP BY stretch, ${labels}`;
  if (!lines) return `SELECT * RENAME (stretch AS started_at) FROM (${added})`;
  return `
    SELECT * EXCLUDE (quantities, costs) RENAME (stretch AS started_at),
      ${addedUp('quantities')} AS line_quantity, ${addedUp('costs')} AS line_cost
    FROM (${added})`;
}

function mergedCounts({ table, columns }: Rollup): (condition: string) => string {
  const groups = ['started_at', ...columns, 'measure', 'bin'].join(', ');
  return (condition) =>
    `SELECT ${groups}, sum(attempts) AS attempts FROM ${table} WHERE ${condition} GROUP BY ${groups}`;
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { type DaySpans, daysMissing, readDaySpans, withDays, withoutDays, writeDaySpans } from '../sql/day-spans.ts';
import { outcomesByDay } from '../sql/outcome-rows.ts';
import { dayMs } from '../sql/rollups.ts';
import { toNumber } from '../sql/sql-text.ts';
import { runStatement } from './reader-pool.ts';

/** Days summed in one step at most; the others follow with the next. */
const daysPerStep = 31;

/**
 * Sums the outcomes of runs that began on days that are over, where that is not done or no longer true; to be run inside a
 * transaction.
 */
export async function sumOutcomes(connection: DuckDBConnection, toMs: number): Promise<void> {
  const [oldest] = await ask(connection, 'SELECT min(run_began_at) AS began_at FROM outcomes WHERE counts');
  if (oldest?.began_at === null || oldest === undefined) return;
  const beganMs = toNumber(oldest.began_at);
  const spans = await readSpans(connection);
  const days = daysMissing(spans, { fromMs: beganMs - (beganMs % dayMs), toMs }, daysPerStep);
  if (days.length === 0) return;
  const meant = days.map((day) => `run_began_at >= ${day} AND run_began_at < ${day + dayMs}`);
  await ask(connection, `INSERT INTO outcome_sums BY NAME ${outcomesByDay(`(${meant.join(' OR ')})`, 'summed')}`);
  await writeSpans(
    connection,
    days.reduce((all, day) => withDays(all, { fromMs: day, toMs: day + dayMs }), spans),
  );
}

/**
 * Has the outcomes of a day looked at one by one until they are summed again; to be called in the transaction that changes
 * one of a run that began at `atMs`.
 */
export async function forgetOutcomeDay(connection: DuckDBConnection, atMs: number): Promise<void> {
  const spans = await readSpans(connection);
  const day = atMs - (atMs % dayMs);
  if (!spans.some(({ fromMs, toMs }) => fromMs <= day && day < toMs)) return;
  await ask(connection, `DELETE FROM outcome_sums WHERE started_at = ${day}`);
  await writeSpans(connection, withoutDays(spans, { fromMs: day, toMs: day + dayMs }));
}

async function readSpans(connection: DuckDBConnection): Promise<DaySpans> {
  const [row] = await ask(connection, 'SELECT outcome_days FROM extent');
  return readDaySpans(((row?.outcome_days ?? []) as readonly unknown[]).map(toNumber));
}

async function writeSpans(connection: DuckDBConnection, spans: DaySpans): Promise<void> {
  await ask(connection, `UPDATE extent SET outcome_days = [${writeDaySpans(spans).join(', ')}]`);
}

const ask = (connection: DuckDBConnection, text: string) => runStatement(connection, { text, parameters: [] });

import type { DuckDBConnection } from '@duckdb/node-api';
import { BurnrateError } from '../../base/index.ts';
import { partColumns } from '../sql/attempt-columns.ts';
import { latencyBinSql } from '../sql/latency-bins.ts';
import { hourly } from '../sql/rollups.ts';
import { toNumber, toText } from '../sql/sql-text.ts';
import { runStatement } from './reader-pool.ts';
import {
  attemptsTable,
  createTable,
  dailyOutcomesTable,
  layoutVersion,
  outcomesTable,
  rollupTables,
  type TableColumns,
} from './schema.ts';

/**
 * Brings a file of an older layout to the present one, in one transaction; does nothing to a new or present file.
 * @throws BurnrateError LEDGER_UNAVAILABLE when a later version of Burnrate wrote the file
 */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  const version = await readVersion(connection);
  if (version > layoutVersion) {
    const message = `the file has layout ${version}, this version of Burnrate knows ${layoutVersion}; use the later version`;
    throw new BurnrateError('LEDGER_UNAVAILABLE', { message });
  }
  if (version !== 1) return;
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const step of await stepsFromFirst(connection)) await connection.run(step);
    await connection.run('COMMIT');
  } catch (cause) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw cause;
  }
}

/** 0 for a file without tables. The first layout had no version in it. */
async function readVersion(connection: DuckDBConnection): Promise<number> {
  if (await isTable(connection, 'layout')) {
    const [row] = await ask(connection, 'SELECT version FROM layout');
    return toNumber(row?.version);
  }
  return (await isTable(connection, 'attempts')) ? 1 : 0;
}

async function isTable(connection: DuckDBConnection, name: string): Promise<boolean> {
  return (await columnsOf(connection, name)).length > 0;
}

async function columnsOf(connection: DuckDBConnection, table: string): Promise<string[]> {
  const text = 'SELECT column_name FROM information_schema.columns WHERE table_name = $1';
  return (await runStatement(connection, { text, parameters: [table] })).map((row) => toText(row.column_name));
}

const ask = (connection: DuckDBConnection, text: string) => runStatement(connection, { text, parameters: [] });

/** Sums are made again from single attempts when the ledger goes on; those of deleted attempts stay as they are. */
async function stepsFromFirst(connection: DuckDBConnection): Promise<string[]> {
  const steps = [...rewrittenAttempts, ...rewrittenOutcomes];
  for (const [table, columns] of Object.entries({ ...rollupTables, daily_outcomes: dailyOutcomesTable })) {
    const known = await columnsOf(connection, table);
    if (known.length === 0) continue;
    if (table !== 'daily_outcomes')
      steps.push(`DELETE FROM ${table} WHERE started_at >= (SELECT folded_to FROM extent)`);
    steps.push(...columns.filter(([name]) => !known.includes(name)).map((column) => addColumn(table, column)));
  }
  return [...steps, countsFromDimensions, 'UPDATE extent SET rolled_to = folded_to'];
}

const addColumn = (table: string, [name, type]: TableColumns[number]) =>
  `ALTER TABLE ${table} ADD COLUMN ${name} ${type}`;

const moment = '(attempt_number, started_at)';
/** Attempts of calls that were sent more than once, with what the others of the call tell of them. */
const furtherAttempts = `
  CREATE TEMP TABLE further AS
  SELECT rowid AS place, CASE WHEN reason <> 'first' THEN lag(failure) OVER (PARTITION BY call_id ORDER BY ${moment}) END AS cause,
    reason <> 'first' AND row_number() OVER (PARTITION BY call_id, reason ORDER BY ${moment}) = 1 AS new_reason,
    failure IS NULL AND row_number() OVER (PARTITION BY call_id, failure IS NULL ORDER BY ${moment}) = 1 AS completes_call
  FROM attempts WHERE call_key IN (SELECT call_key FROM attempts WHERE new_call = 0 OR reason <> 'first')`;

const firstOfSessions = `
  CREATE TEMP TABLE session_starts AS
  SELECT min_by(rowid, (started_at, attempt_id)) AS place FROM attempts WHERE session_id IS NOT NULL GROUP BY session_id`;

/** Only for choosing a sample, so that another hash than that of new attempts does. */
const keyFrom = (column: string) => `CAST(CAST(hash(${column}) % 4294967296 AS BIGINT) - 2147483648 AS INTEGER)`;

const newColumns: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(partColumns).map(([name, column]) => [
      column,
      `CAST(json_extract_string(part_tokens, '/${name}') AS DOUBLE)`,
    ]),
  ),
  new_session: 'session_starts.place IS NOT NULL',
  new_reason: 'coalesce(further.new_reason, false)',
  completes_call: 'coalesce(further.completes_call, failure IS NULL)',
  cause: 'further.cause',
  session_key: `CASE WHEN session_id IS NOT NULL THEN ${keyFrom('session_id')} END`,
  interaction_key: `CASE WHEN interaction IS NOT NULL THEN ${keyFrom('interaction')} END`,
  duration_bin: latencyBinSql('duration_ms'),
  first_token_bin: latencyBinSql('first_token_ms'),
};

const rewrittenAttempts: readonly string[] = [
  furtherAttempts,
  firstOfSessions,
  createTable('attempts_rewritten', attemptsTable),
  `INSERT INTO attempts_rewritten
   SELECT ${attemptsTable.map(([name]) => newColumns[name] ?? `attempts.${name}`).join(', ')}
   FROM attempts LEFT JOIN further ON further.place = attempts.rowid
     LEFT JOIN session_starts ON session_starts.place = attempts.rowid`,
  'DROP TABLE further',
  'DROP TABLE session_starts',
  'DROP TABLE attempts',
  'ALTER TABLE attempts_rewritten RENAME TO attempts',
];

const ofRun = outcomesTable.map(([name]) => name).slice(outcomesTable.findIndex(([name]) => name === 'workflow') + 1);
const ofOutcome = outcomesTable.map(([name]) => name).filter((name) => !ofRun.includes(name));

/** Outcomes gain what the first attempt of their run says, where it is still there. */
const rewrittenOutcomes: readonly string[] = [
  createTable('outcomes_rewritten', outcomesTable),
  `INSERT INTO outcomes_rewritten
   SELECT ${[...ofOutcome.map((name) => `outcomes.${name}`), ...ofRun.map((name) => `attempts.${name}`)].join(', ')}
   FROM outcomes LEFT JOIN attempts ON attempts.new_run = 1 AND attempts.run_key = outcomes.run_key
     AND attempts.run = outcomes.run AND attempts.started_at = outcomes.run_began_at
   ON CONFLICT DO NOTHING`,
  'DROP TABLE outcomes',
  'ALTER TABLE outcomes_rewritten RENAME TO outcomes',
];

/** What the dimensions of kept sums tell. Sessions, bytes and parts of deleted attempts are not known and stay zero. */
const countsFromDimensions = `
  UPDATE ${hourly.table} SET failed_attempts = CASE WHEN failure IS NULL THEN 0 ELSE attempts END,
    rate_limited_attempts = CASE WHEN failure = 'rate_limited' THEN attempts ELSE 0 END,
    further_attempts = CASE WHEN reason = 'first' THEN 0 ELSE attempts END,
    streamed_attempts = CASE WHEN streamed THEN attempts ELSE 0 END,
    silent_attempts = CASE WHEN usage_source = 'absent' THEN attempts ELSE 0 END`;

import type { DuckDBConnection } from '@duckdb/node-api';
import { BurnrateError } from '../../base/index.ts';
import { partColumns } from '../sql/attempt-columns.ts';
import { latencyBinSql } from '../sql/latency-bins.ts';
import { modelList, outcomesByDay, runLabels } from '../sql/outcome-rows.ts';
import { plainLineSql } from '../sql/plain-line.ts';
import { dailyCustomers, dailySessions, dayMs, sumRollups, weekly } from '../sql/rollups.ts';
import { keepSample, keptSamples } from '../sql/sample.ts';
import { toNumber } from '../sql/sql-text.ts';
import { runStatement } from './reader-pool.ts';
import { sumStatement, weekStatement } from './roll-up.ts';
import {
  attemptsTable,
  createTable,
  dailyOutcomesTable,
  extentTable,
  layoutVersion,
  outcomeSumsTable,
  outcomesTable,
  rollupTables,
  sampleTable,
  type TableColumns,
  toldUsageTable,
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
  const steps = stepsFrom[version] ?? [];
  if (steps.length === 0) return;
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const step of steps) await connection.run(step);
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
  const text = 'SELECT count(*) AS tables FROM information_schema.tables WHERE table_name = $1';
  const [row] = await runStatement(connection, { text, parameters: [name] });
  return toNumber(row?.tables) > 0;
}

const ask = (connection: DuckDBConnection, text: string) => runStatement(connection, { text, parameters: [] });

/** A table made anew with what `select` takes from the old one, of which it may be a part; a column it leaves out has its default. */
function rewritten(table: string, columns: TableColumns, select: string): string[] {
  return [
    createTable(`${table}_rewritten`, columns),
    `INSERT INTO ${table}_rewritten BY NAME ${select}`,
    `DROP TABLE ${table}`,
    `ALTER TABLE ${table}_rewritten RENAME TO ${table}`,
  ];
}

const modelsFrom = '(SELECT coalesce(max(started_at), -1) + 1 FROM attempts) AS models_from';
const daysOver = `(SELECT rolled_to - rolled_to % ${dayMs} FROM extent)`;
const whileKept = 'started_at >= (SELECT folded_to FROM extent) AND started_at < (SELECT rolled_to FROM extent)';

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
  decisions: 'NULL',
  new_session: 'session_starts.place IS NOT NULL',
  new_reason: 'coalesce(further.new_reason, false)',
  completes_call: 'coalesce(further.completes_call, failure IS NULL)',
  cause: 'further.cause',
  session_key: `CASE WHEN session_id IS NOT NULL THEN ${keyFrom('session_id')} END`,
  interaction_key: `CASE WHEN interaction IS NOT NULL THEN ${keyFrom('interaction')} END`,
  duration_bin: latencyBinSql('duration_ms'),
  first_token_bin: latencyBinSql('first_token_ms'),
  plain_line: plainLineSql(),
  new_run_with_model: 'NULL',
  run_began_at: 'NULL',
};

const attempts = rewritten(
  'attempts',
  attemptsTable,
  `SELECT ${attemptsTable.map(([name]) => `${newColumns[name] ?? `attempts.${name}`} AS ${name}`).join(', ')}
   FROM attempts LEFT JOIN further ON further.place = attempts.rowid
     LEFT JOIN session_starts ON session_starts.place = attempts.rowid`,
);

const ofRun = runLabels.filter((name) => name !== 'run' && name !== 'workflow');

/** Outcomes gain what the first attempt of their run says, where it is still there. */
const outcomes = rewritten(
  'outcomes',
  outcomesTable,
  `SELECT outcomes.*, ${ofRun.map((name) => `attempts.${name}`).join(', ')}
   FROM outcomes LEFT JOIN attempts ON attempts.new_run = 1 AND attempts.run_key = outcomes.run_key
     AND attempts.run = outcomes.run AND attempts.started_at = outcomes.run_began_at
   ON CONFLICT DO NOTHING`,
);

const countIf = (condition: string, name: string) => `CASE WHEN ${condition} THEN attempts ELSE 0 END AS ${name}`;
const one = (value: string) => `[${value}]`;

/** What kept sums do not tell. Sessions, bytes and parts of deleted attempts are not known and stay zero. */
const toldBySums: Readonly<Record<string, readonly string[]>> = {
  hourly: [
    countIf('failure IS NOT NULL', 'failed_attempts'),
    countIf("failure = 'rate_limited'", 'rate_limited_attempts'),
    countIf("reason <> 'first'", 'further_attempts'),
    countIf('streamed', 'streamed_attempts'),
    countIf("usage_source = 'absent'", 'silent_attempts'),
    `${plainLineSql()} AS plain_line`,
  ],
  // Their cost by customer was kept whole, so it is one line now.
  daily_customers: [
    ...[`${one("'inference'")} AS line_kind`, `${one("'fixed'")} AS line_bucket`, `${one("'usd'")} AS line_unit`],
    ...[`${one('0::HUGEINT')} AS line_quantity`, `${one('cost')} AS line_cost`, 'NULL AS plain_line'],
  ],
  daily_users: [],
};

/** Sums of attempts that are still there are made anew when the ledger goes on; those of deleted ones stay. */
const sums = Object.entries(toldBySums).flatMap(([table, told]) =>
  rewritten(
    table,
    rollupTables[table] ?? [],
    `SELECT ${['*', ...told].join(', ')} FROM ${table} WHERE started_at < (SELECT folded_to FROM extent)`,
  ),
);

/** Of attempts that are summed; those that follow are added when they are. */
const samplesOfSummed = keptSamples.flatMap((sample) => [
  createTable(sample.table, sampleTable),
  keepSample(sample, 'started_at < (SELECT rolled_to FROM extent)'),
]);

const fromFirst: readonly string[] = [
  ...[furtherAttempts, firstOfSessions, ...attempts, 'DROP TABLE further', 'DROP TABLE session_starts'],
  ...outcomes,
  ...sums,
  ...rewritten('daily_outcomes', dailyOutcomesTable, 'SELECT * FROM daily_outcomes'),
  ...rewritten('extent', extentTable, `SELECT folded_to AS rolled_to, folded_to, ${modelsFrom} FROM extent`),
  ...samplesOfSummed,
];

/** When told usage began was not kept beside its id; all of it is kept as long as the newest attempt. */
const fromSecond: readonly string[] = [
  ...rewritten(
    'outcomes',
    outcomesTable,
    `SELECT outcomes.*, coalesce(reviewed, 0) AS reviewed_minutes FROM outcomes LEFT JOIN (
       SELECT run AS reviewed_run, sum(minutes) AS reviewed FROM human_work
       WHERE run IS NOT NULL AND kind <> 'sample' GROUP BY run) AS sent ON reviewed_run = run`,
  ),
  ...rewritten(
    'told_usage',
    toldUsageTable,
    'SELECT *, (SELECT coalesce(max(started_at), 0) FROM attempts) AS started_at FROM told_usage',
  ),
  'UPDATE layout SET version = 3',
];

const withPlainLine = (table: string) =>
  rewritten(table, rollupTables[table] ?? [], `SELECT *, ${plainLineSql()} AS plain_line FROM ${table}`);

/** Attempts and sums say which one kind their lines are of, and samples are kept of what is summed. */
const fromThird: readonly string[] = [
  'ALTER TABLE attempts ADD COLUMN plain_line VARCHAR',
  `ALTER TABLE attempts ALTER COLUMN plain_line SET DATA TYPE VARCHAR USING ${plainLineSql()}`,
  ...sumRollups.filter(({ lines }) => lines).flatMap(({ table }) => withPlainLine(table)),
  ...samplesOfSummed,
  'UPDATE layout SET version = 4',
];

/** Customers are summed by week, sessions by day, and outcomes of days that are over; which models answered is kept of runs from now on. */
const fromFourth = (weeksTo: 'weeks_to' | '0'): readonly string[] => [
  'ALTER TABLE attempts ADD COLUMN new_run_with_model TINYINT',
  'ALTER TABLE attempts ADD COLUMN run_began_at BIGINT',
  `ALTER TABLE outcomes ADD COLUMN IF NOT EXISTS ${modelList} VARCHAR`,
  ...[dailyCustomers, dailySessions].flatMap((rollup) => {
    const made = weekly.get(rollup) ?? rollup;
    return createTable(made.table, rollupTables[made.table] ?? []);
  }),
  weekStatement(dailyCustomers, `started_at < (SELECT ${weeksTo} FROM extent)`),
  sumStatement(dailySessions, whileKept),
  createTable('outcome_sums', outcomeSumsTable),
  `INSERT INTO outcome_sums BY NAME ${outcomesByDay(`run_began_at < ${daysOver}`, 'summed')}`,
  ...rewritten(
    'extent',
    extentTable,
    `SELECT rolled_to, folded_to, ${weeksTo} AS weeks_to, ${modelsFrom},
       (SELECT CASE WHEN min(run_began_at) < ${daysOver} THEN [min(run_began_at) - min(run_began_at) % ${dayMs}, ${daysOver}] ELSE [] END
        FROM outcomes WHERE counts) AS outcome_days
     FROM extent`,
  ),
  'UPDATE layout SET version = 5',
];

/** What brings a file to the present layout, by the one it has. */
const stepsFrom: Readonly<Record<number, readonly string[]>> = {
  1: fromFirst,
  2: [...fromSecond, ...fromThird, ...fromFourth('0')],
  3: [...fromThird, ...fromFourth('0')],
  4: fromFourth('weeks_to'),
};

import { attemptColumns, type ColumnType } from '../sql/attempt-columns.ts';
import { attributionColumns } from '../sql/dimensions.ts';
import { summedColumns } from '../sql/fact-rows.ts';
import { keptRunLabels, modelList, runLabels } from '../sql/outcome-rows.ts';
import { latencyRollups, type Rollup, sumRollups, weekly } from '../sql/rollups.ts';
import { keptSamples, sampledColumns } from '../sql/sample.ts';

/** The engine packs 128-bit numbers so that reading one takes most of a microsecond; left as they are it takes some nanoseconds. */
const wideNumber = 'HUGEINT USING COMPRESSION uncompressed';

const duckDbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  key: 'INTEGER',
  small: 'SMALLINT',
  count: 'TINYINT',
  money: wideNumber,
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  texts: 'VARCHAR[]',
  integers: 'BIGINT[]',
  moneys: 'HUGEINT[]',
};

/** Name and type. */
type TableColumn = readonly [string, string];
export type TableColumns = readonly TableColumn[];

const types = new Map(attemptColumns.map((column) => [column.name, duckDbTypes[column.type]]));
const typeOf = (name: string): string => types.get(name) ?? 'VARCHAR';
const summedWide: readonly string[] = ['cost', 'input_tokens', 'cache_read_tokens', 'output_tokens'];

/** Sums are wider than what they add up: a provider's broken counts must not stop the summing. */
function sumTable(rollup: Rollup): TableColumns {
  return [
    ['started_at', 'BIGINT'],
    ...rollup.columns.map((name): TableColumn => [name, typeOf(name)]),
    ...Object.keys(summedColumns).map(
      (name): TableColumn => [name, `${summedWide.includes(name) ? wideNumber : 'BIGINT'} DEFAULT 0`],
    ),
    ...(rollup.lines ? lineColumns : []),
  ];
}

const lineColumns: TableColumns = [
  ['line_kind', 'VARCHAR[]'],
  ['line_bucket', 'VARCHAR[]'],
  ['line_unit', 'VARCHAR[]'],
  ['line_quantity', 'HUGEINT[]'],
  ['line_cost', 'HUGEINT[]'],
  ['plain_line', 'VARCHAR'],
];

const latencyTable = (rollup: Rollup): TableColumns => [
  ['started_at', 'BIGINT'],
  ...rollup.columns.map((name): TableColumn => [name, typeOf(name)]),
  ...([
    ['measure', 'VARCHAR'],
    ['bin', 'SMALLINT'],
    ['attempts', 'BIGINT'],
  ] as const),
];

/** Sums by stretches of time. Those of deleted attempts cannot be made again, so these tables only ever gain columns. */
export const rollupTables: Readonly<Record<string, TableColumns>> = {
  ...Object.fromEntries([...sumRollups, ...weekly.values()].map((rollup) => [rollup.table, sumTable(rollup)])),
  ...Object.fromEntries(latencyRollups.map((rollup) => [rollup.table, latencyTable(rollup)])),
};

export const attemptsTable: TableColumns = attemptColumns.map(({ name, type }) => [name, duckDbTypes[type]]);

export const sampleTable: TableColumns = sampledColumns.map((name) => [name, typeOf(name)]);

const labels = (names: readonly string[]) =>
  names.filter((name) => name !== 'run' && name !== 'workflow').map((name): TableColumn => [name, typeOf(name)]);

// What the run's first attempt tells is kept beside an outcome, null while the run is unknown. Of one run's outcomes one
// counts. `reviewed_minutes` are those of reviews sent for the run, which are part of `human_minutes`.
export const outcomesTable: TableColumns = [
  ...([
    ['id', 'VARCHAR PRIMARY KEY'],
    ['run', 'VARCHAR NOT NULL'],
    ['outcome', 'VARCHAR NOT NULL'],
  ] as const),
  ...([
    ['value', 'HUGEINT'],
    ['human_minutes', 'DOUBLE'],
    ['role', 'VARCHAR'],
    ['csat', 'DOUBLE'],
  ] as const),
  ...([
    ['happened_at', 'BIGINT NOT NULL'],
    ['recorded_at', 'BIGINT NOT NULL'],
    ['run_key', 'INTEGER NOT NULL'],
  ] as const),
  ...([
    ['counts', 'BOOLEAN NOT NULL'],
    ['reviewed_minutes', 'DOUBLE NOT NULL DEFAULT 0'],
    ['run_began_at', 'BIGINT'],
    ['workflow', 'VARCHAR'],
  ] as const),
  ...labels(runLabels),
  [modelList, 'VARCHAR'],
];

/** Outcomes of deleted runs, by the UTC day the run began. */
export const dailyOutcomesTable: TableColumns = [
  ...([
    ['started_at', 'BIGINT NOT NULL'],
    ['workflow', 'VARCHAR NOT NULL'],
    ['outcome', 'VARCHAR'],
  ] as const),
  ...([
    ['runs', 'BIGINT NOT NULL'],
    ['value', 'HUGEINT'],
    ['human_minutes', 'DOUBLE'],
  ] as const),
  ...([
    ['role', 'VARCHAR'],
    ['ratings', 'BIGINT DEFAULT 0'],
    ['csat', 'DOUBLE DEFAULT 0'],
  ] as const),
  ...labels(keptRunLabels),
];

/** The same of runs that are there, so that questions need not look at each. */
export const outcomeSumsTable: TableColumns = [...dailyOutcomesTable, [modelList, 'VARCHAR']];

const workTable: TableColumns = [
  ...([
    ['id', 'VARCHAR PRIMARY KEY'],
    ['started_at', 'BIGINT NOT NULL'],
    ['kind', 'VARCHAR NOT NULL'],
  ] as const),
  ...([
    ['decision', 'VARCHAR NOT NULL'],
    ['call_id', 'VARCHAR'],
    ['key_id', 'VARCHAR'],
    ['role', 'VARCHAR'],
  ] as const),
  ...([
    ['minutes', 'DOUBLE NOT NULL'],
    ['simulated', 'BOOLEAN NOT NULL'],
    ['tags', 'VARCHAR'],
  ] as const),
  ...Object.values(attributionColumns).map((name): TableColumn => [name, 'VARCHAR']),
];

/** Ids of told usage with a hash of what was told, so that the same is not counted again. */
export const toldUsageTable: TableColumns = [
  ['id', 'VARCHAR PRIMARY KEY'],
  ['content', 'VARCHAR NOT NULL'],
  ['started_at', 'BIGINT NOT NULL'],
];

/** How far sums reach and samples and lists go back; one row. */
export const extentTable: TableColumns = [
  ['rolled_to', 'BIGINT NOT NULL'],
  ['folded_to', 'BIGINT NOT NULL'],
  ['weeks_to', 'BIGINT DEFAULT 0'],
  ['outcome_days', 'BIGINT[] DEFAULT []'],
  ['models_from', 'BIGINT DEFAULT 0'],
];

export function createTable(name: string, columns: TableColumns): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns.map((column) => column.join(' ')).join(', ')})`;
}

/** The layout these statements make; a file of an older one is brought to it when it is opened. */
export const layoutVersion = 5;

/** Makes what is missing; run at every opening. */
export const schemaStatements: readonly string[] = [
  createTable('attempts', attemptsTable),
  ...Object.entries(rollupTables).map(([name, columns]) => createTable(name, columns)),
  ...keptSamples.map(({ table }) => createTable(table, sampleTable)),
  createTable('outcomes', outcomesTable),
  createTable('daily_outcomes', dailyOutcomesTable),
  createTable('outcome_sums', outcomeSumsTable),
  createTable('human_work', workTable),
  createTable('told_usage', toldUsageTable),
  'CREATE TABLE IF NOT EXISTS watermarks (journal_id VARCHAR PRIMARY KEY, last_sequence BIGINT NOT NULL)',
  createTable('extent', extentTable),
  'INSERT INTO extent SELECT 0, 0, 0, [], 0 WHERE NOT EXISTS (SELECT 1 FROM extent)',
  'CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL)',
  `INSERT INTO layout SELECT ${layoutVersion} WHERE NOT EXISTS (SELECT 1 FROM layout)`,
];

import { attemptColumns, type ColumnType } from '../sql/attempt-columns.ts';
import { summedColumns } from '../sql/fact-rows.ts';
import { hourly, type Rollup, rollups } from '../sql/rollups.ts';

/** The engine packs 128-bit numbers so that reading one takes most of a microsecond; left as they are it takes some nanoseconds. */
const wideNumber = 'HUGEINT USING COMPRESSION uncompressed';

const duckDbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  key: 'INTEGER',
  count: 'TINYINT',
  money: wideNumber,
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  texts: 'VARCHAR[]',
  integers: 'BIGINT[]',
  moneys: 'HUGEINT[]',
};

const typeOf = new Map(attemptColumns.map((column) => [column.name, duckDbTypes[column.type]]));
const definition = (name: string): string => `${name} ${typeOf.get(name)}`;
const summedWide: readonly string[] = ['cost', 'input_tokens', 'cache_read_tokens', 'output_tokens'];

/** Sums are wider than what they add up: a provider's broken counts must not stop the summing. */
function rollupTable(rollup: Rollup): string {
  const lines = ['line_kind VARCHAR[]', 'line_bucket VARCHAR[]', 'line_unit VARCHAR[]'];
  const columns = [
    'started_at BIGINT',
    ...rollup.columns.map(definition),
    ...Object.keys(summedColumns).map((name) => `${name} ${summedWide.includes(name) ? wideNumber : 'BIGINT'}`),
    ...(rollup === hourly ? [...lines, 'line_quantity HUGEINT[]', 'line_cost HUGEINT[]'] : []),
  ];
  return `CREATE TABLE IF NOT EXISTS ${rollup.table} (${columns.join(', ')})`;
}

/** Makes what is missing; run at every opening. */
export const schemaStatements: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS attempts (${attemptColumns.map(({ name }) => definition(name)).join(', ')})`,
  ...rollups.map(rollupTable),
  // What the run's first attempt tells is kept beside an outcome, null while the run is unknown. Of one run's outcomes one counts.
  `CREATE TABLE IF NOT EXISTS outcomes (id VARCHAR PRIMARY KEY, run VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
     value HUGEINT, human_minutes DOUBLE, role VARCHAR, csat DOUBLE, happened_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
     run_key INTEGER NOT NULL, counts BOOLEAN NOT NULL, run_began_at BIGINT, workflow VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS daily_outcomes (started_at BIGINT NOT NULL, workflow VARCHAR NOT NULL, outcome VARCHAR,
     runs BIGINT NOT NULL, value HUGEINT, human_minutes DOUBLE)`,
  'CREATE TABLE IF NOT EXISTS watermarks (journal_id VARCHAR PRIMARY KEY, last_sequence BIGINT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS extent (rolled_to BIGINT NOT NULL, folded_to BIGINT NOT NULL)',
  'INSERT INTO extent SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM extent)',
];

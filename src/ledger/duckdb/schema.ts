import { attemptColumns, type ColumnType } from '../sql/attempt-columns.ts';

const duckDbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  money: 'HUGEINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  texts: 'VARCHAR[]',
  integers: 'BIGINT[]',
  moneys: 'HUGEINT[]',
};

/** What a row of `attempts` is told apart by once its day is folded; `docs/ledger.md` lists what is lost. */
export const foldedDimensions: readonly string[] = [
  'workflow',
  'stage',
  'customer',
  'segment',
  'team',
  'feature',
  'plan',
  'environment',
  'release_name',
  'prompt_version',
  'provider',
  'model_requested',
  'model_served',
  'tier',
  'protocol',
  'operation',
  'key_id',
  'status',
  'failure',
  'reason',
  'layer',
  'streamed',
  'usage_source',
  'price_state',
  'simulated',
];

const lineColumns = ['line_kind', 'line_bucket', 'line_unit', 'line_quantity', 'line_cost'] as const;
const foldedCounts = [
  'attempts',
  'folded_runs',
  'folded_interactions',
  'folded_calls',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'unknown_price_attempts',
  'estimated_attempts',
] as const;

/** Columns of `facts` that a folded day has too. */
export const dailyColumns: readonly string[] = [
  'started_at',
  ...foldedDimensions,
  'cost',
  ...foldedCounts,
  ...lineColumns,
];

const typeOf = new Map(attemptColumns.map((column) => [column.name, duckDbTypes[column.type]]));
/** Columns only a whole attempt has, that queries ask for. */
const attemptOnly = ['run', 'interaction', 'call_id', 'session_id', 'user_id', 'tags'];

function definition(name: string): string {
  return `${name} ${typeOf.get(name) ?? 'BIGINT'}`;
}

/** The rows costs are counted from: one for each attempt, and one for each day and group of dimensions already folded. */
const factsView = `
  CREATE OR REPLACE VIEW facts AS
  SELECT attempt_id AS row_id, started_at, ${foldedDimensions.join(', ')}, cost,
    1::BIGINT AS attempts, 0::BIGINT AS folded_runs, 0::BIGINT AS folded_interactions, 0::BIGINT AS folded_calls,
    input_tokens, cache_read_tokens, output_tokens,
    (price_state = 'unknown')::BIGINT AS unknown_price_attempts, (usage_source = 'estimated')::BIGINT AS estimated_attempts,
    ${lineColumns.join(', ')}, ${attemptOnly.join(', ')}
  FROM attempts
  UNION ALL
  SELECT 'day-' || rowid AS row_id, ${dailyColumns.join(', ')}, ${attemptOnly.map((name) => `NULL::VARCHAR AS ${name}`).join(', ')}
  FROM daily`;

/** Makes what is missing; run at every opening. */
export const schemaStatements: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS attempts (${attemptColumns.map(({ name }) => definition(name)).join(', ')})`,
  `CREATE TABLE IF NOT EXISTS daily (${dailyColumns.map(definition).join(', ')})`,
  `CREATE TABLE IF NOT EXISTS outcomes (id VARCHAR PRIMARY KEY, run VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
     value HUGEINT, human_minutes DOUBLE, role VARCHAR, csat DOUBLE, happened_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS daily_outcomes (started_at BIGINT NOT NULL, workflow VARCHAR NOT NULL, outcome VARCHAR,
     runs BIGINT NOT NULL, value HUGEINT, human_minutes DOUBLE)`,
  'CREATE TABLE IF NOT EXISTS watermarks (journal_id VARCHAR PRIMARY KEY, last_sequence BIGINT NOT NULL)',
  factsView,
];

import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import type { GroupedQuery } from '../economic-questions.ts';
import type { LineRow, OperationQuestions, PerformanceRow, Quantiles } from '../operation-questions.ts';
import { filtersOf, rangeOf } from './cost-query.ts';
import { expressionOf, isOfLines, timeUnitOf } from './dimensions.ts';
import { factRows } from './fact-rows.ts';
import { newestCalls, newestRuns } from './page-queries.ts';
import { piecesOf, rollupFor } from './rollups.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, toBigInt, toNumber, toText } from './sql-text.ts';

const groupsMax = 10_000;

/** The questions of `operation-questions.ts` that any engine answers alike. */
export function operationQueries(reader: SqlReader): Omit<OperationQuestions, 'size'> {
  return {
    newestCalls: (query, page) => newestCalls(reader, query, page),
    newestRuns: (query, page) => newestRuns(reader, query, page),
    performance: (query) => performance(reader, query),
    lines: (query) => lines(reader, query),
  };
}

const quantiles = (column: string, alias: string): string =>
  [50, 95, 99].map((p) => `percentile_cont(${p / 100}) WITHIN GROUP (ORDER BY ${column}) AS ${alias}_p${p}`).join(', ');

const counted = (condition: string, alias: string): string => `count(CASE WHEN ${condition} THEN 1 END) AS ${alias}`;

const performanceColumns = [
  'count(DISTINCT call_id) AS calls',
  'count(*) AS attempts',
  'count(failure) AS failed_attempts',
  counted("failure = 'rate_limited'", 'rate_limited_attempts'),
  counted("reason <> 'first'", 'further_attempts'),
  counted('streamed', 'streamed_attempts'),
  counted("usage_source = 'estimated'", 'estimated_attempts'),
  counted("usage_source = 'absent'", 'silent_attempts'),
  counted("price_state = 'unknown'", 'unknown_price_attempts'),
  ...['input_tokens', 'output_tokens', 'request_bytes', 'response_bytes', 'cost'].map(
    (name) => `coalesce(sum(${name}), 0) AS ${name}`,
  ),
  quantiles('duration_ms', 'duration'),
  quantiles('first_token_ms', 'first_token'),
];

async function performance({ dialect, query: ask }: SqlReader, query: GroupedQuery): Promise<PerformanceRow[]> {
  const parameters = new Parameters(dialect.placeholder);
  const expression = (name: string) => {
    if (isOfLines(name))
      throw new BurnrateError('bad_request', { message: `"${name}" tells lines apart, not attempts` });
    return expressionOf(name, dialect, query.timeZone ?? 'UTC', parameters);
  };
  const names = query.by.map((_, index) => `d${index}`);
  const columns = query.by.map((name, index) => `, ${expression(name)} AS d${index}`).join('');
  const where = [rangeOf(query, parameters), ...filtersOf(query, dialect, parameters, expression)].join(' AND ');
  const overTime = query.by.some((name) => timeUnitOf(name) !== null);
  const rows = await ask(
    parameters.statement(`
    SELECT ${[...names, ...performanceColumns].join(', ')}
    FROM (SELECT *${columns} FROM attempts WHERE ${where}) AS matched
    ${names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`}
    ORDER BY ${[...(overTime ? [] : ['attempts DESC']), ...names].join(', ') || 'attempts'} LIMIT ${parameters.bind(groupsMax)}`),
  );
  return rows.map((row) => readPerformance(row, query.by));
}

function readQuantiles(row: SqlRow, alias: string): Quantiles | null {
  if (row[`${alias}_p50`] === null) return null;
  return { p50: Number(row[`${alias}_p50`]), p95: Number(row[`${alias}_p95`]), p99: Number(row[`${alias}_p99`]) };
}

function readDimensions(row: SqlRow, by: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(by.map((name, index) => [name, (row[`d${index}`] as string | null) ?? null]));
}

function readPerformance(row: SqlRow, by: readonly string[]): PerformanceRow {
  return {
    dimensions: readDimensions(row, by),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    failedAttempts: toNumber(row.failed_attempts),
    rateLimitedAttempts: toNumber(row.rate_limited_attempts),
    furtherAttempts: toNumber(row.further_attempts),
    streamedAttempts: toNumber(row.streamed_attempts),
    estimatedAttempts: toNumber(row.estimated_attempts),
    silentAttempts: toNumber(row.silent_attempts),
    unknownPriceAttempts: toNumber(row.unknown_price_attempts),
    inputTokens: toNumber(row.input_tokens),
    outputTokens: toNumber(row.output_tokens),
    requestBytes: toNumber(row.request_bytes),
    responseBytes: toNumber(row.response_bytes),
    cost: fromPicos(toBigInt(row.cost)),
    durationMs: readQuantiles(row, 'duration'),
    firstTokenMs: readQuantiles(row, 'first_token'),
  };
}

async function lines(reader: SqlReader, query: GroupedQuery): Promise<LineRow[]> {
  const { dialect } = reader;
  const rows = await reader.read((ask, extent) => {
    const parameters = new Parameters(dialect.placeholder);
    const expression = (name: string) => expressionOf(name, dialect, query.timeZone ?? 'UTC', parameters);
    const rollup = rollupFor({ ...query, by: [...query.by, 'line', 'bucket'] });
    const exploded = dialect.explodeLines(factRows(piecesOf(rollup, query.range, extent), true, dialect, parameters));
    const filters = ['kind IS NOT NULL', ...filtersOf(query, dialect, parameters, expression)];
    const names = query.by.map((_, index) => `d${index}`);
    const groups = [...names, 'kind', 'bucket', 'unit'].join(', ');
    const columns = query.by.map((name, index) => `, ${expression(name)} AS d${index}`).join('');
    return ask(
      parameters.statement(`
      SELECT ${groups}, sum(quantity) AS quantity, sum(line_cost) AS cost
      FROM (SELECT *${columns} FROM (${exploded}) AS facts WHERE ${filters.join(' AND ')}) AS matched
      GROUP BY ${groups} ORDER BY cost DESC, ${groups} LIMIT ${parameters.bind(groupsMax)}`),
    );
  });
  return rows.map((row) => ({
    dimensions: readDimensions(row, query.by),
    line: toText(row.kind) as LineRow['line'],
    bucket: toText(row.bucket) as LineRow['bucket'],
    unit: toText(row.unit) as LineRow['unit'],
    quantity: toNumber(row.quantity),
    cost: fromPicos(toBigInt(row.cost)),
  }));
}

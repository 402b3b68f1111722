import { fromPicos } from '../../money/index.ts';
import type { GroupedQuery } from '../economic-questions.ts';
import type { PerformanceRow, Quantiles } from '../operation-questions.ts';
import { timeUnitOf } from './dimensions.ts';
import { latencyRows } from './fact-rows.ts';
import {
  dimensionColumns,
  groupBy,
  groupNames,
  groupsMax,
  groupsOfSome,
  matchedRows,
  readDimensions,
} from './grouped-facts.ts';
import { latencyOfBin } from './latency-bins.ts';
import { dailyLatency, type Extent, latencyRollups, piecesOf, rollupFor } from './rollups.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber } from './sql-text.ts';
import { matchedFacts } from './traffic-queries.ts';

const shares = [50, 95, 99] as const;

/** Counts come from sums, quantiles from counts by logarithmic bin. */
export async function performance(reader: SqlReader, query: GroupedQuery): Promise<PerformanceRow[]> {
  const { counts, latencies } = await reader.read(async (ask, extent) => ({
    counts: await ask(countStatement(reader, query, extent)),
    latencies: await ask(latencyStatement(reader, query, extent)),
  }));
  const keyOf = (row: SqlRow) => JSON.stringify(readDimensions(row, query.by));
  const found = new Map(latencies.map((row) => [`${String(row.measure)}${keyOf(row)}`, readQuantiles(row)]));
  return counts.map((row) => readPerformance(row, query.by, (measure) => found.get(`${measure}${keyOf(row)}`) ?? null));
}

/** The sums a row of the answer tells. */
const counted: readonly string[] = [
  ...['calls', 'attempts', 'failed_attempts', 'rate_limited_attempts', 'further_attempts', 'streamed_attempts'],
  ...['estimated_attempts', 'silent_attempts', 'unknown_price_attempts', 'input_tokens', 'output_tokens'],
  ...['request_bytes', 'response_bytes', 'cost'],
];

function countStatement(reader: SqlReader, query: GroupedQuery, extent: Extent): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const names = groupNames(query.by);
  const overTime = query.by.some((name) => timeUnitOf(name) !== null);
  const order = [...(overTime ? [] : ['attempts DESC']), ...names].join(', ') || 'attempts';
  const sums = counted.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
  const facts = matchedFacts(query, { columns: counted, additive: true }, extent, reader, parameters);
  return parameters.statement(`
    SELECT ${[...names, ...sums].join(', ')} FROM (${facts}) AS matched
    ${groupsOfSome(names)} ORDER BY ${order} LIMIT ${parameters.bind(groupsMax)}`);
}

/** The bin in which each share of a group's attempts ends. */
function latencyStatement({ dialect }: SqlReader, query: GroupedQuery, extent: Extent): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const names = [...groupNames(query.by), 'measure'];
  const pieces = piecesOf(rollupFor(query, latencyRollups), query, extent, { instead: dailyLatency, additive: true });
  const rows = matchedRows(query, latencyRows(pieces, dimensionColumns(query), parameters), dialect, parameters);
  const within = `PARTITION BY ${names.join(', ')}`;
  const ends = shares.map((share) => `min(CASE WHEN 100 * until >= ${share} * whole THEN bin END) AS p${share}`);
  return parameters.statement(`
    SELECT ${[...names, ...ends].join(', ')}
    FROM (SELECT *, sum(counted) OVER (${within} ORDER BY bin) AS until, sum(counted) OVER (${within}) AS whole
      FROM (SELECT ${names.join(', ')}, bin, sum(attempts) AS counted FROM (${rows}) AS matched
        WHERE bin IS NOT NULL ${groupBy([...names, 'bin'])}) AS binned) AS ranked
    ${groupBy(names)}`);
}

function readQuantiles(row: SqlRow): Quantiles {
  const [p50 = 0, p95 = 0, p99 = 0] = shares.map((share) => latencyOfBin(toNumber(row[`p${share}`])));
  return { p50, p95, p99 };
}

function readPerformance(
  row: SqlRow,
  by: readonly string[],
  quantilesOf: (measure: 'duration' | 'first_token') => Quantiles | null,
): PerformanceRow {
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
    durationMs: quantilesOf('duration'),
    firstTokenMs: quantilesOf('first_token'),
  };
}

import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import { inputBuckets, outputBuckets } from '../../tree/index.ts';
import type { CostQuery, CostRow } from '../ledger.ts';
import type { Dialect } from './dialect.ts';
import { columnsRead, expressionOf, groupingOf, isOfLines } from './dimensions.ts';
import { factRows, lineColumns } from './fact-rows.ts';
import { filtersOf } from './filters.ts';
import { groupNames, groupsOfSome, readDimensions } from './grouped-facts.ts';
import { cacheReadBuckets } from './plain-line.ts';
import { type Extent, piecesOf, rollupFor } from './rollups.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber } from './sql-text.ts';

const dimensionsMax = 8;
const filterValuesMax = 1_000;
const rowsMax = 10_000;
const rowsDefault = 1_000;

/**
 * What is counted and summed from rows of the shape of `factRows`. A call, run or interaction counts once, in the group
 * of its first attempt; where stages are told apart a run and an interaction count in each stage they reach.
 */
export function measures(inStages: boolean): string {
  return `coalesce(sum(cost), 0) AS cost,
    coalesce(sum(${inStages ? 'stage_runs' : 'runs'}), 0) AS runs,
    coalesce(sum(${inStages ? 'stage_interactions' : 'interactions'}), 0) AS interactions,
    ${commonMeasures}`;
}

const commonNames = [
  ...['calls', 'attempts', 'input_tokens', 'cache_read_tokens', 'output_tokens'],
  ...['unknown_price_attempts', 'estimated_attempts'],
];
export const commonMeasures = commonNames.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');
const measureNames = ['cost', 'runs', 'interactions', ...commonNames];

const inStages = (query: CostQuery): boolean => query.by.includes('stage') || 'stage' in query.where;

/** Whether the total is what the rows sum to: an attempt may have several lines, and count with each. */
export const totalsRows = ({ by, total }: CostQuery): boolean => total === 'rows' || !by.some(isOfLines);

/** The rows asked for, then one that says how many there are without the limit and what they sum to. */
export function groupedCosts(query: CostQuery, extent: Extent, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const names = groupNames(query.by);
  const source = costSource(query, query.by, extent, dialect, parameters);
  const order = query.orderBy === 'dimensions' || names.length === 0 ? names : ['cost DESC', ...names];
  const sums = measureNames.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
  const nobody = names.map((name) => `NULL AS ${name}`);
  return parameters.statement(`
    WITH grouped AS MATERIALIZED (
      SELECT ${[...names, measures(inStages(query))].join(', ')} FROM (${source}) AS matched ${groupsOfSome(names)})
    (SELECT ${[...names, ...measureNames].join(', ')}, NULL AS row_groups FROM grouped
      ${clause('ORDER BY', order)} LIMIT ${parameters.bind(Math.min(query.limit ?? rowsDefault, rowsMax))})
    UNION ALL SELECT ${[...nobody, ...sums].join(', ')}, count(*) AS row_groups FROM grouped`);
}

/** One row: the sums over everything that matches. */
export function totalCosts(query: CostQuery, extent: Extent, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const source = costSource(query, [], extent, dialect, parameters);
  return parameters.statement(`SELECT ${measures(inStages(query))} FROM (${source}) AS matched`);
}

/** Reads a row of either; `by` names the dimensions in the order they were asked for. */
export function readCostRow(row: SqlRow, by: readonly string[]): CostRow {
  return {
    dimensions: readDimensions(row, by),
    cost: fromPicos(toBigInt(row.cost)),
    runs: toNumber(row.runs),
    interactions: toNumber(row.interactions),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    inputTokens: toNumber(row.input_tokens),
    cacheReadTokens: toNumber(row.cache_read_tokens),
    outputTokens: toNumber(row.output_tokens),
    unknownPriceAttempts: toNumber(row.unknown_price_attempts),
    estimatedAttempts: toNumber(row.estimated_attempts),
  };
}

/** Matching rows with their dimensions as `d0`, `d1`, …; lines are told apart only when a dimension or filter asks for it. */
function costSource(
  query: CostQuery,
  by: readonly string[],
  extent: Extent,
  dialect: Dialect,
  parameters: Parameters,
): string {
  const expression = (name: string) => expressionOf(name, dialect, query, parameters);
  const groups = by.map((name, index) => `${groupingOf(name, dialect, query, parameters)} AS d${index}`);
  const where = clause('WHERE', filtersOf(query, dialect, parameters, expression), ' AND ');
  const names = [...by, ...Object.keys(query.where)];
  const asked = { ...query, by: by as CostQuery['by'] };
  const pieces = piecesOf(rollupFor(asked), asked, extent, { additive: true });
  const rows = (more: readonly string[]) =>
    factRows(pieces, [...columnsRead(names), ...summed, ...more], dialect, parameters);
  if (!names.some(isOfLines)) return `SELECT ${[...groups, ...summed].join(', ')} FROM (${rows([])}) AS facts ${where}`;
  const lineByLine = (condition: string) => {
    const source = `SELECT * FROM (${rows(['row_id', 'plain_line', ...lineColumns])}) AS facts WHERE ${condition}`;
    const lines = `SELECT * FROM (${dialect.explodeLines(source)}) AS exploded ${where}`;
    const apart = toldApart(by, query.where);
    return apart ? perLine(groups, apart, lines, dialect) : perAttempt(groups, lines);
  };
  return names.includes('bucket') ? lineByLine('true') : plainAndMixed(groups, where, rows(['plain_line']), lineByLine);
}

/** Where only kinds of lines are told apart, rows of one kind are looked at whole, and line by line only those of several. */
function plainAndMixed(
  groups: readonly string[],
  where: string,
  rows: string,
  lineByLine: (condition: string) => string,
): string {
  const plain = `SELECT *, plain_line AS kind FROM (${rows}) AS facts WHERE plain_line IS NOT NULL`;
  const names = groupNames(groups);
  return `
    SELECT ${[...groups, ...summed].join(', ')} FROM (${plain}) AS whole ${where} UNION ALL
    SELECT ${[...names, ...summed].join(', ')} FROM (${lineByLine('plain_line IS NULL')}) AS counted`;
}

/** The one dimension of lines a question tells apart, one value at a time; null when there are two, or several values together. */
function toldApart(by: readonly string[], where: CostQuery['where']): 'line' | 'bucket' | null {
  const [only, other] = new Set([...by, ...Object.keys(where)].filter(isOfLines));
  if (other !== undefined || (only !== 'line' && only !== 'bucket')) return null;
  return by.includes(only) || where[only]?.length === 1 ? only : null;
}

/** An attempt counts with the first of its lines that has a value, which is the only one to count in a group. */
function perLine(groups: readonly string[], apart: 'line' | 'bucket', lines: string, dialect: Dialect): string {
  const [list, value] = apart === 'line' ? ['line_kind', 'kind'] : ['line_bucket', 'bucket'];
  const counts = `(${value} IS NULL OR place = ${dialect.firstPlace(list, value)})`;
  return `
    SELECT *, ${countedOnce.map((name) => `CASE WHEN counts THEN own_${name} ELSE 0 END AS ${name}`).join(', ')}
    FROM (SELECT ${[...groups, ''].join(', ')} line_cost AS cost, ${counts} AS counts,
        ${countedOnce.map((name) => `${name} AS own_${name}`).join(', ')}, ${lineTokens}
      FROM (${lines}) AS filtered) AS counted`;
}

/** Which of a row's sums a question adds up; the same in every form a row takes. */
const countedOnce = [
  'runs',
  'interactions',
  'stage_runs',
  'stage_interactions',
  'calls',
  'attempts',
  'unknown_price_attempts',
  'estimated_attempts',
];

const summed = ['cost', 'input_tokens', 'cache_read_tokens', 'output_tokens', ...countedOnce];

const tokensOf = (buckets: readonly string[], own: string) =>
  `CASE WHEN bucket IS NULL THEN ${own}
        WHEN unit = 'tokens' AND bucket IN (${buckets.map((bucket) => `'${bucket}'`).join(', ')}) THEN quantity ELSE 0 END AS ${own}`;
/** Tokens of one line; those of an attempt without lines are its own. */
const lineTokens = [
  tokensOf(inputBuckets, 'input_tokens'),
  tokensOf(cacheReadBuckets, 'cache_read_tokens'),
  tokensOf(outputBuckets, 'output_tokens'),
].join(', ');

/**
 * The lines of one row that fall in one group become one row again, so that an attempt counts once in a group however
 * many of its lines are there. An attempt without lines (its price is unknown) keeps its own token counts. Sums know
 * only attempts of the same lines together, so that what holds for one of them holds for all.
 */
function perAttempt(groups: readonly string[], lines: string): string {
  const names = groupNames(groups);
  return `
    SELECT ${[...names, 'row_id'].join(', ')}, sum(line_cost) AS cost,
      ${countedOnce.map((name) => `min(${name}) AS ${name}`).join(', ')}, sum(input_tokens) AS input_tokens,
      sum(cache_read_tokens) AS cache_read_tokens, sum(output_tokens) AS output_tokens
    FROM (SELECT ${[...groups, 'row_id', 'line_cost', ...countedOnce, lineTokens].join(', ')} FROM (${lines}) AS filtered) AS counted
    GROUP BY ${[...names, 'row_id'].join(', ')}`;
}

/** @throws BurnrateError bad_request when a question asks for too much at once */
export function checkBounds({ by, where, limit }: CostQuery): void {
  const values = Object.values(where).flatMap((list) => list ?? []).length;
  const problem =
    by.length > dimensionsMax
      ? `at most ${dimensionsMax} dimensions at once`
      : values > filterValuesMax
        ? `at most ${filterValuesMax} filter values`
        : limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= rowsMax)
          ? `limit is a whole number from 1 to ${rowsMax}`
          : null;
  if (problem) throw new BurnrateError('bad_request', { message: problem });
}

function clause(keyword: string, parts: readonly string[], separator = ', '): string {
  return parts.length > 0 ? `${keyword} ${parts.join(separator)}` : '';
}

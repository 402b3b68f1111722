import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import { inputBuckets, outputBuckets } from '../../tree/index.ts';
import type { CostQuery, CostRow } from '../ledger.ts';
import { behavedAs } from './behaviour-filter.ts';
import type { Dialect } from './dialect.ts';
import { columnsRead, expressionOf, isOfLines } from './dimensions.ts';
import { factRows, lineColumns } from './fact-rows.ts';
import { cacheReadBuckets } from './plain-line.ts';
import { dailyUsers, type Extent, piecesOf, rollupFor } from './rollups.ts';
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
/** The sums of a row over all rows, also of those a limit cuts off. */
const totals = ['cost', 'runs', 'interactions', ...commonNames].map((name) => `sum(${name}) OVER () AS total_${name}`);

const inStages = (query: CostQuery): boolean => query.by.includes('stage') || 'stage' in query.where;

/** Whether the rows sum to the total: an attempt may have several lines, and count with each. */
const addsUp = ({ by }: CostQuery): boolean => !by.some(isOfLines);

/** What rows of `groupedCosts` sum to without the limit; null when that must be asked for. */
export function totalOf(query: CostQuery, rows: readonly SqlRow[]): CostRow | null {
  if (!addsUp(query)) return null;
  const first = Object.entries(rows[0] ?? {});
  return readCostRow(Object.fromEntries(first.map(([name, value]) => [name.replace(/^total_/, ''), value])), []);
}

/** The rows asked for; `row_groups` tells how many there are without the limit. */
export function groupedCosts(query: CostQuery, extent: Extent, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const names = query.by.map((_, index) => `d${index}`);
  const source = costSource(query, query.by, extent, dialect, parameters);
  const order = query.orderBy === 'dimensions' || names.length === 0 ? names : ['cost DESC', ...names];
  return parameters.statement(`
    SELECT *, count(*) OVER () AS row_groups${addsUp(query) ? `, ${totals.join(', ')}` : ''}
    FROM (SELECT ${[...names, measures(inStages(query))].join(', ')} FROM (${source}) AS matched ${clause('GROUP BY', names)}) AS grouped
    ${clause('ORDER BY', order)} LIMIT ${parameters.bind(Math.min(query.limit ?? rowsDefault, rowsMax))}`);
}

/** One row: the sums over everything that matches. */
export function totalCosts(query: CostQuery, extent: Extent, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const source = costSource(query, [], extent, dialect, parameters);
  return parameters.statement(`SELECT ${measures(inStages(query))} FROM (${source}) AS matched`);
}

/** Reads a row of either; `by` names the dimensions in the order they were asked for. */
export function readCostRow(row: SqlRow, by: readonly string[]): CostRow {
  const dimensions: Record<string, string | null> = {};
  by.forEach((name, index) => {
    dimensions[name] = (row[`d${index}`] as string | null) ?? null;
  });
  return {
    dimensions,
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
  const groups = by.map((name, index) => `${expression(name)} AS d${index}`);
  const behaved = behaviourOf(query, dialect, parameters);
  const where = clause('WHERE', [...filtersOf(query, dialect, parameters, expression), ...behaved], ' AND ');
  const names = [...by, ...Object.keys(query.where)];
  const asked = { ...query, by: by as CostQuery['by'] };
  // Behaviour is of single users, sessions and requests, which sums do not tell apart.
  const pieces = piecesOf(query.behaved ? null : rollupFor(asked), asked, extent);
  const columns = [...columnsRead(names), ...(query.behaved ? behaviourColumns : []), ...summed];
  const rows = (more: readonly string[]) => factRows(pieces, [...columns, ...more], dialect, parameters);
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
  const names = groups.map((_, index) => `d${index}`);
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
  const names = groups.map((_, index) => `d${index}`);
  return `
    SELECT ${[...names, 'row_id'].join(', ')}, sum(line_cost) AS cost,
      ${countedOnce.map((name) => `min(${name}) AS ${name}`).join(', ')}, sum(input_tokens) AS input_tokens,
      sum(cache_read_tokens) AS cache_read_tokens, sum(output_tokens) AS output_tokens
    FROM (SELECT ${[...groups, 'row_id', 'line_cost', ...countedOnce, lineTokens].join(', ')} FROM (${lines}) AS filtered) AS counted
    GROUP BY ${[...names, 'row_id'].join(', ')}`;
}

export function rangeOf({ range }: Pick<CostQuery, 'range'>, parameters: Parameters): string {
  return `started_at >= ${parameters.bind(range.fromMs)} AND started_at < ${parameters.bind(range.toMs)}`;
}

/** The equality filters of a question, each as a condition. */
export function filtersOf(
  query: Pick<CostQuery, 'where'>,
  dialect: Dialect,
  parameters: Parameters,
  expression: (name: string) => string,
): string[] {
  return Object.entries(query.where).flatMap(([name, values]) => {
    if (!values) return [];
    const column = expression(name);
    const named = values.filter((value) => value !== '');
    const alternatives = [
      ...(named.length > 0 ? [dialect.isOneOf(column, named, parameters)] : []),
      ...(named.length < values.length ? [`${column} IS NULL`] : []),
    ];
    return [alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`];
  });
}

/** What a filter by behaviour is read from. */
const behaviourColumns = ['user_id', 'session_id', 'interaction', 'attempt_id'];

/** The condition of a question's filter by behaviour, which is told of what its other filters leave; none without one. */
export function behaviourOf(
  query: Pick<CostQuery, 'where' | 'timeZone' | 'behaved'>,
  dialect: Dialect,
  parameters: Parameters,
): string[] {
  const { behaved } = query;
  if (behaved === undefined) return [];
  const where = Object.fromEntries(Object.entries(query.where).filter(([name]) => !isOfLines(name)));
  const asked = { ...query, where, range: behaved.range, by: [] };
  const expression = (name: string) => expressionOf(name, dialect, asked, parameters);
  const filters = [rangeOf(asked, parameters), ...filtersOf(asked, dialect, parameters, expression)];
  const ofUsers = rollupFor(asked, [dailyUsers]) !== null;
  return [behavedAs(behaved, { condition: filters.join(' AND '), ofUsers }, parameters)];
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

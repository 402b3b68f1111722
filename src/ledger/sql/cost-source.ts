import { inputBuckets, outputBuckets } from '../../tree/index.ts';
import type { CostQuery, Dimension } from '../ledger.ts';
import { behaviourColumns, behaviourOf } from './behaviour-filter.ts';
import type { Dialect } from './dialect.ts';
import { columnsRead, expressionOf, groupingOf, isOfLines, isTag } from './dimensions.ts';
import { factRows, lineColumns } from './fact-rows.ts';
import { filtersOf } from './filters.ts';
import { groupNames } from './grouped-facts.ts';
import { cacheReadBuckets } from './plain-line.ts';
import { type Extent, piecesOf, rollupFor } from './rollups.ts';
import type { Parameters } from './sql-text.ts';
import { clause } from './sql-text.ts';

export interface SourceWanted {
  /** What rows are told apart by. */
  readonly by: readonly Dimension[];
  readonly extent: Extent;
  readonly dialect: Dialect;
  readonly parameters: Parameters;
  /** Whether the text of all tags stands where a tag's value is asked for. */
  readonly tagsFirst?: boolean;
  /** Which sums are read; all a question may ask for when absent. Only for questions that do not tell lines apart. */
  readonly sums?: readonly string[];
}

/** Matching rows with their dimensions as `d0`, `d1`, …; lines are told apart only when a dimension or filter asks for it. */
export function costSource(
  query: CostQuery,
  { by, extent, dialect, parameters, tagsFirst, sums = summed }: SourceWanted,
): string {
  const expression = (name: string) => expressionOf(name, dialect, query, parameters);
  const grouping = (name: string) => (tagsFirst && isTag(name) ? 'tags' : groupingOf(name, dialect, query, parameters));
  const groups = by.map((name, index) => `${grouping(name)} AS d${index}`);
  const behaved = behaviourOf(query, dialect, parameters);
  const where = clause('WHERE', [...filtersOf(query, dialect, parameters, expression), ...behaved], ' AND ');
  const names = [...by, ...Object.keys(query.where)];
  const asked = { ...query, by };
  // Behaviour is of single users, sessions and requests, which sums do not tell apart.
  const pieces = piecesOf(query.behaved ? null : rollupFor(asked), asked, extent, { additive: true });
  const columns = [...columnsRead(names), ...(query.behaved ? behaviourColumns : []), ...sums];
  const rows = (more: readonly string[]) => factRows(pieces, [...columns, ...more], dialect, parameters);
  if (!names.some(isOfLines)) return `SELECT ${[...groups, ...sums].join(', ')} FROM (${rows([])}) AS facts ${where}`;
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

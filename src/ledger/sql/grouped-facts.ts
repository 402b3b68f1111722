import { BurnrateError } from '../../base/index.ts';
import type { GroupedQuery } from '../economic-questions.ts';
import { filtersOf } from './cost-query.ts';
import type { Dialect } from './dialect.ts';
import { columnsRead, expressionOf, isOfLines } from './dimensions.ts';
import { allSums } from './fact-rows.ts';
import type { Parameters, SqlRow } from './sql-text.ts';

/** Groups of an answer at most. */
export const groupsMax = 10_000;

/**
 * Expressions of the dimensions of one question about attempts.
 * @throws BurnrateError bad_request for a dimension that tells lines apart
 */
export function attemptExpressions(
  query: Pick<GroupedQuery, 'range' | 'timeZone'>,
  dialect: Dialect,
  parameters: Parameters,
): (name: string) => string {
  return (name) => {
    if (isOfLines(name))
      throw new BurnrateError('bad_request', { message: `"${name}" tells lines apart, not attempts` });
    return expressionOf(name, dialect, query, parameters);
  };
}

export const groupNames = (by: readonly unknown[]): string[] => by.map((_, index) => `d${index}`);
export const groupBy = (names: readonly string[]): string => (names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`);

/** Columns a question's dimensions and filters are read from. */
export const dimensionColumns = ({ by, where }: Pick<GroupedQuery, 'by' | 'where'>): string[] =>
  columnsRead([...by, ...Object.keys(where)]);

/** Those of some rows that match, with the question's dimensions as `d0`, `d1`, … */
export function matchedRows(query: GroupedQuery, rows: string, dialect: Dialect, parameters: Parameters): string {
  const expression = attemptExpressions(query, dialect, parameters);
  const columns = query.by.map((name, index) => `, ${expression(name)} AS d${index}`).join('');
  const filters = ['true', ...filtersOf(query, dialect, parameters, expression)].join(' AND ');
  return `SELECT *${columns} FROM (${rows}) AS facts WHERE ${filters}`;
}

/** Every sum a rollup keeps, added up over the rows of a group. */
export const sumsOfRows = allSums.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');

export function readDimensions(row: SqlRow, by: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(by.map((name, index) => [name, (row[`d${index}`] as string | null) ?? null]));
}

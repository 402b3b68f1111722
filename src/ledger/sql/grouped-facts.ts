import { BurnrateError } from '../../base/index.ts';
import type { GroupedQuery } from '../economic-questions.ts';
import type { Dimension } from '../ledger.ts';
import type { Dialect } from './dialect.ts';
import { columnsRead, expressionOf, groupingOf, isOfLines, shownAs } from './dimensions.ts';
import { allSums } from './fact-rows.ts';
import { filtersOf } from './filters.ts';
import { type Parameters, type SqlRow, toNumber } from './sql-text.ts';

/** Groups of an answer at most. */
export const groupsMax = 10_000;

type Scope = Pick<GroupedQuery, 'range' | 'timeZone'>;

/**
 * Expressions of the dimensions of one question about attempts.
 * @throws BurnrateError bad_request for a dimension that tells lines apart
 */
export const attemptExpressions = (query: Scope, dialect: Dialect, parameters: Parameters) => (name: string) =>
  expressionOf(ofAttempts(name), dialect, query, parameters);

/** The same for what is grouped by. */
export const attemptGroupings = (query: Scope, dialect: Dialect, parameters: Parameters) => (name: string) =>
  groupingOf(ofAttempts(name), dialect, query, parameters);

function ofAttempts(name: string): string {
  if (isOfLines(name)) throw new BurnrateError('bad_request', { message: `"${name}" tells lines apart, not attempts` });
  return name;
}

export const groupNames = (by: readonly unknown[]): string[] => by.map((_, index) => `d${index}`);
export const groupBy = (names: readonly string[]): string => (names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`);

/** A count as it is told: a double, which holds every count up to 2^53 and is read many times faster than a wide integer. */
export const countOf = (value: string, name = value): string => `CAST(${value} AS DOUBLE) AS ${name}`;

/** Groups with an attempt in them; one whose attempts were all taken away again has none. */
export const groupsOfSome = (names: readonly string[]): string =>
  names.length === 0 ? '' : `${groupBy(names)} HAVING sum(attempts) > 0`;

/** Columns a question's dimensions and filters are read from. */
export const dimensionColumns = ({ by, where }: Pick<GroupedQuery, 'by' | 'where'>): string[] =>
  columnsRead([...by, ...Object.keys(where)]);

/** Those of some rows that match, with the question's dimensions as `d0`, `d1`, … */
export function matchedRows(query: GroupedQuery, rows: string, dialect: Dialect, parameters: Parameters): string {
  const expression = attemptExpressions(query, dialect, parameters);
  const groupings = attemptGroupings(query, dialect, parameters);
  const columns = query.by.map((name, index) => `, ${groupings(name)} AS d${index}`).join('');
  const filters = ['true', ...filtersOf(query, dialect, parameters, expression)].join(' AND ');
  return `SELECT *${columns} FROM (${rows}) AS facts WHERE ${filters}`;
}

/** One way of grouping rows that are told apart by more: `places` are its columns, `shown` tells them as `d0`, `d1`, … */
export interface Regrouping {
  readonly number: number;
  readonly places: readonly string[];
  readonly shown: readonly string[];
}

/** All dimensions of several groupings, and each grouping over rows of them. */
export function regroupings(groupings: readonly (readonly Dimension[])[]): {
  readonly by: readonly Dimension[];
  readonly each: readonly Regrouping[];
} {
  const by = [...new Set(groupings.flat())];
  const most = Math.max(0, ...groupings.map((grouping) => grouping.length));
  const each = groupings.map((grouping, number) => {
    const places = grouping.map((name) => `d${by.indexOf(name)}`);
    const columns = Array.from({ length: most }, (_, place) => `${places[place] ?? 'NULL'} AS d${place}`);
    return { number, places, shown: [`${number} AS grouping_number`, ...columns] };
  });
  return { by, each };
}

/** Answers of a statement over several groupings, apart again. */
export function perGrouping<Row>(
  rows: readonly SqlRow[],
  groupings: readonly (readonly Dimension[])[],
  read: (row: SqlRow, by: readonly Dimension[]) => Row,
): Row[][] {
  const answers = groupings.map((): Row[] => []);
  for (const row of rows) {
    const number = toNumber(row.grouping_number);
    answers[number]?.push(read(row, groupings[number] ?? []));
  }
  return answers;
}

/** Every sum a rollup keeps, added up over the rows of a group. */
export const sumsOfRows = allSums.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');

export function readDimensions(row: SqlRow, by: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(by.map((name, index) => [name, shownAs(name, row[`d${index}`])]));
}

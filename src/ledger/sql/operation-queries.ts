import { fromPicos } from '../../money/index.ts';
import type { GroupedQuery } from '../economic-questions.ts';
import type { LineRow, OperationQuestions } from '../operation-questions.ts';
import { expressionOf, groupingOf } from './dimensions.ts';
import { factRows, lineColumns } from './fact-rows.ts';
import { filtersOf } from './filters.ts';
import { dimensionColumns, groupNames, groupsMax, readDimensions } from './grouped-facts.ts';
import { newestCalls, newestRuns } from './page-queries.ts';
import { performance } from './performance-query.ts';
import { piecesOf, rollupFor } from './rollups.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, toBigInt, toNumber, toText } from './sql-text.ts';

/** The questions of `operation-questions.ts` that any engine answers alike. */
export function operationQueries(reader: SqlReader): Omit<OperationQuestions, 'size'> {
  return {
    newestCalls: (query, page) => newestCalls(reader, query, page),
    newestRuns: (query, page) => newestRuns(reader, query, page),
    performance: (query) => performance(reader, query),
    lines: (query) => lines(reader, query),
  };
}

async function lines(reader: SqlReader, query: GroupedQuery): Promise<LineRow[]> {
  const { dialect } = reader;
  const rows = await reader.read((ask, extent) => {
    const parameters = new Parameters(dialect.placeholder);
    const expression = (name: string) => expressionOf(name, dialect, query, parameters);
    const pieces = piecesOf(rollupFor({ ...query, by: [...query.by, 'line', 'bucket'] }), query, extent);
    const exploded = dialect.explodeLines(
      factRows(pieces, [...dimensionColumns(query), ...lineColumns], dialect, parameters),
    );
    const filters = ['kind IS NOT NULL', ...filtersOf(query, dialect, parameters, expression)];
    const names = groupNames(query.by);
    const groups = [...names, 'kind', 'bucket', 'unit'].join(', ');
    const columns = query.by
      .map((name, index) => `, ${groupingOf(name, dialect, query, parameters)} AS d${index}`)
      .join('');
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

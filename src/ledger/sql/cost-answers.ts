import type { CostAnswer, CostQuery, Dimension } from '../ledger.ts';
import {
  checkBounds,
  differentTags,
  groupedCosts,
  readCostRow,
  readTogether,
  regroupedCosts,
  tagsMax,
  totalCosts,
  totalsRows,
} from './cost-query.ts';
import { checkRange } from './filters.ts';
import type { SqlReader } from './sql-queries.ts';
import { type SqlRow, toNumber } from './sql-text.ts';

export async function costs(reader: SqlReader, query: CostQuery): Promise<CostAnswer> {
  checkRange(query.range);
  checkBounds(query);
  return reader.read(async (ask, extent) => {
    const different = differentTags(query, { extent, dialect: reader.dialect });
    const tagsFirst = different !== null && toNumber((await ask(different))[0]?.tags) <= tagsMax;
    const scope = { extent, dialect: reader.dialect, tagsFirst };
    const answer = readAnswer(await ask(groupedCosts(query, scope)), query.by);
    if (totalsRows(query)) return answer;
    const [total = {}] = await ask(totalCosts(query, scope));
    return { ...answer, total: readCostRow(total, []) };
  });
}

/** Groupings read from the same sums are one statement, others each their own. */
export async function costsBy(
  reader: SqlReader,
  query: Omit<CostQuery, 'by'>,
  groupings: readonly (readonly Dimension[])[],
): Promise<CostAnswer[]> {
  const answers = new Map<number, CostAnswer>();
  await Promise.all(
    readTogether(query, groupings).map(async (places) => {
      const found = await costsTogether(
        reader,
        query,
        places.map((place) => groupings[place] ?? []),
      );
      for (const [index, answer] of found.entries()) answers.set(places[index] ?? -1, answer);
    }),
  );
  return groupings.flatMap((_, place) => answers.get(place) ?? []);
}

async function costsTogether(
  reader: SqlReader,
  query: Omit<CostQuery, 'by'>,
  groupings: readonly (readonly Dimension[])[],
): Promise<CostAnswer[]> {
  const [by = [], ...others] = groupings;
  if (others.length === 0) return [await costs(reader, { ...query, by })];
  checkRange(query.range);
  for (const grouping of groupings) checkBounds({ ...query, by: grouping });
  const { dialect } = reader;
  const rows = await reader.read((ask, extent) => ask(regroupedCosts(query, groupings, { extent, dialect })));
  const own = groupings.map((): SqlRow[] => []);
  for (const row of rows) own[toNumber(row.grouping_number)]?.push(row);
  return groupings.map((grouping, number) => readAnswer(own[number] ?? [], grouping));
}

/** Rows of one grouping, the last of which has the sums of all. */
function readAnswer(grouped: readonly SqlRow[], by: readonly Dimension[]): CostAnswer {
  const sums = grouped.at(-1) ?? {};
  const rows = grouped.slice(0, -1).map((row) => readCostRow(row, by));
  return { rows, total: readCostRow(sums, []), rowsLeftOut: toNumber(sums.row_groups) - rows.length };
}

import { fromPicos } from '../../money/index.ts';
import type { OutcomeKind } from '../../tree/index.ts';
import type { EconomicQuery, EndingRow, GroupedQuery } from '../economic-questions.ts';
import type { Dimension } from '../ledger.ts';
import type { Dialect } from './dialect.ts';
import { columnOf, timeUnitOf } from './dimensions.ts';
import { filtersOf } from './filters.ts';
import {
  attemptExpressions,
  attemptGroupings,
  dimensionColumns,
  groupBy,
  groupNames,
  groupsMax,
  matchedRows,
  perGrouping,
  type Regrouping,
  readDimensions,
  regroupings,
} from './grouped-facts.ts';
import { outcomeRows, outcomeSums, runLabels, summedDays } from './outcome-rows.ts';
import type { Extent } from './rollups.ts';
import { latestOutcomes, runsBegun } from './run-endings.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber } from './sql-text.ts';
import { matchedFacts } from './traffic-queries.ts';

/**
 * Outcomes are counted where they are when all that is asked for is kept beside them, for all groupings from one look at
 * them; else with their runs' attempts.
 */
export async function endings(
  reader: SqlReader,
  query: EconomicQuery,
  groupings: readonly (readonly Dimension[])[],
): Promise<EndingRow[][]> {
  const ofLabels = (grouping: readonly Dimension[]) => [...grouping, ...Object.keys(query.where)].every(isLabel);
  const known = groupings.filter(ofLabels);
  const together =
    known.length === 0 ? [] : await reader.read((ask, extent) => ask(endedAndOpen(query, known, extent, reader)));
  const answers = perGrouping(together, known, readEnding);
  return Promise.all(
    groupings.map(async (by) => {
      if (ofLabels(by)) return answers[known.indexOf(by)] ?? [];
      const rows = await reader.query(endingsOfAttempts({ ...query, by }, reader.dialect));
      return rows.map((row) => readEnding(row, by));
    }),
  );
}

function isLabel(name: string): boolean {
  const unit = timeUnitOf(name);
  return unit ? unit !== 'minute' : runLabels.includes(columnOf(name) ?? '');
}

function readEnding(row: SqlRow, by: readonly string[]): EndingRow {
  return {
    dimensions: readDimensions(row, by),
    outcome: (row.outcome as OutcomeKind | null) ?? null,
    role: (row.role as string | null) ?? null,
    runs: toNumber(row.runs),
    value: fromPicos(toBigInt(row.value)),
    humanMinutes: toNumber(row.human_minutes),
    ratings: toNumber(row.ratings),
    csat: toNumber(row.csat),
  };
}

const order = (names: readonly string[]) => `ORDER BY ${['runs DESC', ...names].join(', ')}`;

/** Runs that ended, by how, and runs nobody reported on: those that began, without those that ended. */
function endedAndOpen(
  asked: EconomicQuery,
  groupings: readonly (readonly Dimension[])[],
  extent: Extent,
  reader: SqlReader,
): Statement {
  const { dialect } = reader;
  const parameters = new Parameters(dialect.placeholder);
  const { by, each } = regroupings(groupings);
  const query: GroupedQuery = { ...asked, by };
  const names = groupNames(by);
  const sums = outcomeSums.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const labels = dimensionColumns(query).filter((name) => runLabels.includes(name));
  const days = summedDays(query, labels, extent.outcomeDays);
  const outcomes = matchedRows(query, outcomeRows(query.range, labels, days, parameters), dialect, parameters);
  const began = matchedFacts(query, { columns: ['runs'], additive: true }, extent, reader, parameters);
  const limit = parameters.bind(groupsMax);
  const ended = ({ places, shown }: Regrouping) => {
    const groups = [...places, 'outcome', 'role'];
    return `(SELECT ${[...shown, 'outcome', 'role', sums].join(', ')} FROM ended ${groupBy(groups)} ${order(groups)} LIMIT ${limit})`;
  };
  const open = ({ places, shown }: Regrouping) =>
    `(SELECT ${[...shown, 'NULL AS outcome', 'NULL AS role'].join(', ')}, sum(runs) AS runs, 0 AS value, 0 AS human_minutes,
        0 AS ratings, 0 AS csat
      FROM counted ${groupBy(places)} HAVING sum(runs) > 0 ${order(places)} LIMIT ${limit})`;
  return parameters.statement(`
    WITH ended AS MATERIALIZED (
      SELECT ${[...names, 'outcome', 'role', sums].join(', ')} FROM (${outcomes}) AS matched ${groupBy([...names, 'outcome', 'role'])}),
    counted AS MATERIALIZED (
      SELECT ${[...names, 'sum(runs) AS runs'].join(', ')} FROM (
        SELECT ${[...names, 'runs'].join(', ')} FROM (${began}) AS started UNION ALL
        SELECT ${[...names, '-runs AS runs'].join(', ')} FROM ended) AS either ${groupBy(names)})
    ${each.flatMap((one) => [ended(one), open(one)]).join(' UNION ALL ')}`);
}

/** For dimensions that differ between the attempts of a run: runs with an attempt that matches. */
function endingsOfAttempts(query: GroupedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const expression = attemptExpressions(query, dialect, parameters);
  const names = [...groupNames(query.by), 'outcome', 'role'];
  const grouping = attemptGroupings(query, dialect, parameters);
  const columns = query.by.map((name, index) => ({ alias: `d${index}`, sql: `CAST(${grouping(name)} AS VARCHAR)` }));
  const filters = filtersOf(query, dialect, parameters, expression);
  return parameters.statement(`
    SELECT ${names.join(', ')}, count(*) AS runs, coalesce(sum(value), 0) AS value,
      coalesce(sum(human_minutes), 0) AS human_minutes, count(csat) AS ratings, coalesce(sum(csat), 0) AS csat
    FROM (${runsBegun('attempts', query.range, { columns, filters }, parameters)}) AS began
    LEFT JOIN (${latestOutcomes(['outcome', 'role', 'value', 'human_minutes', 'csat'])}) AS latest ON latest.outcome_run = began.run
    ${groupBy(names)} ${order(names)} LIMIT ${parameters.bind(groupsMax)}`);
}

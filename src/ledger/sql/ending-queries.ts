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
  countOf,
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
import { modelList, nameInList, outcomeRows, outcomeSums, runLabels, summedDays } from './outcome-rows.ts';
import type { Extent } from './rollups.ts';
import { latestOutcomes, runSpanMsMax, runsBegun } from './run-endings.ts';
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
  return reader.read(async (ask, extent) => {
    const beside = besideOutcomes(query, extent);
    const ofLabels = (grouping: readonly Dimension[]) =>
      beside !== null && grouping.every((name) => isLabel(name) && !(beside.model && name === 'stage'));
    const known = groupings.filter(ofLabels);
    const together =
      beside === null || known.length === 0 ? [] : await ask(endedAndOpen(beside, known, extent, reader));
    const answers = perGrouping(together, known, readEnding);
    const answer: EndingRow[][] = [];
    for (const by of groupings) {
      const rows = ofLabels(by) ? null : await ask(endingsOfAttempts({ ...query, by }, reader.dialect));
      answer.push(rows?.map((row) => readEnding(row, by)) ?? answers[known.indexOf(by)] ?? []);
    }
    return answer;
  });
}

/** A question about what is kept beside outcomes. */
interface BesideOutcomes extends EconomicQuery {
  /** Only runs in which this model answered, whatever else did. */
  readonly model?: string;
}

/** The question as one about what is kept beside outcomes; null where filters ask for more. */
function besideOutcomes(query: EconomicQuery, { modelsFromMs }: Extent): BesideOutcomes | null {
  const { model, ...where } = query.where;
  if (!Object.keys(where).every(isLabel)) return null;
  if (model === undefined) return query;
  const [name] = model;
  const alone = model.length === 1 && !('stage' in where) && query.range.fromMs >= modelsFromMs;
  return name && alone ? { ...query, where, model: name } : null;
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
  { model, ...asked }: BesideOutcomes,
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
  const toldSums = outcomeSums
    .map((name) => (name === 'value' ? 'sum(value) AS value' : countOf(`sum(${name})`, name)))
    .join(', ');
  const labels = dimensionColumns(query).filter((name) => runLabels.includes(name));
  const kept = model === undefined ? labels : [...labels, modelList];
  const days = summedDays(query, kept, extent.outcomeDays);
  const rows = outcomeRows(query.range, kept, days, parameters);
  const outcomes = matchedRows(
    query,
    model === undefined ? rows : withModel(rows, model, parameters),
    dialect,
    parameters,
  );
  const began =
    model === undefined
      ? matchedFacts(query, { columns: ['runs'], additive: true }, extent, reader, parameters)
      : matchedRows(query, runsWithModel(query, labels, model, parameters), dialect, parameters);
  const limit = parameters.bind(groupsMax);
  const ended = ({ places, shown }: Regrouping) => {
    const groups = [...places, 'outcome', 'role'];
    return `(SELECT ${[...shown, 'outcome', 'role', toldSums].join(', ')} FROM ended ${groupBy(groups)} ${order(groups)} LIMIT ${limit})`;
  };
  const open = ({ places, shown }: Regrouping) =>
    `(SELECT ${[...shown, 'NULL AS outcome', 'NULL AS role'].join(', ')}, ${countOf('sum(runs)', 'runs')}, 0 AS value, 0 AS human_minutes,
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

const withModel = (rows: string, model: string, parameters: Parameters): string =>
  `SELECT * FROM (${rows}) AS ended WHERE position(${parameters.bind(nameInList(model))} IN ${modelList}) > 0`;

/** Runs that began in the range and in which a model answered, a row each. */
function runsWithModel(
  { range }: GroupedQuery,
  labels: readonly string[],
  model: string,
  parameters: Parameters,
): string {
  const from = parameters.bind(range.fromMs);
  const last = parameters.bind(range.toMs + runSpanMsMax);
  return `
    SELECT ${['run_began_at AS started_at', ...labels, '1 AS runs'].join(', ')} FROM attempts
    WHERE new_run_with_model = 1 AND model_served = ${parameters.bind(model)} AND started_at >= ${from} AND started_at < ${last}
      AND run_began_at >= ${from} AND run_began_at < ${parameters.bind(range.toMs)}`;
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

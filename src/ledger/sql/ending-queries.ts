import { fromPicos } from '../../money/index.ts';
import type { OutcomeKind } from '../../tree/index.ts';
import type { EndingRow, GroupedQuery } from '../economic-questions.ts';
import { filtersOf } from './cost-query.ts';
import type { Dialect } from './dialect.ts';
import { attributionColumns, columnOf, timeUnitOf } from './dimensions.ts';
import { attemptExpressions, groupBy, groupNames, groupsMax, matchedRows, readDimensions } from './grouped-facts.ts';
import type { Extent } from './rollups.ts';
import { latestOutcomes, minutesNotReviewed, runsBegun } from './run-endings.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber } from './sql-text.ts';
import { matchedFacts } from './traffic-queries.ts';

/** What describes a run: columns of its first attempt that are kept beside its outcome. */
export const runLabels: readonly string[] = [...Object.values(attributionColumns), 'key_id', 'simulated'];
/** Those of few values, by which outcomes of deleted runs are counted. */
export const keptRunLabels: readonly string[] = runLabels.filter(
  (name) => !['run', 'session_id', 'interaction', 'user_id'].includes(name),
);

/** Outcomes are counted where they are when all that is asked for is kept beside them, else with their runs' attempts. */
export async function endings(reader: SqlReader, query: GroupedQuery): Promise<EndingRow[]> {
  const known = [...query.by, ...Object.keys(query.where)].every(isLabel);
  const rows = known
    ? await reader.read(async (ask, extent) => [
        ...(await ask(endedRuns(query, reader.dialect))),
        ...(await ask(openRuns(query, extent, reader))),
      ])
    : await reader.query(endingsOfAttempts(query, reader.dialect));
  return rows.map((row) => readEnding(row, query.by));
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

const order = (names: readonly string[]) => `ORDER BY runs DESC, ${names.join(', ')}`;

function endedRuns(query: GroupedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const names = [...groupNames(query.by), 'outcome', 'role'];
  return parameters.statement(`
    SELECT ${names.join(', ')}, sum(runs) AS runs, sum(value) AS value, sum(human_minutes) AS human_minutes,
      sum(ratings) AS ratings, sum(csat) AS csat
    FROM (${matchedRows(query, outcomeRows(query, parameters), dialect, parameters)}) AS matched
    ${groupBy(names)} ${order(names)} LIMIT ${parameters.bind(groupsMax)}`);
}

/** Beside outcomes a run without a workflow is under the empty name, as in `workflow-query.ts`. */
const labelled = (names: readonly string[]): string =>
  names.map((name) => (name === 'workflow' ? "nullif(workflow, '') AS workflow" : name)).join(', ');

/** Outcomes that count, by when their run began; those of deleted runs as counts of a day. */
function outcomeRows({ range }: GroupedQuery, parameters: Parameters): string {
  const within = (time: string) =>
    `${time} >= ${parameters.bind(range.fromMs)} AND ${time} < ${parameters.bind(range.toMs)}`;
  const kept = runLabels.map((name) => (keptRunLabels.includes(name) ? name : `CAST(NULL AS VARCHAR) AS ${name}`));
  return `
    SELECT run_began_at AS started_at, ${labelled(runLabels)}, outcome, role, 1 AS runs, coalesce(value, 0) AS value,
      ${minutesNotReviewed} AS human_minutes, CASE WHEN csat IS NULL THEN 0 ELSE 1 END AS ratings, coalesce(csat, 0) AS csat
    FROM outcomes WHERE counts AND ${within('run_began_at')}
    UNION ALL
    SELECT started_at, ${labelled(kept)}, outcome, role, runs, coalesce(value, 0) AS value, coalesce(human_minutes, 0) AS human_minutes,
      ratings, csat
    FROM daily_outcomes WHERE ${within('started_at')}`;
}

/** Runs nobody reported on: those that began, without those that ended. */
function openRuns(query: GroupedQuery, extent: Extent, reader: SqlReader): Statement {
  const { dialect } = reader;
  const parameters = new Parameters(dialect.placeholder);
  const names = groupNames(query.by);
  const began = matchedFacts(query, { columns: ['runs'] }, extent, reader, parameters);
  const ended = matchedRows(query, outcomeRows(query, parameters), dialect, parameters);
  const shown = [...names, 'runs'].join(', ');
  return parameters.statement(`
    SELECT * FROM (
      SELECT ${[...names, ''].join(', ')} NULL AS outcome, NULL AS role, sum(runs) AS runs, 0 AS value, 0 AS human_minutes, 0 AS ratings, 0 AS csat
      FROM (SELECT ${shown} FROM (${began}) AS started UNION ALL
        SELECT ${[...names, '-runs AS runs'].join(', ')} FROM (${ended}) AS finished) AS counted
      ${groupBy(names)}) AS open
    WHERE runs > 0 ${order([...names, 'outcome'])} LIMIT ${parameters.bind(groupsMax)}`);
}

/** For dimensions that differ between the attempts of a run: runs with an attempt that matches. */
function endingsOfAttempts(query: GroupedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const expression = attemptExpressions(query, dialect, parameters);
  const names = [...groupNames(query.by), 'outcome', 'role'];
  const columns = query.by.map((name, index) => ({ alias: `d${index}`, sql: expression(name) }));
  const filters = filtersOf(query, dialect, parameters, expression);
  return parameters.statement(`
    SELECT ${names.join(', ')}, count(*) AS runs, coalesce(sum(value), 0) AS value,
      coalesce(sum(human_minutes), 0) AS human_minutes, count(csat) AS ratings, coalesce(sum(csat), 0) AS csat
    FROM (${runsBegun('attempts', query.range, { columns, filters }, parameters)}) AS began
    LEFT JOIN (${latestOutcomes(['outcome', 'role', 'value', 'human_minutes', 'csat'])}) AS latest ON latest.outcome_run = began.run
    ${groupBy(names)} ${order(names)} LIMIT ${parameters.bind(groupsMax)}`);
}

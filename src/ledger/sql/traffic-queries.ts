import { fromPicos } from '../../money/index.ts';
import type { CohortRow, EconomicQuery, GroupedQuery, RetryRow, TrafficRow, UsersRow } from '../economic-questions.ts';
import type { Dimension } from '../ledger.ts';
import { partColumns } from './attempt-columns.ts';
import type { Dialect } from './dialect.ts';
import { shownAs } from './dimensions.ts';
import { allSums, factRows } from './fact-rows.ts';
import {
  dimensionColumns,
  groupBy,
  groupNames,
  groupsMax,
  groupsOfSome,
  matchedRows,
  perGrouping,
  readDimensions,
  regroupings,
  sumsOfRows,
} from './grouped-facts.ts';
import { dailyUsers, type Extent, piecesOf, type Rollup, rollupFor } from './rollups.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber, toText } from './sql-text.ts';

/** What is read of each row of `matchedFacts` beside the question's dimensions, and the sums it may be read from. */
export interface FactsWanted {
  readonly columns: readonly string[];
  /** Those it may be read from; all when absent. */
  readonly among?: readonly Rollup[];
  /** Whether its columns are added up and nothing else; then a group may be there that nothing is in. */
  readonly additive: boolean;
}

/** Rows of sums, or of attempts where they do not suffice, that match a question. */
export function matchedFacts(
  query: GroupedQuery,
  { columns, among, additive }: FactsWanted,
  extent: Extent,
  { dialect }: Pick<SqlReader, 'dialect'>,
  parameters: Parameters,
): string {
  const pieces = piecesOf(rollupFor(query, among), query, extent, {
    ...(among?.[0] && { instead: among[0] }),
    additive,
  });
  const names = [...dimensionColumns(query), ...columns];
  return matchedRows(query, factRows(pieces, names, dialect, parameters), dialect, parameters);
}

export async function traffic(reader: SqlReader, query: GroupedQuery): Promise<TrafficRow[]> {
  const rows = await reader.read((ask, extent) => ask(trafficStatement(reader, query, extent)));
  return rows.map((row) => readTraffic(row, query.by));
}

function trafficStatement(reader: SqlReader, query: GroupedQuery, extent: Extent): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const names = groupNames(query.by);
  const facts = matchedFacts(query, { columns: allSums, additive: true }, extent, reader, parameters);
  return parameters.statement(`
    SELECT ${[...names, sumsOfRows].join(', ')} FROM (${facts}) AS matched
    ${groupsOfSome(names)} ORDER BY ${['cost DESC', ...names].join(', ')} LIMIT ${parameters.bind(groupsMax)}`);
}

function readTraffic(row: SqlRow, by: readonly string[]): TrafficRow {
  return {
    dimensions: readDimensions(row, by),
    sessions: toNumber(row.sessions),
    interactions: toNumber(row.interactions),
    runs: toNumber(row.runs),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    completedCalls: toNumber(row.completed_calls),
    retriedCalls: toNumber(row.retried_calls),
    fallbackCalls: toNumber(row.fallback_calls),
    failedAttempts: toNumber(row.failed_attempts),
    requestBytes: toNumber(row.request_bytes),
    responseBytes: toNumber(row.response_bytes),
    inputTokens: toNumber(row.input_tokens),
    outputTokens: toNumber(row.output_tokens),
    cost: fromPicos(toBigInt(row.cost)),
    parts: {
      system: toNumber(row[partColumns.system]),
      history: toNumber(row[partColumns.history]),
      retrieval: toNumber(row[partColumns.retrieval]),
      question: toNumber(row[partColumns.question]),
      tools: toNumber(row[partColumns.tools]),
    },
    attemptsWithParts: toNumber(row.attempts_with_parts),
  };
}

/** By day and user there are sums too, so that telling users apart reads few attempts. */
const ofUsers = [dailyUsers];

/** Every grouping is counted from the same rows: users with what they are told apart by, each once. */
export async function users(
  reader: SqlReader,
  query: EconomicQuery,
  groupings: readonly (readonly Dimension[])[],
): Promise<UsersRow[][]> {
  if (groupings.length === 0) return [];
  const rows = await reader.read((ask, extent) => ask(usersStatement(reader, query, groupings, extent)));
  return perGrouping(rows, groupings, (row, by) => ({
    dimensions: readDimensions(row, by),
    users: toNumber(row.users),
  }));
}

function usersStatement(
  reader: SqlReader,
  query: EconomicQuery,
  groupings: readonly (readonly Dimension[])[],
  extent: Extent,
): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const { by, each } = regroupings(groupings);
  const wanted = { columns: ['user_id'], among: ofUsers, additive: false };
  const source = matchedFacts({ ...query, by }, wanted, extent, reader, parameters);
  const counted = each.map(
    ({ places, shown }) => `(SELECT ${[...shown, 'count(DISTINCT user_id) AS users'].join(', ')} FROM seen
      ${groupBy(places)} ORDER BY ${['users DESC', ...places].join(', ')} LIMIT ${parameters.bind(groupsMax)})`,
  );
  return parameters.statement(`
    WITH seen AS MATERIALIZED (${eachOnce(groupNames(by), source, reader.dialect)})
    ${counted.join(' UNION ALL ')}`);
}

/**
 * Users with the labels they come with, each once. Told apart by a number for the labels, in a third of the time; two sets of
 * labels would have to share one of 2^64, and a user have both, to be taken for one.
 */
function eachOnce(labels: readonly string[], source: string, dialect: Dialect): string {
  if (labels.length === 0) return `SELECT DISTINCT user_id FROM (${source}) AS matched`;
  const shown = labels.map((name) => `any_value(${name}) AS ${name}`).join(', ');
  return `SELECT ${shown}, user_id FROM (${source}) AS matched GROUP BY ${dialect.keyOf(labels)}, user_id`;
}

export async function cohorts(reader: SqlReader, query: EconomicQuery): Promise<CohortRow[]> {
  const rows = await reader.read((ask, extent) => {
    const parameters = new Parameters(reader.dialect.placeholder);
    // Sums by user are of UTC days, so weeks are too.
    const weekly: GroupedQuery = { range: query.range, where: query.where, by: ['week'] };
    const wanted = { columns: ['user_id', 'cost'], among: ofUsers, additive: false };
    return ask(
      parameters.statement(`
      SELECT first_week, week, count(*) AS users, sum(cost) AS cost
      FROM (SELECT d0 AS week, sum(cost) AS cost, min(d0) OVER (PARTITION BY user_id) AS first_week
        FROM (${matchedFacts(weekly, wanted, extent, reader, parameters)}) AS matched
        WHERE user_id IS NOT NULL GROUP BY user_id, d0) AS weekly
      GROUP BY first_week, week ORDER BY first_week, week LIMIT ${parameters.bind(groupsMax)}`),
    );
  });
  return rows.map((row) => ({
    firstWeek: toText(shownAs('week', row.first_week)),
    week: toText(shownAs('week', row.week)),
    users: toNumber(row.users),
    cost: fromPicos(toBigInt(row.cost)),
  }));
}

export async function retries(reader: SqlReader, query: EconomicQuery): Promise<RetryRow[]> {
  const rows = await reader.read((ask, extent) => {
    const parameters = new Parameters(reader.dialect.placeholder);
    const grouped: GroupedQuery = { ...query, by: ['workflow', 'stage', 'reason', 'layer'] };
    const groups = 'workflow, stage, reason, layer, cause';
    const columns = ['cause', 'calls_by_reason', 'attempts', 'input_tokens', 'output_tokens', 'cost'];
    return ask(
      parameters.statement(`
      SELECT ${groups}, sum(calls_by_reason) AS calls, sum(attempts) AS attempts,
        coalesce(sum(input_tokens + output_tokens), 0) AS tokens, coalesce(sum(cost), 0) AS cost
      FROM (${matchedFacts(grouped, { columns, additive: true }, extent, reader, parameters)}) AS matched
      WHERE reason <> 'first' ${groupsOfSome(groups.split(', '))} ORDER BY cost DESC, ${groups} LIMIT ${parameters.bind(groupsMax)}`),
    );
  });
  return rows.map((row) => ({
    workflow: (row.workflow as string | null) ?? null,
    stage: (row.stage as string | null) ?? null,
    reason: toText(row.reason) as RetryRow['reason'],
    layer: toText(row.layer) as RetryRow['layer'],
    cause: (row.cause as RetryRow['cause']) ?? null,
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    tokens: toNumber(row.tokens),
    cost: fromPicos(toBigInt(row.cost)),
  }));
}

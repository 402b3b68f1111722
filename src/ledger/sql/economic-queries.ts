import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import type { Attempt, OutcomeKind } from '../../tree/index.ts';
import type {
  AttemptCursor,
  EconomicQuery,
  EconomicQuestions,
  EndingRow,
  GroupedQuery,
  RetryRow,
  RunRow,
  RunSample,
  TrafficRow,
} from '../economic-questions.ts';
import { readAttempt } from './attempt-columns.ts';
import { filtersOf, rangeOf } from './cost-query.ts';
import type { Dialect } from './dialect.ts';
import { expressionOf, isOfLines } from './dimensions.ts';
import { type LatestOutcomeColumns, latestOutcomes, runsBegun } from './run-endings.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, toBigInt, toNumber, toText } from './sql-text.ts';

const groupsMax = 10_000;
const runsMax = 20_000;
const attemptsMax = 10_000;
const partNames = ['system', 'history', 'retrieval', 'question', 'tools'] as const;

/** The questions of `economic-questions.ts`, asked of any engine that speaks a dialect. */
export function economicQueries(reader: SqlReader): EconomicQuestions {
  return {
    traffic: (query) => traffic(reader, query),
    endings: (query) => endings(reader, query),
    retries: (query) => retries(reader, query),
    runs: (query, limit) => runs(reader, query, limit),
    history: (query, limit, after) => history(reader, query, limit, after),
  };
}

/** How names of dimensions become columns `d0`, `d1`, … of one question. */
function grouping(query: GroupedQuery, dialect: Dialect, parameters: Parameters) {
  const expression = expressions(query, dialect, parameters);
  return {
    expression,
    names: query.by.map((_, index) => `d${index}`),
    columns: query.by.map((name, index) => ({ alias: `d${index}`, sql: expression(name) })),
  };
}

function expressions(query: EconomicQuery, dialect: Dialect, parameters: Parameters) {
  return (name: string): string => {
    if (isOfLines(name))
      throw new BurnrateError('bad_request', { message: `"${name}" tells lines apart, not attempts` });
    return expressionOf(name, dialect, query.timeZone ?? 'UTC', parameters);
  };
}

/** The attempts meant, as a condition. */
function condition(query: EconomicQuery, dialect: Dialect, parameters: Parameters): string {
  const filters = filtersOf(query, dialect, parameters, expressions(query, dialect, parameters));
  return [rangeOf(query, parameters), ...filters].join(' AND ');
}

const group = (names: readonly string[]) => (names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`);

async function traffic({ dialect, query: ask }: SqlReader, query: GroupedQuery): Promise<TrafficRow[]> {
  const parameters = new Parameters(dialect.placeholder);
  const { names, columns } = grouping(query, dialect, parameters);
  const where = condition(query, dialect, parameters);
  const callsBecause = (reason: string) => `count(DISTINCT CASE WHEN reason = '${reason}' THEN call_id END)`;
  const parts = partNames.map(
    (name) => `coalesce(sum(CAST(${dialect.tagValue('part_tokens', name, parameters)} AS BIGINT)), 0) AS part_${name}`,
  );
  const rows = await ask(
    parameters.statement(`
    SELECT ${[...names, ''].join(', ')}
      count(DISTINCT user_id) AS users, count(DISTINCT session_id) AS sessions, count(DISTINCT interaction) AS interactions,
      count(DISTINCT run) AS runs, count(DISTINCT call_id) AS calls, count(*) AS attempts,
      count(DISTINCT CASE WHEN failure IS NULL THEN call_id END) AS completed_calls,
      ${callsBecause('retry')} AS retried_calls, ${callsBecause('fallback')} AS fallback_calls,
      count(failure) AS failed_attempts, coalesce(sum(request_bytes), 0) AS request_bytes,
      coalesce(sum(response_bytes), 0) AS response_bytes, coalesce(sum(input_tokens), 0) AS input_tokens,
      coalesce(sum(output_tokens), 0) AS output_tokens, coalesce(sum(cost), 0) AS cost,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS p50,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY duration_ms) AS p90,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms) AS p99,
      count(part_tokens) AS attempts_with_parts, ${parts.join(', ')}
    FROM (SELECT *${columns.map(({ alias, sql }) => `, ${sql} AS ${alias}`).join('')} FROM attempts WHERE ${where}) AS matched
    ${group(names)} ORDER BY ${['cost DESC', ...names].join(', ')} LIMIT ${parameters.bind(groupsMax)}`),
  );
  return rows.map((row) => readTraffic(row, query.by));
}

function readTraffic(row: SqlRow, by: readonly string[]): TrafficRow {
  const latency = (name: string) => Number(row[name]);
  return {
    dimensions: readDimensions(row, by),
    users: toNumber(row.users),
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
    latencyMs: row.p50 === null ? null : { p50: latency('p50'), p90: latency('p90'), p99: latency('p99') },
    parts: {
      system: toNumber(row.part_system),
      history: toNumber(row.part_history),
      retrieval: toNumber(row.part_retrieval),
      question: toNumber(row.part_question),
      tools: toNumber(row.part_tools),
    },
    attemptsWithParts: toNumber(row.attempts_with_parts),
  };
}

function readDimensions(row: SqlRow, by: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(by.map((name, index) => [name, (row[`d${index}`] as string | null) ?? null]));
}

const endingColumns: LatestOutcomeColumns = ['outcome', 'role', 'value', 'human_minutes', 'csat'];

async function endings({ dialect, query: ask }: SqlReader, query: GroupedQuery): Promise<EndingRow[]> {
  const parameters = new Parameters(dialect.placeholder);
  const { names, columns } = grouping(query, dialect, parameters);
  const filters = filtersOf(query, dialect, parameters, expressions(query, dialect, parameters));
  const rows = await ask(
    parameters.statement(`
    SELECT ${[...names, 'outcome', 'role'].join(', ')}, count(*) AS runs, coalesce(sum(cost), 0) AS cost,
      coalesce(sum(value), 0) AS value, coalesce(sum(human_minutes), 0) AS human_minutes,
      count(csat) AS ratings, coalesce(sum(csat), 0) AS csat
    FROM (${runsBegun(query.range, columns, filters, parameters)}) AS began
    LEFT JOIN (${latestOutcomes(endingColumns)}) AS latest ON latest.outcome_run = began.run
    GROUP BY ${[...names, 'outcome', 'role'].join(', ')} ORDER BY runs DESC, ${[...names, 'outcome', 'role'].join(', ')}
    LIMIT ${parameters.bind(groupsMax)}`),
  );
  return rows.map((row) => ({
    dimensions: readDimensions(row, query.by),
    outcome: (row.outcome as OutcomeKind | null) ?? null,
    role: (row.role as string | null) ?? null,
    runs: toNumber(row.runs),
    cost: fromPicos(toBigInt(row.cost)),
    value: fromPicos(toBigInt(row.value)),
    humanMinutes: toNumber(row.human_minutes),
    ratings: toNumber(row.ratings),
    csat: toNumber(row.csat),
  }));
}

async function retries({ dialect, query: ask }: SqlReader, query: EconomicQuery): Promise<RetryRow[]> {
  const parameters = new Parameters(dialect.placeholder);
  const rows = await ask(
    parameters.statement(`
    SELECT workflow, stage, reason, layer, cause, count(DISTINCT call_id) AS calls, count(*) AS attempts,
      coalesce(sum(input_tokens + output_tokens), 0) AS tokens, coalesce(sum(cost), 0) AS cost
    FROM (SELECT *, lag(failure) OVER (PARTITION BY call_id ORDER BY attempt_number, started_at) AS cause
      FROM attempts WHERE ${condition(query, dialect, parameters)}) AS matched
    WHERE reason <> 'first'
    GROUP BY workflow, stage, reason, layer, cause ORDER BY cost DESC, workflow, stage, reason, layer, cause
    LIMIT ${parameters.bind(groupsMax)}`),
  );
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

const runDimensions = ['workflow', 'release', 'promptVersion', 'segment', 'user'] as const;

async function runs({ dialect, query: ask }: SqlReader, query: EconomicQuery, limit: number): Promise<RunSample> {
  const parameters = new Parameters(dialect.placeholder);
  const expression = expressions(query, dialect, parameters);
  const filters = filtersOf(query, dialect, parameters, expression);
  const columns = runDimensions.map((name, index) => ({ alias: `d${index}`, sql: expression(name) }));
  const rows = await ask(
    parameters.statement(`
    SELECT began.*, latest.*, count(*) OVER () AS all_runs
    FROM (${runsBegun(query.range, columns, filters, parameters)}) AS began
    LEFT JOIN (${latestOutcomes(['outcome', 'human_minutes'])}) AS latest ON latest.outcome_run = began.run
    ORDER BY md5(run), run LIMIT ${parameters.bind(Math.min(limit, runsMax))}`),
  );
  return { rows: rows.map(readRun), runs: toNumber(rows[0]?.all_runs) };
}

function readRun(row: SqlRow): RunRow {
  const told = readDimensions(row, runDimensions) as Pick<RunRow, (typeof runDimensions)[number]>;
  return {
    ...told,
    run: toText(row.run),
    startedAtMs: toNumber(row.began_at),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    cost: fromPicos(toBigInt(row.cost)),
    durationMs: toNumber(row.duration_ms),
    outcome: (row.outcome as OutcomeKind | null) ?? null,
    humanMinutes: toNumber(row.human_minutes),
  };
}

async function history(
  { dialect, query: ask }: SqlReader,
  query: EconomicQuery,
  limit: number,
  after: AttemptCursor | undefined,
): Promise<Attempt[]> {
  const parameters = new Parameters(dialect.placeholder);
  const later = after
    ? `AND (started_at, attempt_id) > (${parameters.bind(after.startedAtMs)}, ${parameters.bind(after.attemptId)})`
    : '';
  const rows = await ask(
    parameters.statement(`
    SELECT * FROM attempts WHERE ${condition(query, dialect, parameters)} ${later}
    ORDER BY started_at, attempt_id LIMIT ${parameters.bind(Math.min(limit, attemptsMax))}`),
  );
  return rows.map(readAttempt);
}

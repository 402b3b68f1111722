import { fromPicos } from '../../money/index.ts';
import { type Attempt, type AttributionName, attributionNames, type OutcomeKind } from '../../tree/index.ts';
import type { EconomicQuery } from '../economic-questions.ts';
import type {
  CallOnPage,
  NewestCallsQuery,
  NewestRunsQuery,
  PageCursor,
  PageRequest,
  RunOnPage,
} from '../operation-questions.ts';
import { readAttempt } from './attempt-columns.ts';
import { behaviourOf } from './behaviour-filter.ts';
import type { Dialect } from './dialect.ts';
import { attributionColumns, expressionOf, isOfLines } from './dimensions.ts';
import { filtersOf, rangeOf } from './filters.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber, toText } from './sql-text.ts';

const rowsMax = 500;
/** Attempts of a call begin within this long of each other. */
const callSpanMs = 3_600_000;
const firstLookMs = 3_600_000;
/** Each look reaches this many times further back. */
const lookFactor = 12;

interface Found {
  readonly id: string;
  readonly atMs: number;
  /** The column of keys beside the id. */
  readonly key: number;
}

const limitOf = ({ limit }: PageRequest): number => Math.min(Math.max(1, Math.trunc(limit)), rowsMax);

/** Looks at the newest hour first and then ever further back, since what is shown is nearly always recent. */
async function lookBack(
  reader: SqlReader,
  query: EconomicQuery,
  page: PageRequest,
  statement: (fromMs: number) => Statement,
): Promise<Found[]> {
  const newestMs = Math.min(query.range.toMs, page.before === undefined ? query.range.toMs : page.before.atMs + 1);
  for (let lookMs = firstLookMs; ; lookMs *= lookFactor) {
    const fromMs = Math.max(query.range.fromMs, newestMs - lookMs);
    const rows = await reader.query(statement(fromMs));
    if (rows.length === limitOf(page) || fromMs <= query.range.fromMs) {
      return rows.map((row) => ({ id: toText(row.id), atMs: toNumber(row.moment), key: toNumber(row.key) }));
    }
  }
}

function olderThan(before: PageCursor | undefined, parameters: Parameters): string {
  return before === undefined
    ? 'true'
    : `(moment, id) < (${parameters.bind(before.atMs)}, ${parameters.bind(before.id)})`;
}

/** Attempts that match, one row or more each. */
function matching(query: NewestCallsQuery, dialect: Dialect, parameters: Parameters): string {
  const expression = (name: string) => expressionOf(name, dialect, query, parameters);
  const inRange = `SELECT * FROM attempts WHERE ${rangeOf(query, parameters)}`;
  const source = Object.keys(query.where).some(isOfLines) ? dialect.explodeLines(inRange) : inRange;
  const filters = [...filtersOf(query, dialect, parameters, expression), ...behaviourOf(query, dialect, parameters)];
  return `SELECT * FROM (${source}) AS found WHERE ${['true', ...filters].join(' AND ')}`;
}

export async function newestCalls(
  reader: SqlReader,
  query: NewestCallsQuery,
  page: PageRequest,
): Promise<CallOnPage[]> {
  const { dialect } = reader;
  // A call stands where its newest matching attempt does, so attempts that began after the cursor must be looked at too.
  const latestMs = page.before === undefined ? query.range.toMs : page.before.atMs + callSpanMs;
  const toMs = Math.min(query.range.toMs, latestMs);
  const found = await lookBack(reader, query, page, (fromMs) => {
    const parameters = new Parameters(dialect.placeholder);
    const source = matching({ ...query, range: { fromMs, toMs } }, dialect, parameters);
    return parameters.statement(`
      SELECT id, moment, key FROM (SELECT call_id AS id, max(started_at) AS moment, min(call_key) AS key FROM (${source}) AS matched GROUP BY call_id) AS calls
      WHERE ${olderThan(page.before, parameters)} ORDER BY moment DESC, id DESC LIMIT ${parameters.bind(limitOf(page))}`);
  });
  const attempts = await attemptsOf(reader, found);
  return found.map(({ id, atMs }) => ({ callId: id, atMs, attempts: attempts.get(id) ?? [] }));
}

async function attemptsOf(
  reader: SqlReader,
  calls: readonly Found[],
): Promise<ReadonlyMap<string, readonly Attempt[]>> {
  const byCall = new Map<string, Attempt[]>();
  if (calls.length === 0) return byCall;
  const times = calls.map(({ atMs }) => atMs);
  const range = { fromMs: Math.min(...times) - callSpanMs, toMs: Math.max(...times) + callSpanMs };
  const parameters = new Parameters(reader.dialect.placeholder);
  const ids = calls.map(({ id }) => id);
  const statement = parameters.statement(`
    SELECT * FROM attempts WHERE ${rangeOf({ range }, parameters)} AND ${reader.dialect.isOneOf('call_id', ids, parameters)}
    ORDER BY attempt_number, started_at`);
  for (const attempt of (await reader.query(statement)).map(readAttempt)) {
    const known = byCall.get(attempt.callId);
    if (known) known.push(attempt);
    else byCall.set(attempt.callId, [attempt]);
  }
  return byCall;
}

/** A run counts where its first attempt is; where stages are told apart, in each stage it reaches. */
const firstOf = (query: EconomicQuery): string => ('stage' in query.where ? 'new_run_in_stage' : 'new_run');

export async function newestRuns(reader: SqlReader, query: NewestRunsQuery, page: PageRequest): Promise<RunOnPage[]> {
  const { dialect } = reader;
  const toMs = Math.min(query.range.toMs, page.before === undefined ? query.range.toMs : page.before.atMs + 1);
  const found = await lookBack(reader, query, page, (fromMs) => {
    const parameters = new Parameters(dialect.placeholder);
    const source = matching({ ...query, range: { fromMs, toMs } }, dialect, parameters);
    return parameters.statement(`
      SELECT id, moment, key FROM (SELECT DISTINCT run AS id, started_at AS moment, run_key AS key FROM (${source}) AS matched
        WHERE ${firstOf(query)} = 1 AND run IS NOT NULL) AS began
      WHERE ${olderThan(page.before, parameters)} AND ${ended(query.outcome, parameters)}
      ORDER BY moment DESC, id DESC LIMIT ${parameters.bind(limitOf(page))}`);
  });
  return found.length === 0 ? [] : readRuns(reader, found);
}

function ended(outcome: NewestRunsQuery['outcome'], parameters: Parameters): string {
  if (outcome === undefined) return 'true';
  if (outcome === 'open') return 'id NOT IN (SELECT run FROM outcomes)';
  return `id IN (SELECT run FROM outcomes WHERE counts AND outcome = ${parameters.bind(outcome)})`;
}

/** A run is added up over this long from its first attempt. */
const runSpanMs = 31 * 86_400_000;

async function readRuns(reader: SqlReader, found: readonly Found[]): Promise<RunOnPage[]> {
  const times = found.map(({ atMs }) => atMs);
  const range = { fromMs: Math.min(...times), toMs: Math.max(...times) + runSpanMs };
  const parameters = new Parameters(reader.dialect.placeholder);
  const ids = found.map(({ id }) => id);
  // Four bytes a row are looked at first, the id only where they are right.
  const near = `run_key IN (${found.map(({ key }) => key).join(', ')})`;
  const labels = attributionNames.map(
    (name) =>
      `nullif(min_by(coalesce(${attributionColumns[name]}, ''), (started_at, attempt_id)), '') AS label_${name}`,
  );
  const rows = await reader.query(
    parameters.statement(`
    SELECT summed.*, outcome, value, human_minutes FROM (
      SELECT run AS id, count(DISTINCT call_id) AS calls, count(*) AS attempts, sum(input_tokens) AS input_tokens,
        sum(output_tokens) AS output_tokens, coalesce(sum(cost), 0) AS cost,
        count(CASE WHEN price_state = 'unknown' THEN 1 END) AS unknown_price_attempts,
        count(CASE WHEN usage_source = 'estimated' THEN 1 END) AS estimated_attempts, bool_or(simulated) AS simulated,
        max(started_at + duration_ms) - min(started_at) AS duration_ms, ${labels.join(', ')}
      FROM attempts WHERE ${rangeOf({ range }, parameters)} AND ${near} AND ${reader.dialect.isOneOf('run', ids, parameters)}
      GROUP BY run) AS summed
    LEFT JOIN (SELECT run AS outcome_run, outcome, value, human_minutes FROM outcomes WHERE ${near} AND counts) AS latest
      ON outcome_run = summed.id`),
  );
  const byId = new Map(rows.map((row) => [toText(row.id), row]));
  return found.flatMap((run) => {
    const row = byId.get(run.id);
    return row ? [readRun(run, row)] : [];
  });
}

function readRun({ id, atMs }: Found, row: SqlRow): RunOnPage {
  const told = attributionNames.flatMap((name): [AttributionName, string][] =>
    row[`label_${name}`] === null ? [] : [[name, toText(row[`label_${name}`])]],
  );
  return {
    run: id,
    startedAtMs: atMs,
    durationMs: toNumber(row.duration_ms),
    labels: Object.fromEntries(told),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    inputTokens: toNumber(row.input_tokens),
    outputTokens: toNumber(row.output_tokens),
    cost: fromPicos(toBigInt(row.cost)),
    unknownPriceAttempts: toNumber(row.unknown_price_attempts),
    estimatedAttempts: toNumber(row.estimated_attempts),
    simulated: row.simulated === true,
    outcome: (row.outcome as OutcomeKind | null) ?? null,
    value: row.value === null ? null : fromPicos(toBigInt(row.value)),
    humanMinutes: row.human_minutes === null ? null : Number(row.human_minutes),
  };
}

import { fromPicos } from '../../money/index.ts';
import type { Attempt, OutcomeKind } from '../../tree/index.ts';
import type {
  AttemptCursor,
  EconomicQuery,
  EconomicQuestions,
  RepeatedCalls,
  Repetitions,
  RunDurations,
  RunRow,
  RunSample,
} from '../economic-questions.ts';
import type { Dimension } from '../ledger.ts';
import { readAttempt } from './attempt-columns.ts';
import { askedFirst, sentAgain } from './behaviour-filter.ts';
import { endings } from './ending-queries.ts';
import { filtersOf, rangeOf } from './filters.ts';
import { attemptExpressions } from './grouped-facts.ts';
import type { Extent } from './rollups.ts';
import { latestOutcomes, runsBegun } from './run-endings.ts';
import { type Sample, sampleAttempts, sampleOf } from './sample.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber, toText } from './sql-text.ts';
import { cohorts, matchedFacts, retries, traffic, users } from './traffic-queries.ts';

const runsMax = 20_000;
const attemptsMax = 10_000;

/** The questions of `economic-questions.ts`, asked of any engine that speaks a dialect. */
export function economicQueries(reader: SqlReader): EconomicQuestions {
  return {
    traffic: (query) => traffic(reader, query),
    users: (query, groupings) => users(reader, query, groupings),
    cohorts: (query) => cohorts(reader, query),
    repetitions: (query, of) => repetitions(reader, query, of),
    endings: (query, groupings) => endings(reader, query, groupings),
    retries: (query) => retries(reader, query),
    runs: (query, limit) => runs(reader, query, Math.min(limit, runsMax)),
    durations: (query, limit) => durations(reader, query, Math.min(limit, runsMax)),
    repeats: (query, soonMs) => repeats(reader, query, soonMs),
    history: (query, limit, after) => history(reader, query, Math.min(limit, attemptsMax), after),
  };
}

/** The attempts meant, as a condition. */
function condition(query: EconomicQuery, { dialect }: SqlReader, parameters: Parameters): string {
  const filters = filtersOf(query, dialect, parameters, attemptExpressions(query, dialect, parameters));
  return [rangeOf(query, parameters), ...filters].join(' AND ');
}

/** How many runs and attempts match; from sums where they suffice. */
function countStatement(query: EconomicQuery, extent: Extent, reader: SqlReader): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const wanted = { columns: ['runs', 'attempts'], additive: true };
  const source = matchedFacts({ ...query, by: [] }, wanted, extent, reader, parameters);
  return parameters.statement(
    `SELECT coalesce(sum(runs), 0) AS runs, coalesce(sum(attempts), 0) AS attempts FROM (${source}) AS matched`,
  );
}

const repeated = {
  session: { key: 'session_key', whole: 'session_id', counted: 'interaction' },
  interaction: { key: 'interaction_key', whole: 'interaction', counted: 'run' },
} as const;

async function repetitions(
  reader: SqlReader,
  query: EconomicQuery,
  of: 'session' | 'interaction',
): Promise<Repetitions> {
  const { key, whole, counted } = repeated[of];
  return reader.read(async (ask, extent) => {
    const [all] = await ask(countStatement(query, extent, reader));
    const sample = sampleOf(key, sampleAttempts, toNumber(all?.attempts), extent);
    const parameters = new Parameters(reader.dialect.placeholder);
    const rows = await ask(
      parameters.statement(`
      SELECT value, count(*) AS things
      FROM (SELECT ${whole}, count(DISTINCT ${counted}) AS value FROM ${sample.source} AS attempts
        WHERE ${condition(query, reader, parameters)} AND ${whole} IS NOT NULL AND ${sample.condition} GROUP BY ${whole}) AS counted
      WHERE value > 0 GROUP BY value ORDER BY value`),
    );
    return {
      bars: rows.map((row) => ({ value: toNumber(row.value), count: toNumber(row.things) })),
      share: sample.share,
    };
  });
}

const runDimensions = ['workflow', 'release', 'promptVersion', 'segment', 'user'] as const;
/** A sample takes somewhat more runs than asked for, so that as many are left when it is cut. */
const spareRuns = 1.2;

async function runs(reader: SqlReader, query: EconomicQuery, limit: number): Promise<RunSample> {
  return reader.read(async (ask, extent) => {
    const [all] = await ask(countStatement(query, extent, reader));
    const sample = sampleOfRuns(all, limit, extent);
    const rows = await ask(sampledRuns(reader, query, limit, sample));
    const found = toNumber(rows[0]?.all_runs);
    return { rows: rows.map(readRun), runs: sample.share === 1 ? found : toNumber(all?.runs) };
  });
}

function sampleOfRuns(all: SqlRow | undefined, limit: number, extent: Extent): Sample {
  const few = toNumber(all?.attempts) <= sampleAttempts;
  return sampleOf('run_key', few ? Infinity : limit * spareRuns, toNumber(all?.runs), extent);
}

/** Nothing else of the runs is read, which is most of the work. */
async function durations(reader: SqlReader, query: EconomicQuery, limit: number): Promise<RunDurations[]> {
  const rows = await reader.read(async (ask, extent) => {
    const [all] = await ask(countStatement(query, extent, reader));
    return ask(sampledDurations(reader, query, limit, sampleOfRuns(all, limit, extent)));
  });
  return rows.map((row) => ({
    workflow: textOrNull(row.d0),
    durationsMs: (row.durations as readonly unknown[]).map(toNumber),
  }));
}

function sampledDurations(reader: SqlReader, query: EconomicQuery, limit: number, sample: Sample): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  return parameters.statement(`
    SELECT d0, array_agg(duration_ms) AS durations
    FROM (SELECT d0, duration_ms FROM (${begunRuns(reader, query, { sample, dimensions: ['workflow'] }, parameters)}) AS began
      ${chosen} LIMIT ${parameters.bind(limit)}) AS taken GROUP BY d0 ORDER BY d0`);
}

/** The order in which runs are taken, with a limit. */
const chosen = 'ORDER BY md5(run), run';

function sampledRuns(reader: SqlReader, query: EconomicQuery, limit: number, sample: Sample): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  return parameters.statement(`
    WITH latest AS MATERIALIZED (${latestOutcomes(['outcome', 'human_minutes'], sample.condition)})
    SELECT began.*, latest.*, count(*) OVER () AS all_runs
    FROM (${begunRuns(reader, query, { sample, dimensions: runDimensions }, parameters)}) AS began
    LEFT JOIN latest ON latest.outcome_run = began.run
    ${chosen} LIMIT ${parameters.bind(limit)}`);
}

/** Runs of a sample with some dimensions of their first attempts as `d0`, `d1`, … */
function begunRuns(
  { dialect }: SqlReader,
  query: EconomicQuery,
  { sample, dimensions }: { readonly sample: Sample; readonly dimensions: readonly Dimension[] },
  parameters: Parameters,
): string {
  const expression = attemptExpressions(query, dialect, parameters);
  const filters = [sample.condition, ...filtersOf(query, dialect, parameters, expression)];
  const columns = dimensions.map((name, index) => ({ alias: `d${index}`, sql: expression(name) }));
  return runsBegun(sample.source, query.range, { columns, filters }, parameters);
}

const textOrNull = (value: unknown): string | null => (value as string | null) ?? null;

/** Written out by name, in the order of `runDimensions`: there are very many. */
function readRun(row: SqlRow): RunRow {
  return {
    workflow: textOrNull(row.d0),
    release: textOrNull(row.d1),
    promptVersion: textOrNull(row.d2),
    segment: textOrNull(row.d3),
    user: textOrNull(row.d4),
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

const firstLookMs = 900_000;
/** Each look reaches this many times further. */
const lookFactor = 8;

/** Looks at a short stretch first and then ever further on, since a page is usually full soon. */
async function history(
  reader: SqlReader,
  query: EconomicQuery,
  limit: number,
  after: AttemptCursor | undefined,
): Promise<Attempt[]> {
  const fromMs = Math.max(query.range.fromMs, after?.startedAtMs ?? query.range.fromMs);
  for (let lookMs = firstLookMs; ; lookMs *= lookFactor) {
    const toMs = Math.min(query.range.toMs, fromMs + lookMs);
    const statement = lastOfPage(reader, { ...query, range: { fromMs, toMs } }, limit, after);
    const [last] = await reader.query(statement);
    if (toNumber(last?.found) < limit && toMs < query.range.toMs) continue;
    const range = { fromMs, toMs: Math.min(toMs, toNumber(last?.moment) + 1) };
    return wholePage(await reader.query(attemptsAfter(reader, { ...query, range }, '*', after)), limit);
  }
}

/** Rows of a page are wide, so where it ends is found first and only what is in it is read. */
function lastOfPage(
  reader: SqlReader,
  query: EconomicQuery,
  limit: number,
  after: AttemptCursor | undefined,
): Statement {
  const { text, parameters } = attemptsAfter(reader, query, 'started_at', after);
  return {
    text: `SELECT count(*) AS found, coalesce(max(started_at), 0) AS moment
      FROM (${text} ORDER BY started_at LIMIT ${Math.max(0, Math.trunc(limit))}) AS page`,
    parameters,
  };
}

function attemptsAfter(
  reader: SqlReader,
  query: EconomicQuery,
  columns: string,
  after: AttemptCursor | undefined,
): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const later = after
    ? `AND (started_at, attempt_id) > (${parameters.bind(after.startedAtMs)}, ${parameters.bind(after.attemptId)})`
    : '';
  return parameters.statement(`SELECT ${columns} FROM attempts WHERE ${condition(query, reader, parameters)} ${later}`);
}

/** Of attempts that began at the same moment as the page's last one there may be more than fit it. */
function wholePage(rows: readonly SqlRow[], limit: number): Attempt[] {
  const attempts = rows.map(readAttempt);
  const before = (a: Attempt, b: Attempt) => a.startedAtMs - b.startedAtMs || (a.attemptId < b.attemptId ? -1 : 1);
  return attempts.sort(before).slice(0, limit);
}

/** Calls with the same request of the same key and user again, in the newest part of the range. */
async function repeats(reader: SqlReader, query: EconomicQuery, soonMs: number): Promise<RepeatedCalls> {
  const [row] = await reader.read(async (ask, extent) => {
    const [all] = await ask(countStatement(query, extent, reader));
    const share = Math.min(1, sampleAttempts / Math.max(1, toNumber(all?.attempts)));
    const { fromMs, toMs } = query.range;
    const newest = { ...query, range: { fromMs: Math.floor(toMs - (toMs - fromMs) * share), toMs } };
    return ask(repeatStatement(reader, newest, soonMs));
  });
  return {
    overlapping: toNumber(row?.overlapping),
    soonAfter: toNumber(row?.soon_after),
    cost: fromPicos(toBigInt(row?.cost)),
    callsLookedAt: toNumber(row?.calls),
  };
}

function repeatStatement(reader: SqlReader, query: EconomicQuery, soonMs: number): Statement {
  const parameters = new Parameters(reader.dialect.placeholder);
  const soon = `started_at < ends_at + ${parameters.bind(soonMs)}`;
  const meant = condition(query, reader, parameters);
  return parameters.statement(`
    SELECT (SELECT count(*) FROM attempts WHERE ${meant} AND ${askedFirst}) AS calls,
      count(CASE WHEN started_at < ends_at THEN 1 END) AS overlapping,
      count(CASE WHEN started_at >= ends_at AND ${soon} THEN 1 END) AS soon_after,
      coalesce(sum(CASE WHEN ${soon} THEN cost END), 0) AS cost
    FROM (${sentAgain(meant)}) AS sent`);
}

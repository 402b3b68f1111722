import { fromPicos } from '../../money/index.ts';
import type { Attempt, Outcome } from '../../tree/index.ts';
import type { EconomicQuestions } from '../economic-questions.ts';
import type { Ledger, RunFacts, StageDetail, TimeRange, WorkflowFacts } from '../ledger.ts';
import type { OperationQuestions } from '../operation-questions.ts';
import type { PeopleQuestions } from '../people-questions.ts';
import { readAttempt } from './attempt-columns.ts';
import { costs, costsBy } from './cost-answers.ts';
import type { Dialect } from './dialect.ts';
import { economicQueries } from './economic-queries.ts';
import { checkRange } from './filters.ts';
import { idKey } from './id-key.ts';
import { operationQueries } from './operation-queries.ts';
import { peopleQueries } from './people-queries.ts';
import type { Extent } from './rollups.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber, toText } from './sql-text.ts';
import { callNodes, readWorkflows, withCalls } from './workflow-facts.ts';
import {
  attemptsOfCalls,
  attemptsWhere,
  type StageScope,
  stageCalls,
  workflowCounts,
  workflowLines,
  workflowOutcomes,
} from './workflow-query.ts';

/** What a query engine must do for the ledger's questions. */
export interface SqlReader {
  readonly dialect: Dialect;
  query(statement: Statement): Promise<SqlRow[]>;
  /** Several questions about one state of the ledger, with how far its sums reach in that state. */
  read<T>(work: (ask: (statement: Statement) => Promise<SqlRow[]>, extent: Extent) => Promise<T>): Promise<T>;
}

export type LedgerQueries = Pick<
  Ledger,
  | 'costs'
  | 'costsBy'
  | 'workflow'
  | 'workflows'
  | 'call'
  | 'run'
  | keyof EconomicQuestions
  | Exclude<keyof OperationQuestions, 'size'>
  | Extract<keyof PeopleQuestions, 'work' | 'answeredCalls'>
>;

const attemptsPerAnswerMax = 10_000;
const callsPerAnswerMax = 500;

/** The ledger's questions, asked of any engine that speaks a dialect. */
export function sqlQueries(reader: SqlReader): LedgerQueries {
  return {
    costs: (query) => costs(reader, query),
    costsBy: (query, groupings) => costsBy(reader, query, groupings),
    workflow: (name, range, detail) => workflow(reader, name, range, detail),
    workflows: (range) => workflows(reader, null, range),
    call: (callId) => attempts(reader, attemptsWhere('call_id', callId, attemptsPerAnswerMax, reader.dialect)),
    run: (runId) => run(reader, runId),
    ...economicQueries(reader),
    ...operationQueries(reader),
    ...peopleQueries(reader),
  };
}

async function workflows(reader: SqlReader, name: string | null, range: TimeRange): Promise<WorkflowFacts[]> {
  checkRange(range);
  const { dialect } = reader;
  return reader.read(async (ask, extent) => {
    const scope = { name, range, extent };
    const counts = await ask(workflowCounts(scope, dialect));
    const lines = await ask(workflowLines(scope, dialect));
    const outcomes = await ask(workflowOutcomes(scope, dialect));
    return readWorkflows({ counts, lines, outcomes });
  });
}

async function workflow(
  reader: SqlReader,
  name: string,
  range: TimeRange,
  detail: StageDetail | undefined,
): Promise<WorkflowFacts | null> {
  const [facts] = await workflows(reader, name, range);
  if (!facts || !detail) return facts ?? null;
  const calls = await newestCalls(reader, { workflow: name, stage: detail.stage, range }, detail);
  const [newest, oldest] = [calls[0], calls.at(-1)];
  if (!newest || !oldest) return facts;
  const callIds = calls.map(({ callId }) => callId);
  const callRange = { fromMs: oldest.startedAtMs, toMs: Math.min(range.toMs, newest.startedAtMs + callSpanMsMax) };
  const scope = { workflow: name, stage: detail.stage, range: callRange };
  const found = await attempts(reader, attemptsOfCalls(scope, callIds, reader.dialect));
  return withCalls(facts, detail.stage, callNodes(callIds, found));
}

/** Attempts of a call are shown when they began within this long of its first. */
const callSpanMsMax = 86_400_000;
const firstLookMs = 3_600_000;
/** Each look reaches this many times further back. */
const lookFactor = 12;

interface FirstAttempt {
  readonly callId: string;
  readonly startedAtMs: number;
}

/** Looks at the newest hour first and then ever further back, since what is shown is nearly always recent. */
async function newestCalls(reader: SqlReader, scope: StageScope, detail: StageDetail): Promise<FirstAttempt[]> {
  const limit = Math.min(Math.max(1, Math.trunc(detail.limit)), callsPerAnswerMax);
  const before = detail.beforeCallId === undefined ? null : await firstAttempt(reader, detail.beforeCallId);
  if (detail.beforeCallId !== undefined && !before) return [];
  const toMs = before ? Math.min(scope.range.toMs, before.startedAtMs + 1) : scope.range.toMs;
  for (let lookMs = firstLookMs; ; lookMs *= lookFactor) {
    const fromMs = Math.max(scope.range.fromMs, toMs - lookMs);
    const statement = stageCalls({ ...scope, range: { fromMs, toMs } }, limit, before, reader.dialect);
    const rows = await reader.query(statement);
    if (rows.length === limit || fromMs <= scope.range.fromMs) {
      return rows.map((row) => ({ callId: toText(row.call_id), startedAtMs: toNumber(row.started_at) }));
    }
  }
}

async function firstAttempt(reader: SqlReader, callId: string): Promise<FirstAttempt | null> {
  const [first] = await attempts(reader, attemptsWhere('call_id', callId, 1, reader.dialect));
  return first ? { callId, startedAtMs: first.startedAtMs } : null;
}

async function attempts(reader: SqlReader, statement: Statement): Promise<Attempt[]> {
  return (await reader.query(statement)).map(readAttempt);
}

async function run(reader: SqlReader, runId: string): Promise<RunFacts | null> {
  const { dialect } = reader;
  const [found, outcomes] = await Promise.all([
    attempts(reader, attemptsWhere('run', runId, attemptsPerAnswerMax, dialect)),
    reader.query(outcomesWhere('run', runId, dialect)),
  ]);
  if (found.length === 0 && outcomes.length === 0) return null;
  return { run: runId, attempts: found, outcomes: outcomes.map(readOutcome) };
}

/** Outcomes whose `column` is `value`; the last one is the one that counts. */
export function outcomesWhere(column: 'id' | 'run', value: string, dialect: Dialect): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const near = column === 'run' ? `run_key = ${parameters.bind(idKey(value))} AND ` : '';
  return parameters.statement(
    `SELECT * FROM outcomes WHERE ${near}${column} = ${parameters.bind(value)} ORDER BY happened_at, recorded_at, id`,
  );
}

export function readOutcome(row: SqlRow): Outcome {
  return {
    id: toText(row.id),
    run: toText(row.run),
    outcome: toText(row.outcome) as Outcome['outcome'],
    value: row.value === null ? null : fromPicos(toBigInt(row.value)),
    humanMinutes: row.human_minutes === null ? null : Number(row.human_minutes),
    role: row.role === null ? null : toText(row.role),
    csat: row.csat === null ? null : Number(row.csat),
    atMs: toNumber(row.happened_at),
    recordedAtMs: toNumber(row.recorded_at),
  };
}

import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import type { Attempt, Outcome } from '../../tree/index.ts';
import type { EconomicQuestions } from '../economic-questions.ts';
import type { CostAnswer, CostQuery, Ledger, RunFacts, StageDetail, TimeRange, WorkflowFacts } from '../ledger.ts';
import { readAttempt } from './attempt-columns.ts';
import { groupedCosts, readCostRow, totalCosts } from './cost-query.ts';
import type { Dialect } from './dialect.ts';
import { economicQueries } from './economic-queries.ts';
import { Parameters, type SqlRow, type Statement, toBigInt, toNumber, toText } from './sql-text.ts';
import { callNodes, readWorkflows, withCalls } from './workflow-facts.ts';
import {
  attemptsOfCalls,
  attemptsWhere,
  stageCalls,
  workflowCounts,
  workflowLines,
  workflowOutcomes,
} from './workflow-query.ts';

/** What a query engine must do for the ledger's questions. */
export interface SqlReader {
  readonly dialect: Dialect;
  query(statement: Statement): Promise<SqlRow[]>;
}

export type LedgerQueries = Pick<Ledger, 'costs' | 'workflow' | 'workflows' | 'call' | 'run' | keyof EconomicQuestions>;

const attemptsPerAnswerMax = 10_000;
const callsPerAnswerMax = 500;

/** The ledger's questions, asked of any engine that speaks a dialect. */
export function sqlQueries(reader: SqlReader): LedgerQueries {
  return {
    costs: (query) => costs(reader, query),
    workflow: (name, range, detail) => workflow(reader, name, range, detail),
    workflows: (range) => workflows(reader, null, range),
    call: (callId) => attempts(reader, attemptsWhere('call_id', callId, attemptsPerAnswerMax, reader.dialect)),
    run: (runId) => run(reader, runId),
    ...economicQueries(reader),
  };
}

async function costs(reader: SqlReader, query: CostQuery): Promise<CostAnswer> {
  checkRange(query.range);
  const [grouped, totals] = await Promise.all([
    reader.query(groupedCosts(query, reader.dialect)),
    reader.query(totalCosts(query, reader.dialect)),
  ]);
  const rows = grouped.map((row) => readCostRow(row, query.by));
  const groups = toNumber(grouped[0]?.row_groups);
  return { rows, total: readCostRow(totals[0] ?? {}, []), rowsLeftOut: groups - rows.length };
}

async function workflows(reader: SqlReader, name: string | null, range: TimeRange): Promise<WorkflowFacts[]> {
  checkRange(range);
  const { dialect } = reader;
  const [counts, lines, outcomes] = await Promise.all([
    reader.query(workflowCounts(name, range, dialect)),
    reader.query(workflowLines(name, range, dialect)),
    reader.query(workflowOutcomes(name, range, dialect)),
  ]);
  return readWorkflows({ counts, lines, outcomes });
}

async function workflow(
  reader: SqlReader,
  name: string,
  range: TimeRange,
  detail: StageDetail | undefined,
): Promise<WorkflowFacts | null> {
  const [facts] = await workflows(reader, name, range);
  if (!facts || !detail) return facts ?? null;
  const scope = { workflow: name, stage: detail.stage, range };
  const limit = Math.min(Math.max(1, Math.trunc(detail.limit)), callsPerAnswerMax);
  const rows = await reader.query(stageCalls(scope, limit, detail.beforeCallId ?? null, reader.dialect));
  const callIds = rows.map((row) => toText(row.call_id));
  if (callIds.length === 0) return facts;
  const found = await attempts(reader, attemptsOfCalls(scope, callIds, reader.dialect));
  return withCalls(facts, detail.stage, callNodes(callIds, found));
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
  return parameters.statement(
    `SELECT * FROM outcomes WHERE ${column} = ${parameters.bind(value)} ORDER BY happened_at, recorded_at, id`,
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

function checkRange({ fromMs, toMs }: TimeRange): void {
  if (Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs <= toMs) return;
  throw new BurnrateError('bad_request', { message: 'the range must end after it begins' });
}

import { BurnrateError } from '../../base/index.ts';
import { attributionNames } from '../../tree/index.ts';
import type { EconomicQuery, GroupedQuery } from '../economic-questions.ts';
import { type AnsweredCall, type PeopleQuestions, type WorkRow, workDimensions } from '../people-questions.ts';
import { attributionColumns, expressionOf } from './dimensions.ts';
import { filtersOf, rangeOf } from './filters.ts';
import { shareOfCalls } from './sample.ts';
import type { SqlReader } from './sql-queries.ts';
import { Parameters, type SqlRow, toNumber, toText } from './sql-text.ts';

const groupsMax = 10_000;
const callsMax = 10_000;

/** The questions of `people-questions.ts`, asked of any engine that speaks a dialect. */
export function peopleQueries(reader: SqlReader): Pick<PeopleQuestions, 'work' | 'answeredCalls'> {
  return {
    work: (query) => work(reader, query),
    answeredCalls: (query, share, limit) => answeredCalls(reader, query, { share, limit }),
  };
}

async function work({ dialect, query: ask }: SqlReader, query: GroupedQuery): Promise<WorkRow[]> {
  const parameters = new Parameters(dialect.placeholder);
  const expression = (name: string) => {
    const known = workDimensions.has(name) || name.startsWith('tag.');
    if (!known) throw new BurnrateError('bad_request', { message: `"${name}" is not a dimension of people's work` });
    return expressionOf(name, dialect, query, parameters);
  };
  const columns = query.by.map((name, index) => `${expression(name)} AS d${index}`);
  const groups = [...query.by.map((_, index) => `d${index}`), 'role', 'kind', 'decision'];
  const where = [rangeOf(query, parameters), ...filtersOf(query, dialect, parameters, expression)].join(' AND ');
  const rows = await ask(
    parameters.statement(`
    SELECT ${groups.join(', ')}, count(*) AS items, sum(minutes) AS minutes
    FROM (SELECT ${[...columns, 'role', 'kind', 'decision', 'minutes'].join(', ')} FROM human_work WHERE ${where}) AS done
    GROUP BY ${groups.join(', ')} ORDER BY minutes DESC, ${groups.join(', ')} LIMIT ${parameters.bind(groupsMax)}`),
  );
  return rows.map((row) => ({
    dimensions: Object.fromEntries(query.by.map((name, index) => [name, textOrNull(row[`d${index}`])])),
    role: textOrNull(row.role),
    kind: toText(row.kind),
    decision: toText(row.decision),
    items: toNumber(row.items),
    minutes: toNumber(row.minutes),
  }));
}

interface Sample {
  readonly share: number;
  readonly limit: number;
}

async function answeredCalls(
  { dialect, query: ask }: SqlReader,
  query: EconomicQuery,
  { share, limit }: Sample,
): Promise<AnsweredCall[]> {
  const parameters = new Parameters(dialect.placeholder);
  const expression = (name: string) => expressionOf(name, dialect, query, parameters);
  const where = [
    rangeOf(query, parameters),
    ...filtersOf(query, dialect, parameters, expression),
    shareOfCalls(share),
    'failure IS NULL',
  ].join(' AND ');
  const labels = attributionNames.map((name) => attributionColumns[name]);
  const rows = await ask(
    parameters.statement(`
    SELECT call_id, started_at, ${labels.join(', ')} FROM attempts WHERE ${where}
    ORDER BY started_at, attempt_id LIMIT ${parameters.bind(Math.min(limit, callsMax))}`),
  );
  return rows.map(readCall);
}

function readCall(row: SqlRow): AnsweredCall {
  const labels = attributionNames.flatMap((name) => {
    const value = row[attributionColumns[name]];
    return value === null || value === undefined ? [] : [[name, toText(value)]];
  });
  return { ...Object.fromEntries(labels), callId: toText(row.call_id), startedAtMs: toNumber(row.started_at) };
}

const textOrNull = (value: unknown) => (value === null || value === undefined ? null : toText(value));

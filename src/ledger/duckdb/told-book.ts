import type { DuckDBConnection } from '@duckdb/node-api';
import { attributionNames, type HumanWork } from '../../tree/index.ts';
import type { ToldUsage } from '../people-questions.ts';
import { attributionColumns } from '../sql/dimensions.ts';
import { idKey } from '../sql/id-key.ts';
import { Parameters, type SqlValue, toNumber, toText } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { forgetOutcomeDay } from './outcome-sums.ts';
import { runStatement } from './reader-pool.ts';

/** Work the product did not ask for: an outcome's minutes do not include it. */
const ofTheHouse = 'sample';

/** Keeps work people did, once for each id. @returns whether it was there before */
export async function recordWork(connection: DuckDBConnection, work: HumanWork): Promise<boolean> {
  const values: Readonly<Record<string, SqlValue>> = {
    ...{ id: work.id, kind: work.kind, decision: work.decision, call_id: work.callId, key_id: work.keyId },
    ...{ role: work.role, minutes: work.minutes, started_at: work.atMs, simulated: work.simulated },
    ...Object.fromEntries(attributionNames.map((name) => [attributionColumns[name], work[name] || null])),
    tags: work.tags ? JSON.stringify(work.tags) : null,
  };
  const names = Object.keys(values);
  const rows = await runStatement(connection, {
    text: `INSERT INTO human_work (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})
      ON CONFLICT DO NOTHING RETURNING id`,
    parameters: Object.values(values),
  });
  if (rows.length === 0) return true;
  if (work.run && work.kind !== ofTheHouse) await takeOffOutcomes(connection, work.run, work.minutes);
  return false;
}

async function takeOffOutcomes(connection: DuckDBConnection, run: string, minutes: number): Promise<void> {
  const rows = await runStatement(connection, {
    text: `UPDATE outcomes SET reviewed_minutes = reviewed_minutes + $1 WHERE run_key = $2 AND run = $3 RETURNING run_began_at`,
    parameters: [minutes, idKey(run), run],
  });
  for (const { run_began_at: began } of rows) if (began !== null) await forgetOutcomeDay(connection, toNumber(began));
}

/** Minutes of reviews that were sent for a run so far. */
export async function readReviewedMinutes(connection: DuckDBConnection, run: string): Promise<number> {
  const [row] = await runStatement(connection, {
    text: 'SELECT coalesce(sum(minutes), 0) AS minutes FROM human_work WHERE run = $1 AND kind <> $2',
    parameters: [run, ofTheHouse],
  });
  return toNumber(row?.minutes);
}

/** What of a batch is new, and what contradicts what was told before. */
export async function sortTold(
  connection: DuckDBConnection,
  told: readonly ToldUsage[],
): Promise<{ fresh: readonly ToldUsage[]; conflicts: readonly string[] }> {
  const known = await contentsOf(connection, told);
  const fresh: ToldUsage[] = [];
  const conflicts: string[] = [];
  for (const each of told) {
    const content = known.get(each.id);
    if (content === undefined) {
      known.set(each.id, each.content);
      fresh.push(each);
    } else if (content !== each.content) conflicts.push(each.id);
  }
  return { fresh, conflicts };
}

async function contentsOf(connection: DuckDBConnection, told: readonly ToldUsage[]): Promise<Map<string, string>> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const ids = parameters.bind(told.map(({ id }) => id));
  const statement = parameters.statement(`SELECT id, content FROM told_usage WHERE id IN (SELECT unnest(${ids}))`);
  const rows = await runStatement(connection, statement);
  return new Map(rows.map((row) => [toText(row.id), toText(row.content)]));
}

/** Notes what was told, in the transaction that appends its attempts. */
export async function noteTold(connection: DuckDBConnection, told: readonly ToldUsage[]): Promise<void> {
  const parameters = new Parameters(duckDbDialect.placeholder);
  const ids = parameters.bind(told.map(({ id }) => id));
  const contents = parameters.bind(told.map(({ content }) => content));
  const times = parameters.bind(told.map(({ attempt }) => `${attempt.startedAtMs}`));
  await runStatement(
    connection,
    parameters.statement(
      `INSERT INTO told_usage SELECT unnest(${ids}), unnest(${contents}), CAST(unnest(${times}) AS BIGINT)`,
    ),
  );
}

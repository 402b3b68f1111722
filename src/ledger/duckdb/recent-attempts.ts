import type { DuckDBConnection } from '@duckdb/node-api';
import type { Attempt } from '../../tree/index.ts';
import { type RememberedAttempt, rememberedIdsMin } from '../sql/attempt-marks.ts';
import { type SqlRow, toNumber, toText } from '../sql/sql-text.ts';
import { runStatement } from './reader-pool.ts';

/** What a ledger that opens must remember of the newest attempts to tell first ones from further ones, oldest first. */
export async function readRecent(connection: DuckDBConnection, sinceMs: number): Promise<RememberedAttempt[]> {
  const rows = await runStatement(connection, {
    text: `SELECT call_id, run, interaction, session_id, workflow, stage, reason, failure, model_served, started_at, run_began_at
      FROM attempts WHERE started_at >= $1 ORDER BY started_at DESC LIMIT ${rememberedIdsMin}`,
    parameters: [sinceMs],
  });
  return rows.reverse().map(readIds);
}

function readIds(row: SqlRow): RememberedAttempt {
  return {
    callId: toText(row.call_id),
    run: toText(row.run),
    interaction: toText(row.interaction),
    session: toText(row.session_id),
    workflow: toText(row.workflow),
    stage: toText(row.stage),
    reason: toText(row.reason) as Attempt['reason'],
    failure: (row.failure as Attempt['failure']) ?? null,
    modelServed: toText(row.model_served),
    startedAtMs: toNumber(row.started_at),
    runBeganAtMs: row.run_began_at === null ? null : toNumber(row.run_began_at),
  };
}

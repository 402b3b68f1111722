import type { DuckDBConnection } from '@duckdb/node-api';
import type { Outcome } from '../../tree/index.ts';
import type { OutcomeResult } from '../ledger.ts';
import { sameContent } from '../same-content.ts';
import type { MarkedAttempt } from '../sql/attempt-marks.ts';
import { idKey } from '../sql/id-key.ts';
import { outcomesWhere, readOutcome } from '../sql/sql-queries.ts';
import { type SqlRow, toNumber, toText } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { runStatement } from './reader-pool.ts';

/** Runs with outcomes but no attempt yet that are waited for; of more, the oldest are given up. */
const awaitedRunsMax = 100_000;

interface RunStart {
  readonly beganAtMs: number;
  readonly workflow: string;
}

/**
 * Outcomes beside what their run's first attempt tells, so that counting them reads no attempts. An outcome that comes
 * before its run waits for it. All methods are to be run inside a transaction of the connection.
 */
export class OutcomeBook {
  readonly #connection: DuckDBConnection;
  readonly #awaited: Set<string>;

  private constructor(connection: DuckDBConnection, awaited: Set<string>) {
    this.#connection = connection;
    this.#awaited = awaited;
  }

  static async open(connection: DuckDBConnection): Promise<OutcomeBook> {
    const rows = await runStatement(connection, {
      text: `SELECT run FROM outcomes WHERE run_began_at IS NULL ORDER BY recorded_at DESC LIMIT ${awaitedRunsMax}`,
      parameters: [],
    });
    return new OutcomeBook(connection, new Set(rows.reverse().map((row) => toText(row.run))));
  }

  /** Idempotent by id; of several outcomes of one run the latest by `atMs` counts. */
  async record(outcome: Outcome): Promise<OutcomeResult> {
    const [row] = await runStatement(this.#connection, outcomesWhere('id', outcome.id, duckDbDialect));
    const recorded = row ? readOutcome(row) : null;
    if (recorded && !sameContent(recorded, outcome)) return { ok: false, reason: 'outcome_conflict', recorded };
    const start = await this.#startOf(outcome.run);
    if (!recorded) await this.#insert(outcome, start);
    return { ok: true, outcome: recorded ?? outcome, repeated: recorded !== null, runKnown: start !== null };
  }

  /** Ties outcomes that waited for runs which begin in this batch. */
  async runsBegan(rows: readonly MarkedAttempt[]): Promise<void> {
    if (this.#awaited.size === 0) return;
    for (const { attempt, marks } of rows) {
      if (!marks.newRun || !this.#awaited.has(attempt.run)) continue;
      await this.#query(
        'UPDATE outcomes SET run_began_at = $1, workflow = $2 WHERE run_key = $3 AND run = $4 AND run_began_at IS NULL',
        [attempt.startedAtMs, attempt.workflow ?? '', idKey(attempt.run), attempt.run],
      );
      this.#awaited.delete(attempt.run);
    }
  }

  async #startOf(run: string): Promise<RunStart | null> {
    const [row] = await this.#query(
      `SELECT started_at, coalesce(workflow, '') AS workflow FROM attempts
       WHERE run_key = $1 AND run = $2 ORDER BY new_run DESC, started_at LIMIT 1`,
      [idKey(run), run],
    );
    return row ? { beganAtMs: toNumber(row.started_at), workflow: toText(row.workflow) } : null;
  }

  async #insert(outcome: Outcome, start: RunStart | null): Promise<void> {
    await this.#query(
      `INSERT INTO outcomes (id, run, outcome, value, human_minutes, role, csat, happened_at, recorded_at, run_key, counts,
         run_began_at, workflow) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false, $11, $12)`,
      [
        outcome.id,
        outcome.run,
        outcome.outcome,
        outcome.value?.picos ?? null,
        outcome.humanMinutes,
        outcome.role,
        outcome.csat,
        outcome.atMs,
        outcome.recordedAtMs,
        idKey(outcome.run),
        start?.beganAtMs ?? null,
        start?.workflow ?? null,
      ],
    );
    await this.#settleWhichCounts(outcome.run);
    if (!start) this.#await(outcome.run);
  }

  /** The order in `outcomesWhere` says which one counts: the last. */
  async #settleWhichCounts(run: string): Promise<void> {
    const rows = await runStatement(this.#connection, outcomesWhere('run', run, duckDbDialect));
    const lastId = toText(rows.at(-1)?.id);
    for (const row of rows) {
      const counts = toText(row.id) === lastId;
      if (row.counts !== counts)
        await this.#query('UPDATE outcomes SET counts = $1 WHERE id = $2', [counts, toText(row.id)]);
    }
  }

  #await(run: string): void {
    this.#awaited.add(run);
    if (this.#awaited.size <= awaitedRunsMax) return;
    const [oldest] = this.#awaited;
    if (oldest !== undefined) this.#awaited.delete(oldest);
  }

  #query(text: string, parameters: readonly (string | number | bigint | boolean | null)[]): Promise<SqlRow[]> {
    return runStatement(this.#connection, { text, parameters });
  }
}

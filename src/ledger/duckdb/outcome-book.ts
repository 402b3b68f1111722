import type { DuckDBConnection } from '@duckdb/node-api';
import type { Outcome } from '../../tree/index.ts';
import type { OutcomeResult } from '../ledger.ts';
import { sameContent } from '../same-content.ts';
import type { MarkedAttempt } from '../sql/attempt-marks.ts';
import { idKey } from '../sql/id-key.ts';
import { runLabels } from '../sql/outcome-rows.ts';
import { outcomesWhere, readOutcome } from '../sql/sql-queries.ts';
import { type SqlRow, type SqlValue, toNumber, toText } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { forgetOutcomeDay } from './outcome-sums.ts';
import { runStatement } from './reader-pool.ts';
import { readReviewedMinutes } from './told-book.ts';

/** Runs with outcomes but no attempt yet that are waited for; of more, the oldest are given up. */
const awaitedRunsMax = 100_000;

/** Kept beside an outcome: when its run began and what its first attempt says. */
const startColumns: readonly string[] = ['run_began_at', ...runLabels.filter((name) => name !== 'run')];
const startOfAttempt = startColumns.map((name) =>
  name === 'run_began_at'
    ? 'started_at AS run_began_at'
    : name === 'workflow'
      ? "coalesce(workflow, '') AS workflow"
      : name,
);

type RunStart = readonly SqlValue[];
/** The first of `startColumns`. */
const beginning = (start: RunStart): number => toNumber(start[0]);

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
      await this.#tieTo(attempt.run);
      this.#awaited.delete(attempt.run);
    }
  }

  async #tieTo(run: string): Promise<void> {
    const start = await this.#startOf(run);
    if (!start) return;
    const values = startColumns.map((name, index) => `${name} = $${index + 1}`).join(', ');
    const [key, id] = [start.length + 1, start.length + 2];
    await this.#query(
      `UPDATE outcomes SET ${values} WHERE run_key = $${key} AND run = $${id} AND run_began_at IS NULL`,
      [...start, idKey(run), run],
    );
    await forgetOutcomeDay(this.#connection, beginning(start));
  }

  async #startOf(run: string): Promise<RunStart | null> {
    const [row] = await this.#query(
      `SELECT ${startOfAttempt.join(', ')} FROM attempts
       WHERE run_key = $1 AND run = $2 ORDER BY new_run DESC, started_at LIMIT 1`,
      [idKey(run), run],
    );
    return row ? startColumns.map((name) => row[name] as SqlValue) : null;
  }

  async #insert(outcome: Outcome, start: RunStart | null): Promise<void> {
    const values = {
      id: outcome.id,
      run: outcome.run,
      outcome: outcome.outcome,
      value: outcome.value?.picos ?? null,
      human_minutes: outcome.humanMinutes,
      role: outcome.role,
      csat: outcome.csat,
      happened_at: outcome.atMs,
      recorded_at: outcome.recordedAtMs,
      run_key: idKey(outcome.run),
      counts: false,
      reviewed_minutes: outcome.humanMinutes ? await readReviewedMinutes(this.#connection, outcome.run) : 0,
      ...Object.fromEntries(startColumns.map((name, index) => [name, start?.[index] ?? null])),
    };
    const names = Object.keys(values);
    await this.#query(
      `INSERT INTO outcomes (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(values),
    );
    await this.#settleWhichCounts(outcome.run);
    if (start) await forgetOutcomeDay(this.#connection, beginning(start));
    else this.#await(outcome.run);
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

  #query(text: string, parameters: readonly SqlValue[]): Promise<SqlRow[]> {
    return runStatement(this.#connection, { text, parameters });
  }
}

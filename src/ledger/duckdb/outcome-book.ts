import type { DuckDBConnection } from '@duckdb/node-api';
import type { Outcome } from '../../tree/index.ts';
import type { OutcomeResult } from '../ledger.ts';
import { sameContent } from '../same-content.ts';
import { type MarkedAttempt, Recent, rememberedIdsMin } from '../sql/attempt-marks.ts';
import { idKey } from '../sql/id-key.ts';
import { listNames, modelList, runLabels } from '../sql/outcome-rows.ts';
import { outcomesWhere, readOutcome } from '../sql/sql-queries.ts';
import { type SqlRow, type SqlValue, toNumber, toText } from '../sql/sql-text.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { forgetOutcomeDay } from './outcome-sums.ts';
import { runStatement } from './reader-pool.ts';
import { readReviewedMinutes } from './told-book.ts';

/** Runs with outcomes but no attempt yet that are waited for; of more, the oldest are given up. */
const awaitedRunsMax = 100_000;
/** Attempts of a run that are looked at for the models that answered in it. */
const attemptsMax = 10_000;

/** Kept beside an outcome: when its run began and what its first attempt says. */
const firstColumns: readonly string[] = ['run_began_at', ...runLabels.filter((name) => name !== 'run')];
const startColumns: readonly string[] = [...firstColumns, modelList];
const startOfAttempt = firstColumns.map((name) =>
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
  /** Runs that ended lately, which another model may still answer in. */
  readonly #ended = new Recent<true>();

  private constructor(
    connection: DuckDBConnection,
    { awaited, ended }: Record<'awaited' | 'ended', readonly string[]>,
  ) {
    this.#connection = connection;
    this.#awaited = new Set(awaited);
    for (const run of ended) this.#ended.set(run, true);
  }

  static async open(connection: DuckDBConnection): Promise<OutcomeBook> {
    const newest = async (condition: string, limit: number) => {
      const text = `SELECT run FROM outcomes WHERE ${condition} ORDER BY recorded_at DESC LIMIT ${limit}`;
      const rows = await runStatement(connection, { text, parameters: [] });
      return rows.reverse().map((row) => toText(row.run));
    };
    return new OutcomeBook(connection, {
      awaited: await newest('run_began_at IS NULL', awaitedRunsMax),
      ended: await newest('run_began_at IS NOT NULL', rememberedIdsMin),
    });
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

  /** Ties outcomes that waited for runs which begin in this batch, and has those of ended runs know models that answer only now. */
  async runsWentOn(rows: readonly MarkedAttempt[]): Promise<void> {
    for (const { attempt, marks } of rows) {
      if (marks.newRun && this.#awaited.has(attempt.run)) {
        await this.#tie(attempt.run);
        this.#awaited.delete(attempt.run);
      } else if (marks.newRunWithModel && !marks.newRun && this.#ended.get(attempt.run)) await this.#tie(attempt.run);
    }
  }

  async #tie(run: string): Promise<void> {
    const start = await this.#startOf(run);
    if (!start) return;
    const values = startColumns.map((name, index) => `${name} = $${index + 1}`).join(', ');
    const [key, id] = [start.length + 1, start.length + 2];
    await this.#query(`UPDATE outcomes SET ${values} WHERE run_key = $${key} AND run = $${id}`, [
      ...start,
      idKey(run),
      run,
    ]);
    this.#ended.set(run, true);
    await forgetOutcomeDay(this.#connection, beginning(start));
  }

  async #startOf(run: string): Promise<RunStart | null> {
    const rows = await this.#query(
      `SELECT ${startOfAttempt.join(', ')}, model_served FROM attempts
       WHERE run_key = $1 AND run = $2 ORDER BY new_run DESC, started_at LIMIT ${attemptsMax}`,
      [idKey(run), run],
    );
    const [first] = rows;
    if (!first) return null;
    const models = rows.flatMap((row) => (row.model_served === null ? [] : [toText(row.model_served)]));
    return [...firstColumns.map((name) => first[name] as SqlValue), listNames(models)];
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
    if (!start) return this.#await(outcome.run);
    this.#ended.set(outcome.run, true);
    await forgetOutcomeDay(this.#connection, beginning(start));
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

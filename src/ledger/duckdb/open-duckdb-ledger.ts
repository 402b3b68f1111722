import type { DuckDBConnection } from '@duckdb/node-api';
import { BurnrateError, type Clock } from '../../base/index.ts';
import { addUsd, fromPicos, type Usd } from '../../money/index.ts';
import type { Attempt, Outcome, ShipBatch } from '../../tree/index.ts';
import type { Ledger, LedgerPulse, OutcomeResult, RetentionRule } from '../ledger.ts';
import { sameContent } from '../same-content.ts';
import { type LedgerQueries, outcomesWhere, readOutcome, sqlQueries } from '../sql/sql-queries.ts';
import { Parameters, type SqlRow, type SqlValue, toBigInt, toNumber, toText } from '../sql/sql-text.ts';
import { costOfAttempts } from '../sql/workflow-facts.ts';
import { appendAttempts } from './attempt-appender.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { foldBoundary, foldDays } from './fold-days.ts';
import { type OwnedInstance, openInstance } from './instance.ts';
import { ReaderPool, runStatement } from './reader-pool.ts';
import { schemaStatements } from './schema.ts';

export interface DuckDbLedgerOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  readonly clock: Clock;
  /** How long to wait for a killed predecessor to let go of the file; 5 s when absent. */
  readonly lockWaitMs?: number;
  /** Memory the engine may use; 1,024 MB when absent. */
  readonly memoryMaxMb?: number;
  /** Threads the engine may use; 2 when absent. */
  readonly threads?: number;
}

const defaults = { lockWaitMs: 5_000, memoryMaxMb: 1_024, threads: 2 };
const readers = 3;
/** Writes that wait for the one before; more are refused. */
const writesWaitingMax = 256;

/**
 * Opens or creates the ledger in one file, owned by this process.
 * @throws BurnrateError LEDGER_LOCKED when it is open elsewhere, LEDGER_UNAVAILABLE when it cannot be read
 */
export async function openDuckDbLedger(options: DuckDbLedgerOptions): Promise<Ledger> {
  const owned = await openInstance({ ...defaults, ...options });
  try {
    const writer = await owned.instance.connect();
    for (const statement of schemaStatements) await writer.run(statement);
    const pool = await ReaderPool.open(owned.instance, readers);
    const [sums] = await runStatement(writer, { text: pulseText, parameters: [] });
    return new DuckDbLedger(owned, writer, pool, options.clock, sums ?? {});
  } catch (cause) {
    owned.close();
    throw cause;
  }
}

const pulseText = 'SELECT coalesce(sum(attempts), 0) AS attempts, coalesce(sum(cost), 0) AS cost FROM facts';

class DuckDbLedger implements Ledger {
  readonly costs: LedgerQueries['costs'];
  readonly workflow: LedgerQueries['workflow'];
  readonly workflows: LedgerQueries['workflows'];
  readonly call: LedgerQueries['call'];
  readonly run: LedgerQueries['run'];
  readonly traffic: LedgerQueries['traffic'];
  readonly endings: LedgerQueries['endings'];
  readonly retries: LedgerQueries['retries'];
  readonly runs: LedgerQueries['runs'];
  readonly history: LedgerQueries['history'];
  readonly #owned: OwnedInstance;
  readonly #writer: DuckDBConnection;
  readonly #readers: ReaderPool;
  readonly #clock: Clock;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #writesWaiting = 0;
  #attempts: number;
  #cost: Usd;
  #lastAppendedAtMs: number | null = null;
  #version = 0;
  #closed = false;

  constructor(owned: OwnedInstance, writer: DuckDBConnection, pool: ReaderPool, clock: Clock, sums: SqlRow) {
    this.#owned = owned;
    this.#writer = writer;
    this.#readers = pool;
    this.#clock = clock;
    this.#attempts = toNumber(sums.attempts);
    this.#cost = fromPicos(toBigInt(sums.cost));
    const queries = sqlQueries({
      dialect: duckDbDialect,
      query: (statement) => this.#guard(() => pool.query(statement)),
    });
    this.costs = queries.costs;
    this.workflow = queries.workflow;
    this.workflows = queries.workflows;
    this.call = queries.call;
    this.run = queries.run;
    this.traffic = queries.traffic;
    this.endings = queries.endings;
    this.retries = queries.retries;
    this.runs = queries.runs;
    this.history = queries.history;
  }

  append(batch: ShipBatch): Promise<number> {
    return this.#write(async () => {
      const watermark = await this.#readWatermark(batch.journalId);
      if (batch.lastSequence <= watermark) return watermark;
      const fresh = batch.afterSequence === watermark ? batch.attempts : await this.#onlyNew(batch.attempts);
      await this.#transact(async () => {
        await appendAttempts(this.#writer, fresh);
        await this.#query(
          'INSERT INTO watermarks VALUES ($1, $2) ON CONFLICT (journal_id) DO UPDATE SET last_sequence = excluded.last_sequence',
          [batch.journalId, batch.lastSequence],
        );
      });
      this.#noteAppended(fresh);
      return batch.lastSequence;
    });
  }

  watermark(journalId: string): Promise<number> {
    return this.#write(() => this.#readWatermark(journalId));
  }

  recordOutcome(outcome: Outcome): Promise<OutcomeResult> {
    return this.#write(async () => {
      const [row] = await runStatement(this.#writer, outcomesWhere('id', outcome.id, duckDbDialect));
      const recorded = row ? readOutcome(row) : null;
      if (recorded && !sameContent(recorded, outcome)) return { ok: false, reason: 'outcome_conflict', recorded };
      if (!recorded) await this.#insertOutcome(outcome);
      const runKnown = await this.#isRunKnown(outcome.run);
      return { ok: true, outcome: recorded ?? outcome, repeated: recorded !== null, runKnown };
    });
  }

  pulse(): Promise<LedgerPulse> {
    return Promise.resolve({
      attempts: this.#attempts,
      cost: this.#cost,
      lastAppendedAtMs: this.#lastAppendedAtMs,
      version: this.#version,
    });
  }

  applyRetention(rule: RetentionRule, nowMs: number): Promise<{ readonly attemptsDeleted: number }> {
    return this.#write(async () => {
      const boundaryMs = foldBoundary(nowMs, rule.keepAttemptsMs);
      const attemptsDeleted = await this.#transact(() => foldDays(this.#writer, boundaryMs));
      if (attemptsDeleted > 0) this.#version += 1;
      return { attemptsDeleted };
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#lastWrite;
    this.#readers.close();
    this.#writer.closeSync();
    this.#owned.close();
  }

  /** One write at a time, in the order they came. */
  #write<T>(work: () => Promise<T>): Promise<T> {
    if (this.#writesWaiting >= writesWaitingMax) return Promise.reject(unavailable('too many writes wait'));
    this.#writesWaiting += 1;
    const result = this.#lastWrite.then(() => this.#guard(work));
    this.#lastWrite = result.then(
      () => this.#finishWrite(),
      () => this.#finishWrite(),
    );
    return result;
  }

  #finishWrite(): void {
    this.#writesWaiting -= 1;
  }

  /** Gives what the engine throws a code. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailable('the ledger is closed');
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof BurnrateError || cause instanceof TypeError) throw cause;
      throw codedFailure(cause);
    }
  }

  async #transact<T>(work: () => Promise<T>): Promise<T> {
    await this.#writer.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.#writer.run('COMMIT');
      return result;
    } catch (cause) {
      // A commit that failed has ended the transaction itself; then there is nothing to roll back.
      await this.#writer.run('ROLLBACK').catch(() => undefined);
      throw cause;
    }
  }

  #query(text: string, parameters: readonly SqlValue[]): Promise<SqlRow[]> {
    return runStatement(this.#writer, { text, parameters });
  }

  async #readWatermark(journalId: string): Promise<number> {
    const [row] = await this.#query('SELECT last_sequence FROM watermarks WHERE journal_id = $1', [journalId]);
    return toNumber(row?.last_sequence);
  }

  /** Leaves out attempts that are here already, for a batch that overlaps what was appended. */
  async #onlyNew(attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
    if (attempts.length === 0) return attempts;
    const times = attempts.map((attempt) => attempt.startedAtMs);
    const parameters = new Parameters(duckDbDialect.placeholder);
    const earliest = parameters.bind(times.reduce((a, b) => Math.min(a, b)));
    const latest = parameters.bind(times.reduce((a, b) => Math.max(a, b)));
    const attemptIds = attempts.map((attempt) => attempt.attemptId);
    const statement = parameters.statement(`
      SELECT attempt_id FROM attempts WHERE started_at >= ${earliest} AND started_at <= ${latest}
        AND attempt_id IN (SELECT unnest(${parameters.bind(attemptIds)}))`);
    const known = new Set((await runStatement(this.#writer, statement)).map((row) => toText(row.attempt_id)));
    return attempts.filter((attempt) => !known.has(attempt.attemptId));
  }

  #insertOutcome(outcome: Outcome): Promise<SqlRow[]> {
    this.#version += 1;
    return this.#query('INSERT INTO outcomes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      outcome.id,
      outcome.run,
      outcome.outcome,
      outcome.value?.picos ?? null,
      outcome.humanMinutes,
      outcome.role,
      outcome.csat,
      outcome.atMs,
      outcome.recordedAtMs,
    ]);
  }

  async #isRunKnown(run: string): Promise<boolean> {
    return (await this.#query('SELECT 1 AS known FROM attempts WHERE run = $1 LIMIT 1', [run])).length > 0;
  }

  #noteAppended(attempts: readonly Attempt[]): void {
    this.#attempts += attempts.length;
    this.#cost = addUsd(this.#cost, costOfAttempts(attempts));
    this.#lastAppendedAtMs = this.#clock.nowMs();
    this.#version += 1;
  }
}

function codedFailure(cause: unknown): BurnrateError {
  const text = cause instanceof Error ? cause.message : String(cause);
  // The engine refuses a value the caller gave, a time zone it does not know for one.
  if (/^(Conversion|Invalid Input|Not implemented)/.test(text))
    return new BurnrateError('bad_request', { message: text, cause });
  return new BurnrateError('LEDGER_UNAVAILABLE', { message: text, cause, retryAfterMs: 500 });
}

function unavailable(message: string): BurnrateError {
  return new BurnrateError('LEDGER_UNAVAILABLE', { message, retryAfterMs: 500 });
}

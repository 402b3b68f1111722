import type { DuckDBConnection } from '@duckdb/node-api';
import { BurnrateError, type Clock } from '../../base/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { Attempt, HumanWork, Outcome, ShipBatch } from '../../tree/index.ts';
import type { Ledger, LedgerPulse, OutcomeResult, RetentionRule } from '../ledger.ts';
import type { LedgerSize } from '../operation-questions.ts';
import type { ToldUsage, ToldUsageResult } from '../people-questions.ts';
import { AttemptMarker } from '../sql/attempt-marks.ts';
import { hourMs } from '../sql/rollups.ts';
import { type LedgerQueries, sqlQueries } from '../sql/sql-queries.ts';
import { Parameters, type SqlRow, type SqlValue, toNumber, toText } from '../sql/sql-text.ts';
import { costOfAttempts } from '../sql/workflow-facts.ts';
import { appendAttempts } from './attempt-appender.ts';
import { codedFailure, unavailable } from './coded-failure.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import { foldDays } from './fold-days.ts';
import { isLost, type OwnedInstance, openInstance } from './instance.ts';
import { migrate } from './migrate.ts';
import { OutcomeBook } from './outcome-book.ts';
import { ReaderPool, runStatement } from './reader-pool.ts';
import { readRecent } from './recent-attempts.ts';
import { between, readExtent, rollUp, sumAttempts, sumWeeks } from './roll-up.ts';
import { schemaStatements } from './schema.ts';
import { readSize } from './size.ts';
import { noteTold, recordWork, sortTold } from './told-book.ts';

export interface DuckDbLedgerOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  readonly clock: Clock;
  /** How long to wait for a killed predecessor to let go of the file; 5 s when absent. */
  readonly lockWaitMs?: number;
  /** Called once the engine has given its file up (a disk full in a checkpoint does that): only opening it anew helps. */
  readonly onLost?: (cause: Error) => void;
}

const lockWaitMsUsual = 5_000;
const readers = 3;
/** Ids used longer ago are not looked up again when a ledger opens. */
const rememberedSpanMs = 86_400_000;
/** Writes that wait for the one before; more are refused. */
const writesWaitingMax = 256;

/** Attempts that are not summed yet; from this many on they are, so that questions read few single ones. */
const unsummedMax = 50_000;
/** Attempts are written when they end, so the newest minutes still fill up; they are summed after this long. */
const settleMs = 15 * 60_000;
/** The same when there are very many: what comes later for a summed time is added to its sums one by one. */
const settleMsMin = 60_000;

/**
 * Opens or creates the ledger in one file, owned by this process.
 * @throws BurnrateError LEDGER_LOCKED when it is open elsewhere, LEDGER_UNAVAILABLE when it cannot be read
 */
export async function openDuckDbLedger(options: DuckDbLedgerOptions): Promise<Ledger> {
  const owned = await openInstance({ lockWaitMs: lockWaitMsUsual, ...options });
  try {
    const writer = await owned.instance.connect();
    await migrate(writer);
    for (const statement of schemaStatements) await writer.run(statement);
    const pool = await ReaderPool.open(owned.instance, readers);
    const book = await OutcomeBook.open(writer);
    const ledger = new DuckDbLedger(owned, writer, pool, book, options);
    await ledger.begin();
    return ledger;
  } catch (cause) {
    owned.close();
    throw cause;
  }
}

class DuckDbLedger implements Ledger {
  readonly costs: LedgerQueries['costs'];
  readonly costsBy: LedgerQueries['costsBy'];
  readonly workflow: LedgerQueries['workflow'];
  readonly workflows: LedgerQueries['workflows'];
  readonly call: LedgerQueries['call'];
  readonly run: LedgerQueries['run'];
  readonly traffic: LedgerQueries['traffic'];
  readonly users: LedgerQueries['users'];
  readonly cohorts: LedgerQueries['cohorts'];
  readonly repetitions: LedgerQueries['repetitions'];
  readonly repeats: LedgerQueries['repeats'];
  readonly endings: LedgerQueries['endings'];
  readonly retries: LedgerQueries['retries'];
  readonly runs: LedgerQueries['runs'];
  readonly durations: LedgerQueries['durations'];
  readonly history: LedgerQueries['history'];
  readonly newestCalls: LedgerQueries['newestCalls'];
  readonly newestRuns: LedgerQueries['newestRuns'];
  readonly performance: LedgerQueries['performance'];
  readonly lines: LedgerQueries['lines'];
  readonly work: LedgerQueries['work'];
  readonly answeredCalls: LedgerQueries['answeredCalls'];
  readonly #owned: OwnedInstance;
  readonly #writer: DuckDBConnection;
  readonly #readers: ReaderPool;
  readonly #clock: Clock;
  readonly #onLost: (cause: Error) => void;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #writesWaiting = 0;
  #attempts = 0;
  #cost: Usd = zeroUsd;
  #lastAppendedAtMs: number | null = null;
  readonly #book: OutcomeBook;
  readonly #marker = new AttemptMarker();
  #rolledToMs = 0;
  #newestMs = 0;
  #unsummed = 0;
  #summing = false;
  #version = 0;
  #closed = false;

  constructor(
    owned: OwnedInstance,
    writer: DuckDBConnection,
    pool: ReaderPool,
    book: OutcomeBook,
    { clock, onLost = () => undefined }: DuckDbLedgerOptions,
  ) {
    this.#owned = owned;
    this.#writer = writer;
    this.#readers = pool;
    this.#book = book;
    this.#clock = clock;
    this.#onLost = onLost;
    const queries = sqlQueries({
      dialect: duckDbDialect,
      query: (statement) => this.#guard(() => pool.query(statement)),
      read: (work) =>
        this.#guard(() =>
          pool.read(async (connection) =>
            work((statement) => runStatement(connection, statement), await readExtent(connection)),
          ),
        ),
    });
    this.costs = queries.costs;
    this.costsBy = queries.costsBy;
    this.workflow = queries.workflow;
    this.workflows = queries.workflows;
    this.call = queries.call;
    this.run = queries.run;
    this.traffic = queries.traffic;
    this.users = queries.users;
    this.cohorts = queries.cohorts;
    this.repetitions = queries.repetitions;
    this.repeats = queries.repeats;
    this.endings = queries.endings;
    this.retries = queries.retries;
    this.runs = queries.runs;
    this.durations = queries.durations;
    this.history = queries.history;
    this.newestCalls = queries.newestCalls;
    this.newestRuns = queries.newestRuns;
    this.performance = queries.performance;
    this.lines = queries.lines;
    this.work = queries.work;
    this.answeredCalls = queries.answeredCalls;
  }

  /** Reads what a running ledger keeps in mind, and sums what its predecessor left. */
  async begin(): Promise<void> {
    const [newest] = await this.#query('SELECT coalesce(max(started_at), 0) AS newest FROM attempts', []);
    this.#newestMs = toNumber(newest?.newest);
    this.#rolledToMs = (await readExtent(this.#writer)).rolledToMs;
    await this.#sumBacklog();
    await this.#transact(() => sumWeeks(this.#writer));
    this.#marker.remember(await readRecent(this.#writer, this.#newestMs - rememberedSpanMs));
    const everything = { range: { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, by: [], where: {} } as const;
    const { total } = await this.costs(everything);
    this.#attempts = total.attempts;
    this.#cost = total.cost;
  }

  async #sumBacklog(): Promise<void> {
    const untilMs = this.#newestMs - settleMs;
    while (this.#rolledToMs < untilMs) await this.#sumStep(untilMs);
    const rest = await this.#query('SELECT count(*) AS rows FROM attempts WHERE started_at >= $1', [this.#rolledToMs]);
    this.#unsummed = toNumber(rest[0]?.rows);
  }

  async #sumStep(untilMs: number): Promise<void> {
    this.#rolledToMs = await this.#transact(() => rollUp(this.#writer, untilMs));
  }

  append(batch: ShipBatch): Promise<number> {
    return this.#write(async () => {
      const watermark = await this.#readWatermark(batch.journalId);
      if (batch.lastSequence <= watermark) return watermark;
      const fresh = batch.afterSequence === watermark ? batch.attempts : await this.#onlyNew(batch.attempts);
      await this.#appendNew(fresh, () =>
        this.#query(
          'INSERT INTO watermarks VALUES ($1, $2) ON CONFLICT (journal_id) DO UPDATE SET last_sequence = excluded.last_sequence',
          [batch.journalId, batch.lastSequence],
        ),
      );
      return batch.lastSequence;
    });
  }

  /** Rows, their sums and what says that they are there, in one transaction. */
  async #appendNew(fresh: readonly Attempt[], note: () => Promise<unknown>): Promise<void> {
    const marked = this.#marker.mark(fresh);
    await this.#transact(async () => {
      await appendAttempts(this.#writer, marked.rows);
      await this.#addToSums(fresh);
      await this.#book.runsWentOn(marked.rows);
      await note();
    });
    marked.keep();
    this.#noteAppended(fresh);
  }

  recordUsage(told: readonly ToldUsage[]): Promise<ToldUsageResult> {
    return this.#write(async () => {
      const { fresh, conflicts } = await sortTold(this.#writer, told);
      if (conflicts.length > 0) return { ok: false, conflicts };
      const attempts = fresh.map(({ attempt }) => attempt);
      if (fresh.length > 0) await this.#appendNew(attempts, () => noteTold(this.#writer, fresh));
      return { ok: true, recorded: fresh.length, repeated: told.length - fresh.length };
    });
  }

  recordWork(work: HumanWork): Promise<{ readonly repeated: boolean }> {
    return this.#write(async () => {
      const repeated = await this.#transact(() => recordWork(this.#writer, work));
      if (!repeated) this.#version += 1;
      return { repeated };
    });
  }

  watermark(journalId: string): Promise<number> {
    return this.#write(() => this.#readWatermark(journalId));
  }

  recordOutcome(outcome: Outcome): Promise<OutcomeResult> {
    return this.#write(async () => {
      const result = await this.#transact(() => this.#book.record(outcome));
      if (result.ok && !result.repeated) this.#version += 1;
      return result;
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
      const attemptsDeleted = await this.#transact(() => foldDays(this.#writer, rule, nowMs));
      this.#rolledToMs = (await readExtent(this.#writer)).rolledToMs;
      if (attemptsDeleted > 0) this.#version += 1;
      return { attemptsDeleted };
    });
  }

  size(): Promise<LedgerSize> {
    return this.#guard(() => readSize(this.#owned.path, (statement) => this.#readers.query(statement)));
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
      if (isLost(cause)) this.#onLost(cause);
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

  /** Attempts for a time that is summed already are added to its sums in the transaction that brings them. */
  async #addToSums(attempts: readonly Attempt[]): Promise<void> {
    const late = attempts.filter((attempt) => attempt.startedAtMs < this.#rolledToMs);
    if (late.length === 0) return;
    const times = late.map((attempt) => attempt.startedAtMs);
    const [fromMs, toMs] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b)) + 1];
    const attemptIds = late.map((attempt) => attempt.attemptId);
    await sumAttempts(
      this.#writer,
      (parameters) =>
        `${between(fromMs, toMs, parameters)} AND attempt_id IN (SELECT unnest(${parameters.bind(attemptIds)}))`,
    );
  }

  /** Sums what has settled, in turn with other writes. A step that fails is tried again later; questions read attempts till then. */
  #sumSoon(): void {
    const crowded = this.#unsummed >= unsummedMax;
    const untilMs = Math.min(this.#newestMs, this.#clock.nowMs()) - (crowded ? settleMsMin : settleMs);
    const hourEnded = Math.floor(untilMs / hourMs) > Math.floor(this.#rolledToMs / hourMs);
    if (this.#summing || untilMs <= this.#rolledToMs || !(crowded || hourEnded)) return;
    this.#summing = true;
    const step = this.#write(async () => {
      await this.#sumStep(untilMs);
      this.#unsummed = 0;
    });
    const ended = () => {
      this.#summing = false;
    };
    step.then(ended, ended);
  }

  #noteAppended(attempts: readonly Attempt[]): void {
    this.#attempts += attempts.length;
    this.#cost = addUsd(this.#cost, costOfAttempts(attempts));
    this.#lastAppendedAtMs = this.#clock.nowMs();
    this.#version += 1;
    this.#unsummed += attempts.length;
    for (const { startedAtMs } of attempts) this.#newestMs = Math.max(this.#newestMs, startedAtMs);
    this.#sumSoon();
  }
}

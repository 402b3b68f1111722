import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { BurnrateError, type Clock, idSource, type Random, seededRandom, systemClock } from '../../base/index.ts';
import { type OpenTrace, readTrace } from './read-trace.ts';
import { requestOf } from './replay-request.ts';
import type { ReplayOptions, ReplayProgress, ReplaySummary } from './replay-types.ts';
import { Sample } from './sample.ts';
import { type RecordEnd, type SendOptions, sendRecord } from './send-record.ts';
import type { ReadPosition } from './trace-lines.ts';
import type { TraceRecord } from './trace-record.ts';

const concurrencyDefault = 256;
const progressEveryMs = 100;
const retryForMsDefault = 120_000;

/**
 * Sends a recorded trace through a gateway over HTTP, paced by its timestamps. Every record ends exactly once; records
 * whose connection is lost (a gateway that is killed and comes back) are sent again. A gateway that cannot keep up is
 * not spared: the replay falls behind and says by how much.
 * @throws BurnrateError TRACE_INVALID for a file that is no trace, with the line; records before it have been sent
 */
export async function replayTrace(options: ReplayOptions): Promise<ReplaySummary> {
  const replay = new Replay(options);
  return replay.run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #speed: number;
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #sending: SendOptions;
  readonly #position: ReadPosition = { bytesRead: 0, bytesTotal: 0 };
  readonly #failures = new Map<string, number>();
  readonly #lags: Sample;
  readonly #latencies: Sample;
  readonly #runPrefix: string;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #asked = { input: 0, output: 0 };
  readonly #received = { input: 0, cachedInput: 0, output: 0 };
  #records = 0;
  #completed = 0;
  #failed = 0;
  #retries = 0;
  #retried = 0;
  #usageAbsent = 0;
  #lagMs = 0;
  #startedMs = 0;
  #firstAtMs: number | null = null;
  #lastAtMs = 0;
  #progressAtMs = Number.NEGATIVE_INFINITY;
  #freed: () => void = () => undefined;

  constructor(options: ReplayOptions) {
    const target = targetOf(options.target);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? seededRandom(1);
    this.#speed = checkSpeed(options.speed ?? 1);
    this.#basePath = target.pathname.replace(/\/$/, '');
    this.#pool = new Pool(target.origin, { connections: this.#concurrency, pipelining: 1 });
    this.#lags = new Sample(this.#random);
    this.#latencies = new Sample(this.#random);
    this.#runPrefix = idSource(this.#clock).next('replay');
    this.#sending = {
      pool: this.#pool,
      kind: options.kind ?? 'openai',
      retryForMs: options.retryForMs ?? retryForMsDefault,
      clock: this.#clock,
      random: this.#random,
      signal: ownSignal(options.signal),
      onRetry: () => {
        this.#retries++;
      },
    };
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? concurrencyDefault;
  }

  async run(): Promise<ReplaySummary> {
    try {
      const trace = await readTrace(this.#options.source, this.#options.format ?? 'auto', this.#position);
      this.#startedMs = this.#clock.monotonicMs();
      await this.#sendAll(trace);
      this.#reportProgress(true);
      return this.#summary(trace);
    } finally {
      await Promise.allSettled(this.#inFlight);
      await this.#pool.destroy();
    }
  }

  async #sendAll(trace: OpenTrace): Promise<void> {
    const limit = this.#options.limit ?? Number.POSITIVE_INFINITY;
    for await (const record of trace.records) {
      if (this.#records >= limit || this.#sending.signal.aborted) break;
      const dueMs = this.#dueMs(record);
      await this.#waitUntil(dueMs);
      while (this.#inFlight.size >= this.#concurrency) await this.#slot();
      if (this.#sending.signal.aborted) break;
      this.#lagMs = Number.isFinite(this.#speed) ? Math.max(0, this.#clock.monotonicMs() - dueMs) : 0;
      this.#lags.add(this.#lagMs);
      this.#launch(record);
      this.#reportProgress(false);
    }
    while (this.#inFlight.size > 0) {
      await this.#slot();
      this.#reportProgress(false);
    }
  }

  #launch(record: TraceRecord): void {
    this.#records++;
    this.#asked.input += record.inputTokens;
    this.#asked.output += record.outputTokens;
    const streamed = record.stream ?? this.#random.next() < (this.#options.streamShare ?? 0);
    const attribution = { run: `${this.#runPrefix}-${record.line}`, ...this.#options.attribution };
    const request = requestOf(record, { ...this.#options, attribution }, this.#basePath, streamed);
    const sentMs = this.#clock.monotonicMs();
    const sent: Promise<void> = sendRecord(request, this.#sending).then((end) => {
      this.#latencies.add(this.#clock.monotonicMs() - sentMs);
      this.#count(end);
      this.#inFlight.delete(sent);
      this.#freed();
    });
    this.#inFlight.add(sent);
  }

  #count(end: RecordEnd): void {
    if (end.sends > 1) this.#retried++;
    if (!end.ok) {
      this.#failed++;
      this.#failures.set(end.reason, (this.#failures.get(end.reason) ?? 0) + 1);
      return;
    }
    this.#completed++;
    if (end.usage === null) this.#usageAbsent++;
    this.#received.input += end.usage?.inputTokens ?? 0;
    this.#received.cachedInput += end.usage?.cachedInputTokens ?? 0;
    this.#received.output += end.usage?.outputTokens ?? 0;
  }

  /** Monotonic time at which a record is to go out. A timestamp that steps back is due at once. */
  #dueMs(record: TraceRecord): number {
    this.#firstAtMs ??= record.atMs;
    this.#lastAtMs = Math.max(this.#lastAtMs, record.atMs);
    return this.#startedMs + (record.atMs - this.#firstAtMs) / this.#speed;
  }

  async #waitUntil(dueMs: number): Promise<void> {
    for (let leftMs = dueMs - this.#clock.monotonicMs(); leftMs > 1; leftMs = dueMs - this.#clock.monotonicMs()) {
      if (this.#sending.signal.aborted) return;
      await sleep(Math.min(leftMs, progressEveryMs), undefined, { signal: this.#sending.signal }).catch(
        () => undefined,
      );
      this.#reportProgress(false);
    }
  }

  #slot(): Promise<void> {
    return new Promise((resolve) => {
      this.#freed = resolve;
    });
  }

  #reportProgress(atEnd: boolean): void {
    const { onProgress } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    if (!onProgress || (!atEnd && nowMs - this.#progressAtMs < progressEveryMs)) return;
    this.#progressAtMs = nowMs;
    const progress: ReplayProgress = {
      ...this.#position,
      records: this.#records,
      completed: this.#completed,
      failed: this.#failed,
      retries: this.#retries,
      inFlight: this.#inFlight.size,
      lagMs: this.#lagMs,
    };
    onProgress(progress);
  }

  #summary(trace: OpenTrace): ReplaySummary {
    return {
      format: trace.format,
      records: this.#records,
      completed: this.#completed,
      failed: this.#failed,
      failures: Object.fromEntries(this.#failures),
      retries: this.#retries,
      retried: this.#retried,
      tokensAsked: this.#asked,
      tokensReceived: this.#received,
      usageAbsent: this.#usageAbsent,
      wallMs: this.#clock.monotonicMs() - this.#startedMs,
      traceMs: this.#firstAtMs === null ? 0 : this.#lastAtMs - this.#firstAtMs,
      lagMs: this.#lags.quantiles(),
      latencyMs: this.#latencies.quantiles(),
      aborted: this.#sending.signal.aborted,
    };
  }
}

/** A signal of the replay's own, on which every request in flight may listen. */
function ownSignal(outer: AbortSignal | undefined): AbortSignal {
  const signal = AbortSignal.any(outer ? [outer] : []);
  setMaxListeners(0, signal);
  return signal;
}

function targetOf(target: string): URL {
  const url = URL.parse(target);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new BurnrateError('bad_request', { message: `the target must be an http URL, not ${JSON.stringify(target)}` });
}

function checkSpeed(speed: number): number {
  if (speed > 0) return speed;
  throw new BurnrateError('bad_request', { message: `the speed must be above 0, not ${speed}` });
}

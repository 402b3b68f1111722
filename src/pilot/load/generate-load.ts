import { Pool } from 'undici';
import { type Clock, systemClock } from '../../base/index.ts';

export interface LoadOptions {
  /** Full URL. */
  readonly target: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connections, each with one request in flight. */
  readonly connections: number;
  /** Ends after this many requests, or … */
  readonly requests?: number;
  /** … after this long, whichever comes first; one must be given. */
  readonly durationMs?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface LoadQuantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers by status, and `connection` for those without one. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly perSecond: number;
  readonly bytes: number;
  /** Body chunks received, for streams. */
  readonly chunks: number;
  readonly latencyMs: LoadQuantiles;
  readonly firstByteMs: LoadQuantiles;
}

interface Tally {
  started: number;
  bytes: number;
  chunks: number;
  readonly byStatus: Record<string, number>;
  readonly latencies: number[];
  readonly firstBytes: number[];
}

/** Sends the same request over and over on a fixed number of connections (a closed loop) and measures. */
export async function generateLoad(options: LoadOptions): Promise<LoadResult> {
  const clock = options.clock ?? systemClock;
  const url = new URL(options.target);
  const pool = new Pool(url.origin, { connections: options.connections, pipelining: 1 });
  const tally: Tally = { started: 0, bytes: 0, chunks: 0, byStatus: {}, latencies: [], firstBytes: [] };
  const startedMs = clock.monotonicMs();
  const goOn = (): boolean =>
    options.signal?.aborted !== true &&
    tally.started < (options.requests ?? Number.POSITIVE_INFINITY) &&
    clock.monotonicMs() - startedMs <
      (options.durationMs ?? (options.requests === undefined ? 0 : Number.POSITIVE_INFINITY));
  const lane = async (): Promise<void> => {
    while (goOn()) {
      tally.started++;
      await sendOne(pool, url, options, clock, tally);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, lane));
  const wallMs = clock.monotonicMs() - startedMs;
  await pool.close();
  return summary(tally, wallMs);
}

function sendOne(pool: Pool, url: URL, options: LoadOptions, clock: Clock, tally: Tally): Promise<void> {
  const sentMs = clock.monotonicMs();
  return new Promise((resolve) => {
    let status = 0;
    pool.dispatch(
      {
        path: url.pathname + url.search,
        method: options.method ?? 'POST',
        headers: { 'content-type': 'application/json', ...options.headers },
        body: options.body ?? null,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart(_controller, statusCode) {
          status = statusCode;
          tally.firstBytes.push(clock.monotonicMs() - sentMs);
        },
        onResponseData(_controller, chunk) {
          tally.bytes += chunk.length;
          tally.chunks++;
        },
        onResponseEnd() {
          tally.byStatus[status] = (tally.byStatus[status] ?? 0) + 1;
          tally.latencies.push(clock.monotonicMs() - sentMs);
          resolve();
        },
        onResponseError() {
          tally.byStatus.connection = (tally.byStatus.connection ?? 0) + 1;
          resolve();
        },
      },
    );
  });
}

function summary(tally: Tally, wallMs: number): LoadResult {
  return {
    requests: tally.started,
    byStatus: tally.byStatus,
    wallMs,
    perSecond: wallMs === 0 ? 0 : (tally.latencies.length / wallMs) * 1_000,
    bytes: tally.bytes,
    chunks: tally.chunks,
    latencyMs: quantiles(tally.latencies),
    firstByteMs: quantiles(tally.firstBytes),
  };
}

function quantiles(values: number[]): LoadQuantiles {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

import { Pool } from 'undici';

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  /** Sorted latencies to the last byte, ms. */
  readonly latenciesMs: readonly number[];
}

export interface LoadOptions {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
}

/** Closed-loop load: each connection sends its next request when the last one's final byte has come. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const pool = new Pool(options.origin, { connections: options.connections, pipelining: 1 });
  const latenciesMs: number[] = [];
  let failures = 0;
  const startMs = performance.now();
  const endMs = startMs + options.durationMs;
  const client = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      const ok = await once(pool, options);
      if (ok) latenciesMs.push(performance.now() - sentMs);
      else failures++;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, client));
  const seconds = (performance.now() - startMs) / 1_000;
  await pool.close();
  latenciesMs.sort((a, b) => a - b);
  return { requests: latenciesMs.length, failures, seconds, latenciesMs };
}

/** One request read to its end; a refused connection or an error status is a failure that the table shows. */
async function once(pool: Pool, options: LoadOptions): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: options.path,
      headers: options.headers,
      body: options.body,
    });
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    return statusCode === 200 && bytes > 0;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

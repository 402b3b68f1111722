import { type Dispatcher, errors, Pool } from 'undici';
import { BurnrateError } from '../../base/index.ts';
import { limits } from '../limits.ts';
import type { GatewaySettings, ProviderSettings } from '../settings.ts';

export interface UpstreamRequest {
  readonly provider: ProviderSettings;
  readonly method: string;
  /** Path and query below the origin. */
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer;
  readonly headersTimeoutMs: number;
}

/** What reads the answer as it comes. */
export interface AnswerSink {
  onHead(status: number, statusMessage: string, headers: Dispatcher.DispatchController['rawHeaders']): void;
  /** @returns false to pause until `resume` */
  onBytes(chunk: Buffer): boolean;
}

export type UpstreamEnd =
  | { readonly kind: 'complete' }
  /** `sent` is false when no byte of the request can have reached the provider. */
  | { readonly kind: 'failed'; readonly sent: boolean; readonly error: BurnrateError; readonly cause: Error }
  | { readonly kind: 'aborted'; readonly sent: boolean };

/** One request on its way. */
export interface Sending {
  readonly end: Promise<UpstreamEnd>;
  resume(): void;
  /** Gives the request up; the connection is closed. */
  abort(): void;
}

/** Connections to the providers, bounded per origin. */
export class Upstream {
  readonly #pools = new Map<string, { pool: Pool; active: number }>();
  readonly #settings: Pick<GatewaySettings, 'connectTimeoutMs' | 'idleTimeoutMs' | 'concurrentCallsMax'>;

  constructor(settings: Pick<GatewaySettings, 'connectTimeoutMs' | 'idleTimeoutMs' | 'concurrentCallsMax'>) {
    this.#settings = settings;
  }

  /** @throws BurnrateError overloaded when too many requests to this origin wait for a connection */
  admit(provider: ProviderSettings): void {
    const active = this.#poolOf(provider).active;
    if (active < limits.connectionsMax + limits.waitingMax) return;
    throw new BurnrateError('overloaded', {
      message: `Too many requests wait for a connection to "${provider.name}".`,
      retryAfterMs: limits.overloadedRetryAfterMs,
    });
  }

  send(request: UpstreamRequest, sink: AnswerSink): Sending {
    const entry = this.#poolOf(request.provider);
    entry.active++;
    const handler = new SinkHandler(sink);
    const end = handler.end.finally(() => {
      entry.active--;
    });
    entry.pool.dispatch(
      {
        path: request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: hasBody(request) ? request.body : null,
        headersTimeout: request.headersTimeoutMs,
        bodyTimeout: this.#settings.idleTimeoutMs,
      },
      handler,
    );
    return { end, resume: () => handler.resume(), abort: () => handler.abort() };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()));
  }

  #poolOf(provider: ProviderSettings): { pool: Pool; active: number } {
    const known = this.#pools.get(provider.origin);
    if (known) return known;
    const pool = new Pool(provider.origin, {
      connections: limits.connectionsMax,
      pipelining: 1,
      connect: { timeout: this.#settings.connectTimeoutMs },
      maxHeaderSize: limits.answerHeaderBytesMax,
    });
    const entry = { pool, active: 0 };
    this.#pools.set(provider.origin, entry);
    return entry;
  }
}

function hasBody(request: UpstreamRequest): boolean {
  return request.body.length > 0 || request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH';
}

class AbortedByUs extends Error {
  override readonly name = 'AbortedByUs';
}

class SinkHandler implements Dispatcher.DispatchHandler {
  readonly end: Promise<UpstreamEnd>;
  readonly #sink: AnswerSink;
  #settle: (end: UpstreamEnd) => void = () => undefined;
  #controller: Dispatcher.DispatchController | null = null;
  #abortWanted = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
    this.end = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#abortWanted = true;
    this.#controller?.abort(new AbortedByUs());
    // Still waiting for a connection: there is nothing to cut, and when its turn comes it is dropped unsent.
    if (!this.#controller) this.#settle({ kind: 'aborted', sent: false });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#abortWanted) controller.abort(new AbortedByUs());
    else this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, message = ''): void {
    if (status >= 200) this.#sink.onHead(status, message, controller.rawHeaders);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#sink.onBytes(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#settle({ kind: 'complete' });
  }

  onResponseError(_controller: unknown, cause: Error): void {
    const sent = this.#controller !== null;
    if (cause instanceof AbortedByUs) this.#settle({ kind: 'aborted', sent });
    else this.#settle({ kind: 'failed', sent, error: failureOf(cause), cause });
  }
}

function failureOf(cause: Error): BurnrateError {
  if (cause instanceof errors.HeadersTimeoutError) {
    return new BurnrateError('upstream_timeout', { message: 'The provider did not begin its answer in time.', cause });
  }
  if (cause instanceof errors.BodyTimeoutError) {
    return new BurnrateError('upstream_timeout', { message: 'The provider fell silent in mid-answer.', cause });
  }
  if (cause instanceof errors.ConnectTimeoutError) {
    return new BurnrateError('upstream_timeout', { message: 'Connecting to the provider took too long.', cause });
  }
  if (cause instanceof errors.InvalidArgumentError) {
    return new BurnrateError('bad_request', { message: `The request cannot be sent on: ${cause.message}.`, cause });
  }
  return new BurnrateError('upstream_failed', { message: `The provider ${reasonOf(cause)}.`, cause });
}

/** A system's error code says enough; messages may hold addresses, which are nobody's secret but of no use to clients. */
function reasonOf(cause: Error): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `cannot be reached (${code})`;
  if (code.startsWith('HPE_')) return 'sent something that is not HTTP';
  return `broke off the connection${code === '' ? '' : ` (${code})`}`;
}

import type { ServerResponse } from 'node:http';
import { BurnrateError } from '../../base/index.ts';
import type { Coordinator, IdempotentState, KeptAnswer } from '../../coordination/index.ts';
import type { Exchange, Stage } from '../exchange.ts';
import { limits } from '../limits.ts';

/**
 * Answers a repeated `Idempotency-Key` with the answer of the first request: billed once. One that failed is forgotten,
 * so that it can be tried again.
 */
export class Idempotency {
  readonly #coordinator: Coordinator;
  readonly #running = new Map<Exchange, { readonly id: string; readonly recording: Recording }>();

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator;
  }

  /** @throws BurnrateError idempotency_conflict, idempotency_in_flight, bad_request, overloaded */
  readonly stage: Stage = (exchange) => {
    const key = exchange.req.headers['idempotency-key'];
    if (key === undefined || exchange.understanding.operation.billing === 'free') return;
    if (Buffer.byteLength(String(key)) > limits.idempotencyKeyBytesMax) {
      throw new BurnrateError('bad_request', {
        message: `The Idempotency-Key is longer than ${limits.idempotencyKeyBytesMax} bytes.`,
      });
    }
    const id = `${exchange.caller.keyId}\u0000${key}`;
    const known = this.#coordinator.beginIdempotent(id, exchange.prompt.fingerprint);
    if (known instanceof Promise) return known.then((state) => this.#proceed(exchange, id, state));
    this.#proceed(exchange, id, known);
  };

  #proceed(exchange: Exchange, id: string, known: IdempotentState): void {
    if (known.state === 'first') this.#running.set(exchange, { id, recording: new Recording(exchange.res) });
    else if (known.state === 'answered') replay(exchange, known.answer);
    else throw refusal(known.state);
  }

  /** The request is over: a good answer is kept, a bad one forgotten. */
  leave(exchange: Exchange): void {
    const run = this.#running.get(exchange);
    if (!run) return;
    this.#running.delete(exchange);
    const { attempt } = exchange;
    const good = attempt !== null && attempt.failure === null && attempt.status >= 200 && attempt.status < 300;
    const answer = good && !exchange.gone ? run.recording.answer() : null;
    if (answer) this.#coordinator.endIdempotent(run.id, { state: 'answered', answer });
    else this.#coordinator.endIdempotent(run.id, { state: good ? 'unkept' : 'failed' });
  }
}

function refusal(state: 'running' | 'unkept' | 'conflict'): BurnrateError {
  if (state === 'conflict') {
    return new BurnrateError('idempotency_conflict', {
      message: 'This Idempotency-Key was used with another request.',
    });
  }
  const message =
    state === 'running'
      ? 'The first request with this Idempotency-Key still runs.'
      : 'The request with this Idempotency-Key was answered, and its answer was too large to keep or nobody read it.';
  return new BurnrateError('idempotency_in_flight', { message, retryAfterMs: limits.contendedRetryAfterMs });
}

function replay(exchange: Exchange, { status, headers, body }: KeptAnswer): void {
  exchange.res.writeHead(status, [...headers, 'idempotent-replayed', 'true']);
  exchange.res.end(body);
  exchange.answered = true;
}

/** Listens to what is written to a client, up to a bound. */
class Recording {
  #bytes = 0;
  #status = 0;
  #headers: readonly unknown[] = [];
  #chunks: Buffer[] = [];
  #ended = false;
  #tooLarge = false;

  constructor(res: ServerResponse) {
    const head = res.writeHead.bind(res) as (...given: unknown[]) => ServerResponse;
    const write = res.write.bind(res) as (...given: unknown[]) => boolean;
    const end = res.end.bind(res) as (...given: unknown[]) => ServerResponse;
    res.writeHead = ((...given: unknown[]) => {
      this.#status = given[0] as number;
      this.#headers = given.at(-1) as readonly unknown[];
      return head(...given);
    }) as ServerResponse['writeHead'];
    res.write = ((...given: unknown[]) => {
      this.#keep(given[0]);
      return write(...given);
    }) as ServerResponse['write'];
    res.end = ((...given: unknown[]) => {
      this.#keep(given[0]);
      this.#ended = true;
      return end(...given);
    }) as ServerResponse['end'];
  }

  /** Null when it did not end, or is too large. */
  answer(): KeptAnswer | null {
    if (!this.#ended || this.#tooLarge) return null;
    return { status: this.#status, headers: this.#headers as readonly string[], body: Buffer.concat(this.#chunks) };
  }

  #keep(chunk: unknown): void {
    // `end` with a chunk writes it itself, not through `write`.
    if (this.#ended || this.#tooLarge || chunk === undefined) return;
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    this.#bytes += bytes.length;
    this.#chunks.push(bytes);
    if (this.#bytes <= limits.idempotentAnswerBytesMax) return;
    this.#tooLarge = true;
    this.#chunks = [];
    this.#bytes = 0;
  }
}

import type { ServerResponse } from 'node:http';
import { BurnrateError, type Clock } from '../../base/index.ts';
import type { Exchange, Stage } from '../exchange.ts';
import { limits } from '../limits.ts';

interface Kept {
  readonly fingerprint: string;
  readonly atMs: number;
  /** Null while the first request runs, and afterwards when its answer could not be kept. */
  answer: Recording | null;
  running: boolean;
}

/**
 * Answers a repeated `Idempotency-Key` with the answer of the first request: billed once. Answers are kept in this
 * process's memory; one that failed is forgotten, so that it can be tried again.
 */
export class Idempotency {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #running = new Map<Exchange, { readonly id: string; readonly recording: Recording }>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws BurnrateError idempotency_conflict, idempotency_in_flight, bad_request */
  readonly stage: Stage = (exchange) => {
    const key = exchange.req.headers['idempotency-key'];
    if (key === undefined || exchange.understanding.operation.billing === 'free') return;
    if (Buffer.byteLength(String(key)) > limits.idempotencyKeyBytesMax) {
      throw new BurnrateError('bad_request', {
        message: `The Idempotency-Key is longer than ${limits.idempotencyKeyBytesMax} bytes.`,
      });
    }
    const id = `${exchange.caller.keyId}\u0000${key}`;
    const known = this.#find(id);
    if (known) this.#repeat(exchange, known);
    else this.#start(exchange, id);
  };

  #find(id: string): Kept | null {
    const known = this.#kept.get(id);
    if (!known || known.running || this.#clock.monotonicMs() - known.atMs <= limits.idempotencyMs) return known ?? null;
    this.#drop(id);
    return null;
  }

  #repeat(exchange: Exchange, known: Kept): void {
    if (known.fingerprint !== exchange.prompt.fingerprint) {
      throw new BurnrateError('idempotency_conflict', {
        message: 'This Idempotency-Key was used with another request.',
      });
    }
    if (known.answer) {
      known.answer.replay(exchange.res);
      exchange.answered = true;
      return;
    }
    const message = known.running
      ? 'The first request with this Idempotency-Key still runs.'
      : 'The request with this Idempotency-Key was answered, and its answer was too large to keep or nobody read it.';
    throw new BurnrateError('idempotency_in_flight', { message, retryAfterMs: limits.contendedRetryAfterMs });
  }

  #start(exchange: Exchange, id: string): void {
    if (this.#kept.size >= limits.idempotentAnswersMax) this.#makeRoom(limits.idempotentBytesMax);
    const { fingerprint } = exchange.prompt;
    this.#kept.set(id, { fingerprint, atMs: this.#clock.monotonicMs(), answer: null, running: true });
    this.#running.set(exchange, { id, recording: new Recording(exchange.res) });
  }

  /** The request is over: a good answer is kept, a bad one forgotten. */
  leave(exchange: Exchange): void {
    const run = this.#running.get(exchange);
    if (!run) return;
    this.#running.delete(exchange);
    const kept = this.#kept.get(run.id);
    const { attempt } = exchange;
    const good = attempt !== null && attempt.failure === null && attempt.status >= 200 && attempt.status < 300;
    if (!kept || !good) {
      this.#drop(run.id);
      return;
    }
    kept.running = false;
    if (!run.recording.whole || exchange.gone) return;
    kept.answer = run.recording;
    this.#bytes += run.recording.bytes;
    this.#makeRoom(limits.idempotentBytesMax);
  }

  /** Forgets the oldest answers; requests that run are never forgotten. */
  #makeRoom(bytesMax: number): void {
    for (const [id, kept] of this.#kept) {
      if (this.#bytes <= bytesMax && this.#kept.size < limits.idempotentAnswersMax) return;
      if (!kept.running) this.#drop(id);
    }
  }

  #drop(id: string): void {
    this.#bytes -= this.#kept.get(id)?.answer?.bytes ?? 0;
    this.#kept.delete(id);
  }
}

/** Listens to what is written to a client, up to a bound. */
class Recording {
  bytes = 0;
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

  get whole(): boolean {
    return this.#ended && !this.#tooLarge;
  }

  #keep(chunk: unknown): void {
    // `end` with a chunk writes it itself, not through `write`.
    if (this.#ended || this.#tooLarge || chunk === undefined) return;
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    this.bytes += bytes.length;
    this.#chunks.push(bytes);
    if (this.bytes <= limits.idempotentAnswerBytesMax) return;
    this.#tooLarge = true;
    this.#chunks = [];
    this.bytes = 0;
  }

  replay(res: ServerResponse): void {
    res.writeHead(this.#status, [...(this.#headers as string[]), 'idempotent-replayed', 'true']);
    res.end(Buffer.concat(this.#chunks));
  }
}

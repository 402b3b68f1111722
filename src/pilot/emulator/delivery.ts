import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, createBrotliCompress, createGzip, gzipSync } from 'node:zlib';
import type { Clock } from '../../base/index.ts';
import type { Controls, Frame, Generation } from './generation.ts';
import type { FaultKind } from './scenario.ts';
import type { Ticker } from './ticker.ts';
import type { Generated, Timeline } from './timeline.ts';

export interface DeliveryOptions {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly generation: Generation;
  readonly timeline: Timeline;
  readonly fault: FaultKind | null;
  readonly encoding: Controls['encoding'];
  readonly hangMs: number;
  readonly dripBytesPerSecond: number;
  readonly clock: Clock;
  readonly ticker: Ticker;
  /** Called once: with what was generated when it ended, and whether the client had left before. */
  readonly onEnd: (generated: Generated, disconnected: boolean) => void;
}

interface Sink {
  write(text: string): void;
  end(): void;
}

/** Bytes of a slow drip are written this often. */
const dripEveryMs = 50;
const garbage = Buffer.from(Array.from({ length: 2_048 }, (_, index) => (index * 197 + 131) & 255));

/** Gives one answer over time, with its fault if it has one, and reports what was generated exactly once. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #startedMs: number;
  readonly #whole: Generated;
  #cancelWait: () => void = () => undefined;
  #ended = false;
  #sink: Sink | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    const { visibleTokens, reasoningTokens } = options.generation;
    this.#whole = { visibleTokens, reasoningTokens };
  }

  start(): void {
    const { response, fault, timeline, generation } = this.#options;
    response.once('close', () => this.#closed());
    if (fault === 'timeout') {
      this.#hang();
      return;
    }
    const streams = generation.streamed && fault !== 'garbage';
    const firstMs = streams ? timeline.dueMs(0) : timeline.totalMs;
    this.#waitUntil(firstMs, () => (streams ? this.#stream() : this.#sendWhole()));
  }

  /** The answer in one piece, once all of it exists. */
  #sendWhole(): void {
    const { response, fault, generation } = this.#options;
    const text = generation.body(fault !== 'no-usage');
    switch (fault) {
      case 'malformed': {
        this.#sendBody(Buffer.from(text.slice(0, Math.floor(text.length * 0.6))));
        return;
      }
      case 'garbage': {
        this.#sendBody(garbage);
        return;
      }
      case 'half-open':
      case 'truncated':
        response.writeHead(200, {
          ...this.#options.headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        });
        response.write(text.slice(0, Math.floor(text.length / 2)));
        {
          if (fault === 'half-open') this.#hang();
          else this.#cut();
          return;
        }
      case 'slow-drip':
        this.#openSink('application/json');
        {
          this.#drip(text, 0);
          return;
        }
      default: {
        this.#sendBody(Buffer.from(text));
        return;
      }
    }
  }

  #sendBody(body: Buffer): void {
    const { response, headers, encoding } = this.#options;
    const bytes = encoding === 'gzip' ? gzipSync(body) : encoding === 'br' ? brotliCompressSync(body) : body;
    this.#settle(this.#whole, false);
    response.writeHead(200, {
      ...headers,
      'content-type': 'application/json',
      'content-length': bytes.length,
      ...(encoding ? { 'content-encoding': encoding } : {}),
    });
    response.end(bytes);
  }

  #stream(): void {
    const { generation, fault } = this.#options;
    this.#openSink(generation.streamType);
    const frames = generation.frames(fault !== 'no-usage');
    if (fault === 'slow-drip') {
      this.#drip([...frames].map((frame) => frame.text).join(''), 0);
      return;
    }
    this.#pump(frames[Symbol.iterator](), null);
  }

  /** Writes every frame that is due, then waits for the next. Frames due at once leave in one packet. */
  #pump(frames: Iterator<Frame>, pending: Frame | null): void {
    const { response, timeline, clock } = this.#options;
    // The socket is corked, not the response: that would merge the frames into one HTTP chunk.
    response.socket?.cork();
    let next = pending ?? nextFrame(frames);
    let isFirst = true;
    while (
      next &&
      (isFirst || timeline.dueMs(next.tokens) <= clock.monotonicMs() - this.#startedMs || timeline.totalMs === 0)
    ) {
      if (this.#faultAt(next)) return;
      this.#sink?.write(next.text);
      isFirst = false;
      next = nextFrame(frames);
    }
    if (!next) {
      this.#finish();
      return;
    }
    process.nextTick(() => response.socket?.uncork());
    const frame = next;
    this.#waitUntil(timeline.dueMs(frame.tokens), () => this.#pump(frames, frame));
  }

  /** Streams break once half of the tokens are out. Returns whether this one just did. */
  #faultAt(frame: Frame): boolean {
    const { fault, response, generation } = this.#options;
    if (fault === null || frame.tokens < generation.visibleTokens / 2 || frame.tokens === 0) return false;
    if (fault !== 'half-open' && fault !== 'truncated' && fault !== 'malformed' && fault !== 'stream-error')
      return false;
    if (fault === 'malformed') this.#sink?.write(frame.text.slice(0, Math.floor(frame.text.length / 2)));
    if (fault === 'stream-error') this.#sink?.write(generation.errorFrame());
    process.nextTick(() => response.socket?.uncork());
    if (fault === 'half-open') this.#hang();
    else this.#endEarly(fault === 'stream-error' ? { ...this.#whole, visibleTokens: frame.tokens } : this.#whole);
    return true;
  }

  #endEarly(generated: Generated): void {
    this.#settle(generated, false);
    this.#sink?.end();
  }

  #finish(): void {
    this.#settle(this.#whole, false);
    this.#sink?.end();
    const { response } = this.#options;
    process.nextTick(() => response.socket?.uncork());
  }

  #openSink(contentType: string): void {
    const { response, headers, encoding } = this.#options;
    const extra = encoding ? { 'content-encoding': encoding } : {};
    response.writeHead(200, { ...headers, 'content-type': contentType, 'cache-control': 'no-cache', ...extra });
    this.#sink = encoding
      ? compressed(response, encoding)
      : { write: (text) => response.write(text), end: () => response.end() };
  }

  #drip(text: string, from: number): void {
    const step = Math.max(1, Math.floor((this.#options.dripBytesPerSecond * dripEveryMs) / 1_000));
    this.#sink?.write(text.slice(from, from + step));
    if (from + step >= text.length) {
      this.#finish();
      return;
    }
    this.#cancelWait = this.#options.ticker.after(dripEveryMs, () => this.#drip(text, from + step));
  }

  /** Says nothing more; the client gives up, or the emulator does after `hangMs`. */
  #hang(): void {
    this.#cancelWait = this.#options.ticker.after(this.#options.hangMs, () => this.#cut());
  }

  #cut(): void {
    // The half that was written leaves before the connection breaks.
    setImmediate(() => this.#options.response.destroy());
  }

  #waitUntil(dueMs: number, task: () => void): void {
    const leftMs = dueMs - (this.#options.clock.monotonicMs() - this.#startedMs);
    if (leftMs <= 0 || dueMs === 0) {
      task();
      return;
    }
    this.#cancelWait = this.#options.ticker.after(leftMs, task);
  }

  #closed(): void {
    this.#cancelWait();
    const elapsedMs = this.#options.clock.monotonicMs() - this.#startedMs;
    // A provider that hangs never gets to its first token.
    const generated =
      this.#options.fault === 'timeout'
        ? { visibleTokens: 0, reasoningTokens: 0 }
        : this.#options.timeline.generatedAt(elapsedMs);
    this.#settle(generated, true);
  }

  #settle(generated: Generated, disconnected: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(generated, disconnected);
  }
}

function nextFrame(frames: Iterator<Frame>): Frame | null {
  const step = frames.next();
  return step.done === true ? null : step.value;
}

/** Compresses a stream, flushing after every frame so that none waits for the next. */
function compressed(response: ServerResponse, encoding: 'gzip' | 'br'): Sink {
  const squeeze = encoding === 'gzip' ? createGzip() : createBrotliCompress();
  const flush = encoding === 'gzip' ? constants.Z_SYNC_FLUSH : constants.BROTLI_OPERATION_FLUSH;
  squeeze.on('data', (chunk: Buffer) => response.write(chunk));
  squeeze.on('end', () => response.end());
  return {
    write(text) {
      squeeze.write(text);
      squeeze.flush(flush);
    },
    end: () => squeeze.end(),
  };
}

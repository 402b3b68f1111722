import { joinPieces } from '../join-pieces.ts';
import { limits } from '../limits.ts';
import { LineCutter } from './lines.ts';

/** Lets whole server-sent events through and keeps the begun one back, so that a stream can be ended between two. */
export class EventGate {
  readonly #lines: LineCutter;
  #event: Buffer[] = [];
  #out: Buffer[] = [];

  constructor() {
    this.#lines = new LineCutter(
      (line) => this.#onLine(line),
      // One too long to be looked at is not kept back either.
      (piece) => this.#out.push(...this.#event.splice(0), piece),
      limits.eventBytesMax,
    );
  }

  push(chunk: Buffer): Buffer {
    this.#lines.push(chunk);
    return this.#take();
  }

  /** What is left at the stream's own end. */
  end(): Buffer {
    this.#lines.end();
    this.#out.push(...this.#event.splice(0));
    return this.#take();
  }

  #onLine(line: Buffer): void {
    this.#event.push(line);
    if (line[0] === 0x0a || (line[0] === 0x0d && line.length <= 2)) this.#out.push(...this.#event.splice(0));
  }

  #take(): Buffer {
    const out = this.#out;
    this.#out = [];
    return joinPieces(out);
  }
}

import type { Observation } from '../exchange.ts';
import { isJsonSpace } from '../json-bytes.ts';
import { limits } from '../limits.ts';
import { LineCutter } from './lines.ts';
import type { Observer } from './observer.ts';
import type { StreamMeter } from './stream-meter.ts';

const dataField = Buffer.from('data:');

/** The value of a `data:` line without its terminator, or null for any other line. */
export function dataOf(line: Buffer): Buffer | null {
  if (line.length <= dataField.length || dataField.compare(line, 0, dataField.length) !== 0) return null;
  let start = dataField.length;
  let end = line.length;
  while (isJsonSpace(line[start])) start++;
  while (end > start && isJsonSpace(line[end - 1])) end--;
  return line.subarray(start, end);
}

/** Observes server-sent events. The providers put one JSON object into one `data:` line. */
export class EventStreamObserver implements Observer {
  readonly #meter: StreamMeter;
  readonly #lines: LineCutter;

  constructor(meter: StreamMeter) {
    this.#meter = meter;
    this.#lines = new LineCutter(
      (line) => {
        const data = dataOf(line);
        if (data && data.length > 0) meter.onEvent(data);
      },
      () => undefined,
      limits.eventBytesMax,
    );
  }

  push(chunk: Buffer): boolean {
    this.#lines.push(chunk);
    return true;
  }

  end(): Observation {
    this.#lines.end();
    return this.#meter.end();
  }
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const quote = 0x22;
const backslash = 0x5c;

/** Observes a JSON array that arrives object by object, as Gemini streams without `alt=sse`. */
export class JsonArrayObserver implements Observer {
  readonly #meter: StreamMeter;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(meter: StreamMeter) {
    this.#meter = meter;
  }

  push(chunk: Buffer): boolean {
    let start = this.#depth > 0 ? 0 : -1;
    for (let i = 0; i < chunk.length; i++) {
      const change = this.#step(chunk[i] as number);
      if (change === 'opened') start = i;
      else if (change === 'closed') {
        this.#hold(chunk.subarray(start, i + 1));
        this.#emit();
        start = -1;
      }
    }
    if (start !== -1) this.#hold(chunk.subarray(start));
    return true;
  }

  /** Follows one byte; tells when a top-level object opens or closes. */
  #step(byte: number): 'opened' | 'closed' | null {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inString = false;
      return null;
    }
    if (byte === quote) this.#inString = true;
    else if (byte === openBrace) return this.#depth++ === 0 ? 'opened' : null;
    else if (byte === closeBrace && this.#depth > 0) return --this.#depth === 0 ? 'closed' : null;
    return null;
  }

  #hold(bytes: Buffer): void {
    if (this.#heldBytes <= limits.eventBytesMax) this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #emit(): void {
    if (this.#heldBytes <= limits.eventBytesMax) this.#meter.onEvent(Buffer.concat(this.#held, this.#heldBytes));
    this.#held = [];
    this.#heldBytes = 0;
  }

  end(): Observation {
    return this.#meter.end();
  }
}

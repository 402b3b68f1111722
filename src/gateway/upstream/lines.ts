const newline = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Cuts a byte stream into lines whatever the boundaries of its chunks. A line keeps its terminator. One that grows
 * beyond `lineBytesMax` is handed out in pieces, of which `onPiece` is told.
 */
export class LineCutter {
  readonly #onLine: (line: Buffer) => void;
  readonly #onPiece: (piece: Buffer) => void;
  readonly #lineBytesMax: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #oversized = false;

  constructor(onLine: (line: Buffer) => void, onPiece: (piece: Buffer) => void, lineBytesMax: number) {
    this.#onLine = onLine;
    this.#onPiece = onPiece;
    this.#lineBytesMax = lineBytesMax;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#finish(chunk.subarray(start, end + 1));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** True in the middle of a line. */
  get partial(): boolean {
    return this.#heldBytes > 0 || this.#oversized;
  }

  /** What came after the last terminator, as a line of its own. */
  end(): void {
    const rest = this.#take(nothing);
    if (rest.length > 0) this.#emit(rest);
    this.#oversized = false;
  }

  #finish(tail: Buffer): void {
    this.#emit(this.#take(tail));
    this.#oversized = false;
  }

  #emit(line: Buffer): void {
    if (this.#oversized) this.#onPiece(line);
    else this.#onLine(line);
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= this.#lineBytesMax) return;
    this.#oversized = true;
    this.#onPiece(this.#take(nothing));
  }

  #take(tail: Buffer): Buffer {
    if (this.#held.length === 0) return tail;
    const joined = Buffer.concat([...this.#held, tail], this.#heldBytes + tail.length);
    this.#held = [];
    this.#heldBytes = 0;
    return joined;
  }
}

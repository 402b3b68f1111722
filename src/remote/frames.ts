import { deserialize, serialize } from 'node:v8';
import { BurnrateError } from '../base/index.ts';

/** Largest message either side takes, bytes. */
export const frameBytesMax = 64 * 1024 * 1024;
const headerBytes = 4;

/**
 * A message as it travels: its length (32 bits, big-endian) and its structured clone, which carries bigint and undefined.
 * @throws BurnrateError body_too_large when it is larger than a frame may be
 */
export function encodeFrame(message: unknown): Buffer {
  const body = serialize(message);
  if (body.length > frameBytesMax) {
    throw new BurnrateError('body_too_large', { message: `a message of ${body.length} bytes is too large` });
  }
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** Puts frames together from whatever pieces a socket gives. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /**
   * @returns the messages that are complete now
   * @throws RangeError when a frame is too large, Error when its content is damaged
   */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const messages: unknown[] = [];
    for (let length = this.#nextLength(); length !== null; length = this.#nextLength()) {
      messages.push(deserialize(this.#take(headerBytes + length).subarray(headerBytes)));
    }
    return messages;
  }

  /** Length of the next frame's body when all of it is here. */
  #nextLength(): number | null {
    if (this.#bytes < headerBytes) return null;
    const length = this.#joinFirst(headerBytes).readUInt32BE();
    if (length > frameBytesMax) throw new RangeError(`a frame of ${length} bytes is too large`);
    return this.#bytes >= headerBytes + length ? length : null;
  }

  #joinFirst(count: number): Buffer {
    const [first] = this.#pieces;
    if (first && first.length >= count) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }

  #take(count: number): Buffer {
    const joined = this.#joinFirst(count);
    this.#pieces[0] = joined.subarray(count);
    if (this.#pieces[0].length === 0) this.#pieces.shift();
    this.#bytes -= count;
    return joined.subarray(0, count);
  }
}

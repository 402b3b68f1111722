import type { Clock } from './clock.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomChars = 16;
const timeChars = 10;

export interface IdSource {
  /** A new id `<prefix>_<26 characters>`: 10 of time, 16 of chance (80 bits). Ids sort by the time they were made. */
  next(prefix: string): string;
}

/** Ids sort by time to the millisecond and are unguessable; random bytes are drawn in blocks to keep the hot path lean. */
export function idSource(clock: Clock, fill: (bytes: Uint8Array<ArrayBuffer>) => void = fillRandomly): IdSource {
  const block = new Uint8Array(randomChars * 64);
  let used = block.length;
  return {
    next(prefix) {
      if (used === block.length) {
        fill(block);
        used = 0;
      }
      let text = `${prefix}_${encodeTime(clock.nowMs())}`;
      for (let i = 0; i < randomChars; i++) text += alphabet[(block[used++] ?? 0) & 31];
      return text;
    },
  };
}

/** The platform's own source, so that this room also runs in a browser. */
function fillRandomly(bytes: Uint8Array<ArrayBuffer>): void {
  globalThis.crypto.getRandomValues(bytes);
}

function encodeTime(ms: number): string {
  let text = '';
  let rest = Math.floor(ms);
  for (let i = 0; i < timeChars; i++) {
    text = alphabet[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

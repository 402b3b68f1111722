import { limits } from './limits.ts';

/** What somebody else named, cut to what is written down of a name: whole characters, at most so many bytes. */
export function keptText(text: string): string {
  // No character has more bytes than UTF-16 units times three; most names are far below.
  if (text.length * 3 <= limits.keptTextBytesMax || Buffer.byteLength(text) <= limits.keptTextBytesMax) return text;
  return Buffer.from(text.slice(0, limits.keptTextBytesMax))
    .subarray(0, limits.keptTextBytesMax)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

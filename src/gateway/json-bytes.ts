/** Where a member of a JSON object stands in its bytes; `valueEnd` is exclusive. */
export interface MemberSpan {
  readonly valueStart: number;
  readonly valueEnd: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

export const isJsonSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The first position at or after `at` that is not white space. */
function skipSpace(bytes: Uint8Array, at: number): number {
  let position = at;
  while (isJsonSpace(bytes[position])) position++;
  return position;
}

/** The position after the closing quote of the string that opens at `at`; the length of the bytes when it never closes. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    if (bytes[i] === backslash) i++;
    else if (bytes[i] === quote) return i + 1;
  }
  return bytes.length;
}

/** The position after the JSON value that begins at `at`. The bytes are taken to be valid JSON. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === quote) return endOfString(bytes, at);
  if (first === openBrace || first === openBracket) return endOfNested(bytes, at);
  let position = at;
  while (position < bytes.length && !endsScalar(bytes[position])) position++;
  return position;
}

const endsScalar = (byte: number | undefined): boolean =>
  byte === comma || byte === closeBrace || byte === closeBracket || isJsonSpace(byte);

function endOfNested(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) i = endOfString(bytes, i) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return i + 1;
  }
  return bytes.length;
}

/**
 * Finds a member of the top-level object of valid JSON text without parsing it; of repeated names the last counts, as
 * in `JSON.parse`. Names written with escapes are not recognised.
 */
export function topLevelMember(bytes: Buffer, name: string): MemberSpan | null {
  const quoted = Buffer.from(JSON.stringify(name));
  let found: MemberSpan | null = null;
  let at = skipSpace(bytes, skipBom(bytes));
  if (bytes[at] !== openBrace) return null;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === quote) {
    const nameEnd = endOfString(bytes, at);
    const matches = nameEnd - at === quoted.length && quoted.compare(bytes, at, nameEnd) === 0;
    const valueStart = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const valueEnd = endOfValue(bytes, valueStart);
    if (matches) found = { valueStart, valueEnd };
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] !== comma) break;
    at = skipSpace(bytes, at + 1);
  }
  return found;
}

function skipBom(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The bytes with the value at `span` replaced. */
export function replaceSpan(bytes: Buffer, span: MemberSpan, value: string): Buffer {
  return Buffer.concat([bytes.subarray(0, span.valueStart), Buffer.from(value), bytes.subarray(span.valueEnd)]);
}

/** Puts a member first into the top-level object of valid JSON text; every other byte stays as it is. */
export function insertMember(bytes: Buffer, name: string, value: string): Buffer {
  const open = bytes.indexOf(openBrace) + 1;
  const separator = bytes[skipSpace(bytes, open)] === closeBrace ? '' : ',';
  const member = Buffer.from(`${JSON.stringify(name)}:${value}${separator}`);
  return Buffer.concat([bytes.subarray(0, open), member, bytes.subarray(open)]);
}

/** Sets a member below the top-level object, making what is missing on the way; every other byte stays as it is. */
export function setMember(bytes: Buffer, path: readonly string[], value: string): Buffer {
  const [name = '', ...rest] = path;
  const span = topLevelMember(bytes, name);
  const made = rest.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
  if (!span) return insertMember(bytes, name, made);
  const inner = bytes.subarray(span.valueStart, span.valueEnd);
  const nested = rest.length > 0 && inner[0] === openBrace;
  return replaceSpan(bytes, span, nested ? setMember(inner, rest, value).toString('utf8') : made);
}

/**
 * The value position of a member `needle` (a quoted name as bytes) at or after `from`, or -1. Inside a JSON string the
 * quotes of such a name are escaped, so text that merely talks about the name is never found; a string value equal to
 * it is told apart by the missing colon.
 */
export function findValue(bytes: Buffer, needle: Buffer, from: number): number {
  for (let at = bytes.indexOf(needle, from); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
    if (at > 0 && bytes[at - 1] === backslash) continue;
    const after = skipSpace(bytes, at + needle.length);
    if (bytes[after] === colon) return skipSpace(bytes, after + 1);
  }
  return -1;
}

/** As `findValue`, but the last one in the bytes. */
export function findLastValue(bytes: Buffer, needle: Buffer): number {
  for (let at = bytes.lastIndexOf(needle); at > 0; at = bytes.lastIndexOf(needle, at - 1)) {
    if (bytes[at - 1] === backslash) continue;
    const after = skipSpace(bytes, at + needle.length);
    if (bytes[after] === colon) return skipSpace(bytes, after + 1);
  }
  return -1;
}

import { joinPieces } from '../join-pieces.ts';
import { findLastValue, isJsonSpace } from '../json-bytes.ts';
import { limits } from '../limits.ts';
import { asArray, asObject, type JsonObject } from '../protocols/protocol.ts';
import { LineCutter } from './lines.ts';
import { dataOf } from './stream-observers.ts';

const usageName = Buffer.from('"usage"');
const nullValue = Buffer.from('null');
const openBrace = 0x7b;
const comma = 0x2c;
const nothing = Buffer.alloc(0);

/**
 * Undoes what asking for usage adds to an OpenAI chat or completions stream: the `"usage":null` in every chunk and the
 * extra chunk with the usage and no choices. What comes out is what the client would have seen without it, cut into
 * whole lines.
 */
export class UsageStripper {
  readonly #lines: LineCutter;
  #out: Buffer[] = [];
  #dropsBlank = false;

  constructor() {
    this.#lines = new LineCutter(
      (line) => this.#onLine(line),
      (piece) => this.#out.push(piece),
      limits.eventBytesMax,
    );
  }

  /** What may go to the client now; empty when a line is still incomplete. */
  push(chunk: Buffer): Buffer {
    this.#lines.push(chunk);
    return this.#take();
  }

  end(): Buffer {
    this.#lines.end();
    return this.#take();
  }

  #take(): Buffer {
    const out = this.#out;
    this.#out = [];
    return joinPieces(out);
  }

  #onLine(line: Buffer): void {
    if (this.#dropsBlank && isBlank(line)) {
      this.#dropsBlank = false;
      return;
    }
    this.#dropsBlank = false;
    const valueAt = dataOf(line) ? findLastValue(line, usageName) : -1;
    if (valueAt === -1) this.#out.push(line);
    else if (line.subarray(valueAt, valueAt + nullValue.length).equals(nullValue))
      this.#out.push(...withoutMember(line, valueAt));
    else if (isUsageOnly(line)) this.#dropsBlank = true;
    else this.#out.push(line);
  }
}

function isBlank(line: Buffer): boolean {
  return line.length <= 2 && (line[0] === 0x0a || (line[0] === 0x0d && line[1] === 0x0a));
}

/** Cuts the `"usage":null` whose value stands at `valueAt`, with one comma beside it. */
function withoutMember(line: Buffer, valueAt: number): Buffer[] {
  let start = line.lastIndexOf(usageName, valueAt);
  let end = valueAt + nullValue.length;
  let before = start - 1;
  while (isJsonSpace(line[before])) before--;
  if (line[before] === comma) start = before;
  else if (line[before] === openBrace) end = afterComma(line, end);
  return [line.subarray(0, start), line.subarray(end)];
}

function afterComma(line: Buffer, at: number): number {
  let end = at;
  while (isJsonSpace(line[end])) end++;
  return line[end] === comma ? end + 1 : at;
}

/** The extra chunk has usage and no choices; usage on a chunk with choices is the provider's own habit and stays. */
function isUsageOnly(line: Buffer): boolean {
  const chunk = parse(dataOf(line) ?? nothing);
  return chunk !== null && asObject(chunk.usage) !== null && asArray(chunk.choices).length === 0;
}

function parse(payload: Buffer): JsonObject | null {
  try {
    return asObject(JSON.parse(payload.toString('utf8')));
  } catch {
    return null;
  }
}

import { readUsage } from '../../pricing/index.ts';
import type { Observation } from '../exchange.ts';
import { joinPieces } from '../join-pieces.ts';
import { endOfString, endOfValue, findLastValue, findValue } from '../json-bytes.ts';
import { limits } from '../limits.ts';
import { asObject, asText, type JsonObject, type Protocol } from '../protocols/protocol.ts';
import { emptyObservation, type Observer } from './observer.ts';

const openBrace = 0x7b;
const quote = 0x22;

/**
 * Observes an answer that is one JSON document. A small one is parsed whole; of a large one (embeddings, images) only
 * head and tail are kept, where the providers put model and usage.
 */
export class PlainObserver implements Observer {
  readonly #protocol: Protocol;
  readonly #operation: string;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #head: Buffer | null = null;

  constructor(protocol: Protocol, operation: string) {
    this.#protocol = protocol;
    this.#operation = operation;
  }

  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > limits.plainBytesParsedMax) this.#shorten();
    return true;
  }

  /** Keeps the head once and of the rest no more than a tail, in one copy each. */
  #shorten(): void {
    const joined = Buffer.concat(this.#chunks);
    this.#head ??= Buffer.from(joined.subarray(0, limits.headBytesKept));
    this.#chunks = [Buffer.from(joined.subarray(-limits.tailBytesKept))];
    this.#bytes = this.#chunks[0]?.length ?? 0;
  }

  end(whole: boolean): Observation {
    const bytes = joinPieces(this.#chunks);
    if (!whole) return { ...emptyObservation, finished: false };
    if (this.#head) return this.#observe(pickMembers(this.#head, bytes, this.#protocol));
    const json = parse(bytes);
    return json ? this.#observe(json) : { ...emptyObservation, garbled: true };
  }

  #observe(json: JsonObject): Observation {
    const { name } = this.#protocol;
    const reading = name === 'other' ? null : readUsage(name, this.#operation, json);
    const model = asText(json[this.#protocol.modelName.slice(1, -1)]);
    return { ...emptyObservation, reading, model, requestId: this.#protocol.answerId(json) };
  }
}

function parse(bytes: Buffer): JsonObject | null {
  try {
    return asObject(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

/** A small stand-in for a large body: its id, model, tier and usage, found by name in head and tail. */
function pickMembers(head: Buffer, tail: Buffer, protocol: Protocol): JsonObject {
  const body: Record<string, unknown> = {};
  for (const name of ['"id"', '"responseId"', '"service_tier"', protocol.modelName]) {
    const text = stringMember(head, name) ?? stringMember(tail, name);
    if (text !== null) body[name.slice(1, -1)] = text;
  }
  const at = findLastValue(tail, Buffer.from(protocol.usageName));
  if (tail[at] !== openBrace) return body;
  const usage = parse(tail.subarray(at, endOfValue(tail, at)));
  return usage ? { ...body, [protocol.usageName.slice(1, -1)]: usage } : body;
}

function stringMember(bytes: Buffer, name: string): string | null {
  const at = findValue(bytes, Buffer.from(name), 0);
  if (at === -1 || bytes[at] !== quote) return null;
  const text = parseText(bytes.toString('utf8', at, endOfString(bytes, at)));
  return text === '' ? null : text;
}

function parseText(quoted: string): string {
  try {
    return asText(JSON.parse(quoted));
  } catch {
    return '';
  }
}

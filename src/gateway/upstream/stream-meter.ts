import { readUsage } from '../../pricing/index.ts';
import type { Observation } from '../exchange.ts';
import { endOfString, findValue } from '../json-bytes.ts';
import { asObject, type JsonObject, type Protocol, type StreamNotes } from '../protocols/protocol.ts';

const openBrace = 0x7b;
const quote = 0x22;

/**
 * Reads the events of one stream. Only the first event, those that carry usage and marks are parsed; of all others only
 * the bytes of the answer's text are counted, by looking for its member names.
 */
export class StreamMeter {
  readonly #protocol: Protocol;
  readonly #operation: string;
  readonly #elapsedMs: () => number;
  readonly #contentNames: readonly Buffer[];
  readonly #onPayload: ((payload: Buffer) => void) | null;
  readonly #notes: StreamNotes = {
    usageBody: null,
    model: '',
    requestId: '',
    failed: false,
    finished: false,
    usageFinal: false,
  };
  #contentBytes = 0;
  #firstTokenMs: number | null = null;
  #events = 0;
  #garbled = false;
  /** The latest event with usage, kept unread where only the last one counts. */
  #pending: Buffer | null = null;

  /** @param onPayload told of every event; only watched streams have one */
  constructor(
    protocol: Protocol,
    operation: string,
    elapsedMs: () => number,
    onPayload: ((payload: Buffer) => void) | null = null,
  ) {
    this.#onPayload = onPayload;
    this.#protocol = protocol;
    this.#operation = operation;
    this.#elapsedMs = elapsedMs;
    this.#contentNames = protocol.stream.contentNames(operation);
  }

  /** @param payload the JSON of one event, or an end mark like `[DONE]` */
  onEvent(payload: Buffer): void {
    this.#events++;
    this.#onPayload?.(payload);
    this.#countContent(payload);
    const { stream } = this.#protocol;
    const hasUsage = payload[findValue(payload, stream.usageName, 0)] === openBrace;
    if (hasUsage && stream.lastUsageOnly) this.#pending = payload;
    if (this.#events === 1 || stream.isMark(payload) || (hasUsage && !stream.lastUsageOnly)) this.#read(payload);
  }

  #countContent(payload: Buffer): void {
    for (const name of this.#contentNames) {
      for (let at = findValue(payload, name, 0); at !== -1; at = findValue(payload, name, at)) {
        if (payload[at] === quote) this.#contentBytes += endOfString(payload, at) - at - 2;
      }
    }
    if (this.#firstTokenMs === null && this.#contentBytes > 0) this.#firstTokenMs = this.#elapsedMs();
  }

  #read(payload: Buffer): void {
    if (payload[0] !== openBrace) {
      // `[DONE]`, or something that is not an event at all.
      if (payload.subarray(0, 6).toString() === '[DONE]') this.#notes.finished = true;
      else this.#garbled = true;
      return;
    }
    const event = parsed(payload);
    if (event) this.#protocol.stream.note(event, this.#notes);
    else this.#garbled = true;
  }

  /** Bytes of the answer's text seen so far. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  end(): Observation {
    if (this.#pending) this.#read(this.#pending);
    const { usageBody, model, requestId, failed, finished, usageFinal } = this.#notes;
    const { name } = this.#protocol;
    return {
      reading: usageBody && name !== 'other' ? readUsage(name, this.#operation, usageBody) : null,
      final: usageFinal,
      model,
      requestId,
      contentBytes: this.#contentBytes,
      firstTokenMs: this.#firstTokenMs,
      failed,
      finished,
      garbled: this.#garbled || this.#events === 0,
      cut: false,
    };
  }
}

function parsed(payload: Buffer): JsonObject | null {
  try {
    return asObject(JSON.parse(payload.toString('utf8')));
  } catch {
    return null;
  }
}

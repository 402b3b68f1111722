import type { Dispatcher } from 'undici';
import type { BurnrateError } from '../../base/index.ts';
import type { Coverage } from '../control/coverage.ts';
import type { AnswerWay, Exchange, Observation } from '../exchange.ts';
import { joinPieces } from '../join-pieces.ts';
import { limits } from '../limits.ts';
import { asObject } from '../protocols/protocol.ts';
import { errorFacts, refuse } from '../server/refusal.ts';
import { EventGate } from './event-gate.ts';
import { InflatingObserver, inflaterFor } from './inflating-observer.ts';
import { blindObserver, emptyObservation, type Observer } from './observer.ts';
import { PlainObserver } from './plain-observer.ts';
import { answerHeaders, emulatorHeader } from './request-headers.ts';
import type { AnswerSink } from './sender.ts';
import { StreamMeter } from './stream-meter.ts';
import { EventStreamObserver, JsonArrayObserver } from './stream-observers.ts';
import { UsageStripper } from './usage-stripper.ts';

export interface RelayOptions {
  readonly exchange: Exchange;
  /** Milliseconds since the request went out. */
  readonly elapsedMs: () => number;
  readonly plainBytesHeldMax: number;
  /** Our headers, as far as they are known before the answer is. */
  readonly ownHeaders: () => readonly string[];
  /** Cuts the request upstream. */
  readonly cut: () => void;
}

interface Head {
  readonly status: number;
  readonly message: string;
  readonly headers: readonly string[];
  readonly contentType: string;
  readonly coding: string;
  readonly sized: boolean;
}

const keepAll: ReadonlySet<string> = new Set();
const dropLength: ReadonlySet<string> = new Set(['content-length']);
const partialEventEnd = Buffer.from('\n\n');
const invalidInMessage = /[^\t\x20-\x7e\x80-\xff]/g;

/**
 * Carries one answer to the client: streams as they arrive, plain JSON held back up to a bound so that its cost can
 * stand in the headers. An observer reads along.
 */
export class Relay implements AnswerSink, AnswerWay {
  status = 0;
  simulated = false;
  requestId = '';
  servedTier = '';
  firstByteMs: number | null = null;
  responseBytes = 0;

  readonly #options: RelayOptions;
  #head: Head | null = null;
  #observer: Observer = blindObserver;
  #stripper: UsageStripper | null = null;
  /** Of a stream under a hard budget: counts what comes, and lets only whole events out. */
  #watched: { readonly meter: StreamMeter; readonly coverage: Coverage; readonly gate: EventGate } | null = null;
  #budgetWaits = false;
  #cut = false;
  /** Null once the answer's head went out. */
  #held: Buffer[] | null = null;
  #heldBytes = 0;
  #clientFull = false;
  #observerFull = false;
  #resume: () => void = () => undefined;
  #lastByte = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** @param resume continues a paused answer */
  attach(resume: () => void): void {
    this.#resume = resume;
    this.#options.exchange.res.on('drain', () => {
      this.#clientFull = false;
      this.#continue();
    });
  }

  /** The client went away while the call is to be finished: nothing is left to wait for. */
  detach(): void {
    this.#clientFull = false;
    this.#held = null;
    this.#continue();
  }

  #continue(): void {
    if (this.#mayRead()) this.#resume();
  }

  #mayRead(): boolean {
    return !this.#clientFull && !this.#observerFull && !this.#budgetWaits;
  }

  onHead(status: number, message: string, rawHeaders: Dispatcher.DispatchController['rawHeaders']): void {
    const raw = Array.isArray(rawHeaders)
      ? rawHeaders.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part)))
      : [];
    const headers = answerHeaders(raw, keepAll);
    this.status = status;
    this.simulated = headerOf(headers, emulatorHeader) === '1';
    this.servedTier = headerOf(headers, 'x-gemini-service-tier');
    this.requestId = headerOf(headers, 'x-request-id') || headerOf(headers, 'request-id');
    const head: Head = {
      status,
      message: message.replace(invalidInMessage, ''),
      headers,
      contentType: headerOf(headers, 'content-type').toLowerCase(),
      coding: headerOf(headers, 'content-encoding').toLowerCase() || 'identity',
      sized: headerOf(headers, 'content-length') !== '',
    };
    this.#head = head;
    this.#observer = this.#observerFor(head);
    this.#stripper = this.#stripperFor(head);
    if (this.#holds(head)) this.#held = [];
    else this.#sendHead(head, this.#options.ownHeaders());
  }

  #metered(head: Head): boolean {
    const { operation } = this.#options.exchange.understanding;
    return operation.billing === 'metered' && head.status < 300 && this.#options.exchange.req.method !== 'HEAD';
  }

  #stripperFor(head: Head): UsageStripper | null {
    const { usageAdded } = this.#options.exchange.understanding;
    return usageAdded && isEventStream(head) && head.coding === 'identity' ? new UsageStripper() : null;
  }

  #holds(head: Head): boolean {
    return this.#metered(head) && head.contentType.includes('json') && !this.#isArrayStream(head);
  }

  #isArrayStream(head: Head): boolean {
    const { route, understanding } = this.#options.exchange;
    return route.protocol.name === 'gemini' && understanding.facts.streamed && head.contentType.includes('json');
  }

  #observerFor(head: Head): Observer {
    if (!this.#metered(head)) return blindObserver;
    const reader = this.#readerFor(head);
    if (head.coding === 'identity') return reader;
    const inflater = inflaterFor(head.coding);
    if (!inflater) return blindObserver;
    return new InflatingObserver(reader, inflater, () => {
      this.#observerFull = false;
      this.#continue();
    });
  }

  #readerFor(head: Head): Observer {
    const { route, understanding } = this.#options.exchange;
    const { name } = understanding.operation;
    const meter = () => new StreamMeter(route.protocol, name, this.#options.elapsedMs);
    if (isEventStream(head)) return new EventStreamObserver(this.#watch(head) ?? meter());
    if (this.#isArrayStream(head)) return new JsonArrayObserver(meter());
    if (head.contentType.includes('json') || isGarbled(head, understanding.operation.readsJson)) {
      return new PlainObserver(route.protocol, name);
    }
    return blindObserver;
  }

  /** Null when no hard budget watches the stream. One that came compressed though it was asked not to is only cut. */
  #watch(head: Head): StreamMeter | null {
    const { route, understanding, control } = this.#options.exchange;
    const { coverage = null, ending = null } = control ?? {};
    if (!coverage) return null;
    const note = head.coding === 'identity' && ending ? (payload: Buffer) => ending.note(payload) : null;
    const meter = new StreamMeter(route.protocol, understanding.operation.name, this.#options.elapsedMs, note);
    coverage.onDurable = () => {
      this.#budgetWaits = false;
      this.#continue();
    };
    coverage.onExhausted = () => this.#endEarly();
    this.#watched = { meter, coverage, gate: new EventGate() };
    return meter;
  }

  /** Looks whether what came is covered, and asks for more ahead of need. */
  #checkCoverage(): void {
    if (!this.#watched || this.#cut) return;
    const verdict = this.#watched.coverage.progress(this.#watched.meter.contentBytes);
    this.#budgetWaits = verdict === 'pause';
    if (verdict === 'end') this.#endEarly();
  }

  #endEarly(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#options.cut();
  }

  onBytes(chunk: Buffer): boolean {
    if (this.#cut) return false;
    this.firstByteMs ??= this.#options.elapsedMs();
    this.responseBytes += chunk.length;
    if (!this.#observer.push(chunk)) this.#observerFull = true;
    if (this.#held) this.#hold(chunk);
    else this.#forward(chunk);
    this.#checkCoverage();
    return this.#mayRead();
  }

  #hold(chunk: Buffer): void {
    this.#held?.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= this.#options.plainBytesHeldMax) return;
    const held = this.#held ?? [];
    this.#held = null;
    this.#sendHead(this.#head as Head, this.#options.ownHeaders());
    for (const part of held) this.#forward(part);
  }

  #forward(chunk: Buffer): void {
    const { res, gone } = this.#options.exchange;
    const stripped = this.#stripper ? this.#stripper.push(chunk) : chunk;
    const bytes = this.#gated ? this.#gated.push(stripped) : stripped;
    if (gone || bytes.length === 0) return;
    this.#lastByte = bytes[bytes.length - 1] as number;
    if (!res.write(bytes)) this.#onClientFull(res.writableLength);
  }

  /** Whole events only where the end can be written here; compressed bytes have no events to see. */
  get #gated(): EventGate | null {
    return this.#watched && this.#head?.coding === 'identity' ? this.#watched.gate : null;
  }

  /**
   * The provider makes tokens whether they are read or not, so a watched stream is read on into memory; when that is
   * full it stands still only if the rest of the answer is held in full.
   */
  #onClientFull(waitingBytes: number): void {
    if (!this.#watched) this.#clientFull = true;
    else if (waitingBytes > limits.streamBytesHeldMax) {
      this.#clientFull = true;
      if (this.#watched.coverage.pauseForClient() === 'end') this.#endEarly();
    }
  }

  #sendHead(head: Head, own: readonly string[]): void {
    const { res, gone } = this.#options.exchange;
    if (gone || res.headersSent) return;
    const headers = this.#stripper ? withoutHeaders(head.headers, dropLength) : [...head.headers];
    res.writeHead(head.status, head.message, [...headers, ...own]);
    res.flushHeaders();
  }

  /** What the observer learnt. @param whole false when the answer broke off */
  observe(whole: boolean): Observation | Promise<Observation> {
    if (!this.#head) return { ...emptyObservation, finished: false };
    return this.#cut ? this.#observeCut() : this.#observer.end(whole);
  }

  async #observeCut(): Promise<Observation> {
    return { ...(await this.#observer.end(false)), cut: true };
  }

  finish(headers: readonly string[], error: BurnrateError | null): void {
    const { req, res, route, gone } = this.#options.exchange;
    if (gone) return;
    if (error && !res.headersSent) refuse(req, res, route.protocol, error, headers);
    else if (error) this.#breakOff(error);
    else if (this.#held && this.#head) {
      const { status, message } = this.#head;
      res.writeHead(status, message, [...this.#head.headers, ...headers]);
      res.end(joinPieces(this.#held));
    } else if (this.#cut) this.#writeEnding();
    else {
      const rest = this.#stripper?.end();
      const gated = this.#gated;
      if (gated && rest) res.write(gated.push(rest));
      res.end(gated ? gated.end() : rest);
    }
  }

  /** As the provider ends an answer that reached its maximum. */
  #writeEnding(): void {
    const { res, control, understanding, prompt } = this.#options.exchange;
    if (!this.#gated || !control?.ending || this.#head?.sized) {
      res.destroy();
      return;
    }
    const options = asObject(understanding.json?.stream_options);
    res.end(
      control.ending.end({
        model: understanding.facts.model,
        inputTokens: prompt.inputTokens,
        outputTokens: control.coverage?.seenTokens ?? 0,
        wantsUsage: options?.include_usage === true,
      }),
    );
  }

  /** The head is out: a stream ends with the provider's own error event, anything else is visibly cut off. */
  #breakOff(error: BurnrateError): void {
    const { res, route } = this.#options.exchange;
    const head = this.#head;
    if (!head || !isEventStream(head) || head.coding !== 'identity' || head.sized) {
      res.destroy();
      return;
    }
    // An incomplete event is closed first, so that the error stands in an event of its own.
    if (this.#lastByte !== 0x0a) res.write(partialEventEnd);
    res.end(route.protocol.errorEvent(errorFacts(error)));
  }
}

function isEventStream(head: Head): boolean {
  return head.contentType.startsWith('text/event-stream');
}

/** A page of text where JSON was due: a proxy's error page with status 200, say. */
function isGarbled(head: Head, readsJson: boolean): boolean {
  return readsJson && (head.contentType === '' || head.contentType.startsWith('text/html'));
}

function headerOf(headers: readonly string[], name: string): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) return (headers[i + 1] ?? '').trim();
  }
  return '';
}

function withoutHeaders(headers: readonly string[], drop: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (!drop.has((headers[i] ?? '').toLowerCase())) kept.push(headers[i] ?? '', headers[i + 1] ?? '');
  }
  return kept;
}

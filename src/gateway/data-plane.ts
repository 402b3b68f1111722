import type { IncomingMessage, ServerResponse } from 'node:http';
import { AssertionFailure, BurnrateError } from '../base/index.ts';
import type { Attempt } from '../tree/index.ts';
import { Controls } from './control/controls.ts';
import type { CallIdentity, Exchange, Route, Stage, Understanding } from './exchange.ts';
import { limits } from './limits.ts';
import { allowModel } from './pipeline/allow-model.ts';
import { answer } from './pipeline/answer.ts';
import { attempt } from './pipeline/attempt.ts';
import { begin } from './pipeline/begin.ts';
import { callMemory } from './pipeline/call-identity.ts';
import { Idempotency } from './pipeline/idempotency.ts';
import { anonymous, identify } from './pipeline/identify.ts';
import { meter } from './pipeline/meter.ts';
import { post } from './pipeline/post.ts';
import { price } from './pipeline/price.ts';
import { noPrompt, promptFacts } from './pipeline/prompt-facts.ts';
import { understand } from './pipeline/understand.ts';
import type { PlaneMemory } from './plane-memory.ts';
import type { GatewayDeps } from './ports.ts';
import { protocols } from './protocols/index.ts';
import { type Protocol, passThrough } from './protocols/protocol.ts';
import { RefusedCalls } from './refused-calls.ts';
import { asBurnrateError, refuse } from './server/refusal.ts';
import { readBody } from './server/request-body.ts';
import { dataPlaneKind, routeOf } from './server/route.ts';
import { checkSameSite } from './server/same-site.ts';
import { type GatewaySettings, settingsFrom } from './settings.ts';
import { type Sending, Upstream } from './upstream/sender.ts';

const nothing = Buffer.alloc(0);
const notUnderstood: Understanding = {
  operation: passThrough,
  facts: { model: '', streamed: false, user: '' },
  json: null,
  clear: nothing,
  upstreamBody: nothing,
  inflated: false,
  usageAdded: false,
};
const notNamed: CallIdentity = {
  callId: '',
  attemptId: '',
  attemptNumber: 1,
  reason: 'first',
  layer: 'product',
  clientRetryCount: 0,
  run: '',
  attribution: {},
  inferred: [],
};

/** The way of calls under one configuration. Those in flight keep to it when another takes over. */
export class DataPlane {
  readonly #deps: GatewayDeps;
  readonly #settings: GatewaySettings;
  readonly #upstream: Upstream;
  readonly #memory: PlaneMemory;
  readonly #sendings = new Set<Sending>();
  readonly #pipeline: readonly Stage[];
  readonly #controls: Controls;
  readonly #idempotency: Idempotency;
  readonly #refused: RefusedCalls;
  readonly #inFlight = new Set<Exchange>();
  readonly #touch: (exchange: Exchange) => void;
  #closing = false;
  /** The time to drain is over: what is under way was cut, and nothing more goes out. */
  #cut = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(deps: GatewayDeps, memory: PlaneMemory) {
    const settings = settingsFrom(deps.config);
    this.#deps = deps;
    this.#memory = memory;
    this.#settings = settings;
    this.#upstream = new Upstream(settings);
    this.#controls = new Controls(deps, settings, memory);
    this.#idempotency = new Idempotency(deps.coordinator);
    this.#refused = new RefusedCalls(deps, this.#inFlight);
    const calls = callMemory(deps.coordinator, deps.ids, settings);
    this.#touch = calls.touch;
    this.#pipeline = this.#compose(calls.stage);
  }

  /** The way of every call, composed once. */
  #compose(nameCall: Stage): Stage[] {
    const { keys, journal, priceBook, clock, fingerprintSecret } = this.#deps;
    const { simulated } = this.#memory;
    return [
      identify(keys, this.#settings),
      (exchange) => this.#takeBody(exchange),
      understand(this.#settings),
      allowModel,
      promptFacts(fingerprintSecret),
      nameCall,
      this.#idempotency.stage,
      (exchange) => this.#upstream.admit(exchange.route.provider),
      this.#controls.stage,
      () => this.#refuseWhenCut(),
      begin(journal, priceBook, clock, simulated),
      attempt({
        upstream: this.#upstream,
        clock,
        settings: this.#settings,
        onOverhead: (ms) => this.#memory.counters.noteOverhead(ms),
        controls: this.#controls,
        sendings: this.#sendings,
      }),
      meter,
      price(priceBook),
      post(journal, simulated, this.#controls, (done) => this.#memory.counters.noteAttempt(done)),
      answer(this.#controls),
    ];
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    this.#memory.counters.requests++;
    const path = req.url ?? '/';
    const kind = dataPlaneKind(path);
    const protocol = protocols[kind === null || kind === 'named' ? 'openai' : kind];
    try {
      checkSameSite(req, this.#settings);
      if (kind === null) this.#deps.forward(req, res);
      else this.#accept(req, res, path);
    } catch (error) {
      this.#refuse(req, res, protocol, error);
    }
  }

  #accept(req: IncomingMessage, res: ServerResponse, path: string): void {
    this.#admit(req);
    void this.#serve(this.#open(req, res, routeOf(path, this.#settings)));
  }

  #admit(req: IncomingMessage): void {
    if (req.headers.upgrade?.toLowerCase() === 'websocket') {
      throw new BurnrateError('bad_request', {
        message: 'WebSocket connections are not served; use the HTTP endpoints.',
      });
    }
    if (this.#closing) throw overloaded('Burnrate is stopping.');
    const full = this.#memory.counters.inFlight >= this.#settings.concurrentCallsMax;
    if (full) throw overloaded('Too many calls are in flight.');
  }

  /** A call that waited for its money until now would begin with nobody left to write down its end. */
  #refuseWhenCut(): void {
    if (this.#cut) throw overloaded('Burnrate is stopping.');
  }

  #open(req: IncomingMessage, res: ServerResponse, route: Route): Exchange {
    const exchange: Exchange = {
      req,
      res,
      route,
      receivedMs: this.#deps.clock.monotonicMs(),
      caller: anonymous,
      body: nothing,
      understanding: notUnderstood,
      prompt: noPrompt,
      call: notNamed,
      control: null,
      start: null,
      result: null,
      metered: null,
      priced: null,
      attempt: null,
      answerWay: null,
      answered: false,
      onGone: null,
      gone: false,
    };
    res.on('close', () => {
      if (res.writableFinished) return;
      exchange.gone = true;
      exchange.onGone?.();
    });
    return exchange;
  }

  async #takeBody(exchange: Exchange): Promise<void> {
    exchange.body = await readBody(exchange.req, this.#settings.bodyBytesMax, this.#memory.bodies);
  }

  async #serve(exchange: Exchange): Promise<void> {
    this.#memory.counters.inFlight++;
    this.#inFlight.add(exchange);
    try {
      for (const stage of this.#pipeline) {
        const pending = stage(exchange);
        if (pending) await pending;
        if (exchange.answered) return;
      }
      const failed = exchange.result?.breakOff?.error;
      if (failed) this.#memory.counters.noteError(failed.code);
    } catch (error) {
      await this.#bookLost(exchange);
      this.#refused.note(exchange, asBurnrateError(error));
      this.#refuse(exchange.req, exchange.res, exchange.route.protocol, error, this.#controls.headers(exchange));
    } finally {
      this.#leave(exchange);
    }
  }

  /** A defect after the begin must not leave the attempt open: its estimate is what gets booked. */
  #bookLost(exchange: Exchange): Promise<void> {
    const { start, attempt: ended } = exchange;
    if (!start || ended) return Promise.resolve();
    const unseen = { firstByteMs: null, firstTokenMs: null, durationMs: 0, responseBytes: 0, providerRequestId: '' };
    const lost: Attempt = { ...start, ...unseen, status: 0, failure: 'crash' };
    return this.#deps.journal.end(lost, this.#controls.settle(exchange, lost));
  }

  #leave(exchange: Exchange): void {
    this.#memory.counters.inFlight--;
    this.#inFlight.delete(exchange);
    this.#controls.leave(exchange);
    this.#idempotency.leave(exchange);
    this.#memory.bodies.giveBack(exchange.body.length);
    this.#memory.counters.noteDuration(this.#deps.clock.monotonicMs() - exchange.receivedMs);
    if (exchange.start) this.#touch(exchange);
    if (this.#inFlight.size === 0) for (const tell of this.#onIdle.splice(0)) tell();
  }

  #refuse(
    req: IncomingMessage,
    res: ServerResponse,
    protocol: Protocol,
    thrown: unknown,
    headers: readonly string[] = [],
  ): void {
    const error = asBurnrateError(thrown);
    this.#memory.counters.noteError(error.code);
    if (error.code === 'internal') this.#deps.log('error', 'a request failed here', { cause: String(thrown) });
    refuse(req, res, protocol, error, headers);
    if (res.headersSent && !res.writableEnded) res.destroy();
    if (thrown instanceof AssertionFailure) throw thrown;
  }

  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    await this.#drained(drainMs);
    this.#cut = true;
    for (const sending of this.#sendings) sending.abort();
    await this.#drained(limits.cutGraceMs);
    await this.#upstream.close();
  }

  /** Serves the calls it has to their end, however long they take, and closes its connections. */
  async retire(): Promise<void> {
    await this.#idle();
    await this.#upstream.close();
  }

  #idle(): Promise<void> {
    return this.#inFlight.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  async #drained(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([this.#idle(), late]);
    clearTimeout(timer);
  }
}

function overloaded(message: string): BurnrateError {
  return new BurnrateError('overloaded', { message, retryAfterMs: limits.overloadedRetryAfterMs });
}

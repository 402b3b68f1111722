import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BurnrateError, type Clock, idSource, type Random, seededRandom, systemClock } from '../../base/index.ts';
import type { Usage } from '../../tree/index.ts';
import { BilledBook } from './billed-book.ts';
import { controlsOf } from './controls.ts';
import { Delivery } from './delivery.ts';
import type { BilledReport, Emulator, EmulatorOptions, WireKind } from './emulator-types.ts';
import { type AnswerContext, type Generation, RefusedRequest } from './generation.ts';
import { Limiter } from './limiter.ts';
import { PrefixCache } from './prefix-cache.ts';
import { type Profile, profileFinder } from './profile.ts';
import { isRefusal, limitHeaders, type RefusalReply, refusalOf } from './refusals.ts';
import { findRoute, type Route } from './routes.ts';
import { checkScenario, type FaultKind, typicalScenario } from './scenario.ts';
import { isRecord } from './schema-value.ts';
import { ticker } from './ticker.ts';
import { billedAtDisconnect, type Generated, timelineOf } from './timeline.ts';

/** Larger request bodies are refused with 413. */
const bodyBytesMax = 64 * 1024 * 1024;
const hangMsDefault = 600_000;

/** One request on its way through the emulator. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly route: Route;
  readonly random: Random;
  readonly headers: Readonly<Record<string, string>>;
}

/** Builds a provider emulator; it does nothing until `listen` or until its handler is mounted. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const scenario = checkScenario(options.scenario ?? typicalScenario, 'scenario');
  return new ProviderEmulator(options.clock ?? systemClock, scenario, options.seed ?? scenario.seed ?? 1);
}

class ProviderEmulator implements Emulator {
  readonly #clock: Clock;
  readonly #scenario: ReturnType<typeof checkScenario>;
  readonly #seed: number;
  readonly #ids: ReturnType<typeof idSource>;
  readonly #profileOf: (kind: WireKind, model: string) => Profile;
  readonly #cache: PrefixCache;
  readonly #book = new BilledBook();
  readonly #limiter = new Limiter();
  readonly #ticker;
  #sequence = 0;
  #server: Server | null = null;

  constructor(clock: Clock, scenario: ReturnType<typeof checkScenario>, seed: number) {
    this.#clock = clock;
    this.#scenario = scenario;
    this.#seed = seed;
    this.#ids = idSource(clock);
    this.#profileOf = profileFinder(scenario);
    const { entries = 500_000, ttlSeconds = 600 } = scenario.prefixCache ?? {};
    this.#cache = new PrefixCache(entries, ttlSeconds * 1_000);
    this.#ticker = ticker(() => clock.monotonicMs());
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    if (path.startsWith('/emulator/')) {
      this.#manage(request, response, path);
      return;
    }
    const route = findRoute(request.method ?? 'GET', path, query, request.headers['anthropic-version'] !== undefined);
    const requestId = this.#ids.next('req');
    const random = randomOf(this.#seed, this.#sequence++);
    const exchange = { request, response, requestId, route, random, headers: idHeaders(route.kind, requestId) };
    readBody(request, (body) => this.#serve(exchange, body));
  };

  listen(port = 0, host = '127.0.0.1'): Promise<{ readonly port: number; readonly url: string }> {
    const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, this.handler);
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === 'EADDRINUSE'
            ? new BurnrateError('PORT_IN_USE', { message: `port ${port} of ${host} is in use`, cause })
            : cause,
        ),
      );
      server.listen(port, host, () => {
        const address = server.address() as AddressInfo;
        resolve({ port: address.port, url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}` });
      });
    });
  }

  billed(): BilledReport {
    return this.#book.report(this.#seed);
  }

  reset(): void {
    this.#book.reset();
    this.#cache.clear();
    this.#limiter.clear();
  }

  close(): Promise<void> {
    this.#ticker.clear();
    const server = this.#server;
    this.#server = null;
    if (!server) return Promise.resolve();
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  #manage(request: IncomingMessage, response: ServerResponse, path: string): void {
    const headers = { 'content-type': 'application/json', 'burnrate-emulator': '1' };
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, headers).end(JSON.stringify(value));
    };
    request.resume();
    if (path === '/emulator/billed' && request.method === 'GET') {
      send(200, this.billed());
      return;
    }
    if (path === '/emulator/reset' && request.method === 'POST') {
      this.reset();
      send(200, { reset: true });
      return;
    }
    send(404, { error: { message: 'GET /emulator/billed or POST /emulator/reset' } });
  }

  #serve(exchange: Exchange, body: string | null): void {
    const { route } = exchange;
    const refuse = (fault: FaultKind | 'too-large', message?: string, param?: string): void =>
      this.#refuse(
        exchange,
        refusalOf(route.kind, fault, exchange.requestId, { ...(message ? { message } : {}), param }),
      );
    if (body === null) {
      refuse('too-large');
      return;
    }
    if (route.is === 'unknown') {
      refuse('not-found', `Unknown request URL: ${exchange.request.method} ${exchange.request.url}.`);
      return;
    }
    if (route.is === 'listing') {
      sendJson(exchange, 200, route.text);
      return;
    }
    try {
      this.#answer(exchange, route, parseBody(body));
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      refuse(error.reason, error.message, error.param);
    }
  }

  #answer(
    exchange: Exchange,
    route: Extract<Route, { is: 'generation' | 'count' }>,
    body: Readonly<Record<string, unknown>>,
  ): void {
    if (route.is === 'count') {
      sendJson(exchange, 200, route.make(body));
      return;
    }
    const controls = controlsOf(exchange.request.headers);
    const context: AnswerContext = {
      requestId: exchange.requestId,
      profile: this.#profileOf(route.kind, modelName(exchange.request, body)),
      controls,
      random: exchange.random,
      cache: this.#cache,
      nowMs: this.#clock.nowMs(),
      newId: (prefix) => this.#ids.next(prefix),
      answerId: (prefix) => prefix + exchange.requestId.slice('req'.length),
    };
    const fault = controls.error ?? drawFault(context.profile, exchange.random);
    if (fault === 'reset') {
      this.#reset(exchange);
      return;
    }
    if (fault !== null && isRefusal(fault)) {
      this.#refuse(exchange, this.#faultRefusal(exchange, fault, context.profile));
      return;
    }
    const generation = route.make(body, context);
    if (fault === 'stream-error' && !generation.streamed) {
      this.#refuse(exchange, this.#faultRefusal(exchange, 'server-error', context.profile));
      return;
    }
    this.#generate(exchange, generation, context, fault);
  }

  #faultRefusal(exchange: Exchange, fault: FaultKind, profile: Profile): RefusalReply {
    const retry = fault === 'rate-limit' ? { retryAfterSeconds: profile.retryAfterSeconds } : {};
    return refusalOf(exchange.route.kind, fault, exchange.requestId, retry);
  }

  #generate(exchange: Exchange, generation: Generation, context: AnswerContext, fault: FaultKind | null): void {
    const { profile, controls, random } = context;
    const expectedTokens = inputTokens(generation.inputUsage) + generation.visibleTokens + generation.reasoningTokens;
    const inFlight = this.#book.inFlight + 1;
    const state = this.#limiter.admit(
      generation.kind,
      generation.model,
      profile,
      expectedTokens,
      inFlight,
      context.nowMs,
    );
    if (!state.ok) {
      const message = `Rate limit reached for ${generation.model} on ${state.limit}.`;
      const { retryAfterSeconds } = state;
      this.#refuse(
        exchange,
        refusalOf(generation.kind, 'rate-limit', exchange.requestId, { message, retryAfterSeconds }),
      );
      return;
    }
    this.#book.inFlight++;
    new Delivery({
      response: exchange.response,
      headers: { ...exchange.headers, ...limitHeaders(generation.kind, profile.limits, state) },
      generation,
      timeline: timelineOf(generation, profile, controls, random, inFlight),
      fault,
      encoding: controls.encoding,
      hangMs: this.#scenario.hangMs ?? hangMsDefault,
      dripBytesPerSecond: this.#scenario.dripBytesPerSecond ?? 200,
      clock: this.#clock,
      ticker: this.#ticker,
      onEnd: (generated, disconnected) => this.#bill(exchange, generation, context, fault, generated, disconnected),
    }).start();
  }

  #bill(
    exchange: Exchange,
    generation: Generation,
    context: AnswerContext,
    fault: FaultKind | null,
    generated: Generated,
    disconnected: boolean,
  ): void {
    this.#book.inFlight--;
    const billed = disconnected ? billedAtDisconnect(context.profile.billing, generated, generation) : generated;
    const tag = exchange.request.headers['emulator-tag'];
    this.#book.add({
      requestId: exchange.requestId,
      tag: typeof tag === 'string' ? tag : null,
      kind: generation.kind,
      endpoint: generation.endpoint,
      model: generation.model,
      atMs: context.nowMs,
      streamed: generation.streamed,
      disconnected,
      fault,
      usage: usageOf(generation, billed),
    });
  }

  #reset(exchange: Exchange): void {
    this.#book.unbilled++;
    exchange.request.socket.resetAndDestroy();
  }

  #refuse(exchange: Exchange, reply: RefusalReply): void {
    this.#book.unbilled++;
    sendJson(exchange, reply.status, reply.body, reply.headers);
  }
}

/** Chance of one request. Neighbouring seeds begin alike in the generator, so the seed is mixed and the start is dropped. */
function randomOf(seed: number, sequence: number): Random {
  let mixed = Math.imul(seed, 0x9e3779b1) + sequence;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  const random = seededRandom(mixed ^ (mixed >>> 16));
  for (let i = 0; i < 4; i++) random.next();
  return random;
}

function idHeaders(kind: WireKind, requestId: string): Record<string, string> {
  const name = kind === 'anthropic' ? 'request-id' : 'x-request-id';
  return { 'burnrate-emulator': '1', [name]: requestId };
}

function sendJson(
  exchange: Exchange,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  exchange.response.writeHead(status, {
    ...exchange.headers,
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  exchange.response.end(text);
}

/** Hands over the body, or null when it is too large. A client that leaves before its body is complete is not served. */
function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  });
  request.on('end', () => done(bytes > bodyBytesMax ? null : textOf(chunks)));
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return chunks.length === 1 && only ? only.toString() : Buffer.concat(chunks).toString();
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RefusedRequest(`We could not parse the JSON body of your request: ${String(cause)}`);
  }
  if (!isRecord(value)) throw new RefusedRequest('The JSON body of your request must be an object.');
  return value;
}

function modelName(request: IncomingMessage, body: Readonly<Record<string, unknown>>): string {
  if (typeof body.model === 'string') return body.model;
  return /models\/([^/:?]+)/.exec(request.url ?? '')?.[1] ?? '';
}

function drawFault(profile: Profile, random: Random): FaultKind | null {
  if (profile.errors.length === 0) return null;
  let point = random.next();
  for (const [kind, share] of profile.errors) {
    point -= share;
    if (point < 0) return kind;
  }
  return null;
}

function inputTokens(usage: Usage): number {
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0);
}

/** Anthropic's usage has no place for hidden tokens: they are output. */
function usageOf(generation: Generation, billed: Generated): Usage {
  const split =
    generation.kind === 'anthropic'
      ? { output: billed.visibleTokens + billed.reasoningTokens }
      : { output: billed.visibleTokens, reasoning: billed.reasoningTokens };
  return { ...generation.inputUsage, ...split };
}

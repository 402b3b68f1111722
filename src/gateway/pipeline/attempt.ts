import { BurnrateError, type Clock } from '../../base/index.ts';
import type { Controls } from '../control/controls.ts';
import type { BreakOff, Exchange, Stage, UpstreamResult } from '../exchange.ts';
import { keptText } from '../kept-text.ts';
import { limits } from '../limits.ts';
import type { GatewaySettings } from '../settings.ts';
import { emptyObservation } from '../upstream/observer.ts';
import { Relay } from '../upstream/relay.ts';
import { upstreamHeaders, upstreamQuery } from '../upstream/request-headers.ts';
import type { Sending, Upstream, UpstreamEnd, UpstreamRequest } from '../upstream/sender.ts';
import { readBaggage } from './baggage.ts';
import { knownHeaders } from './own-headers.ts';

export interface AttemptOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly settings: GatewaySettings;
  /** Told when the request goes out, milliseconds after it arrived here. */
  readonly onOverhead: (ms: number) => void;
  readonly controls: Controls;
  /** Requests on their way, so that a stop can cut them. */
  readonly sendings: Set<Sending>;
}

/** Sends the request upstream and carries the answer to the client; never throws for what happens out there. */
export function attempt(options: AttemptOptions): Stage {
  return async (exchange) => {
    if (exchange.gone && wayOf(exchange, options.settings) !== 'finish') {
      exchange.result = neverSent;
      return;
    }
    const startedMs = options.clock.monotonicMs();
    const elapsedMs = () => options.clock.monotonicMs() - startedMs;
    options.onOverhead(startedMs - exchange.receivedMs);
    const relay = new Relay({
      exchange,
      elapsedMs,
      plainBytesHeldMax: options.settings.plainBytesHeldMax,
      ownHeaders: () => knownHeaders(exchange, options.controls),
      cut: () => {
        options.controls.counters.endedEarly++;
        sending.abort();
      },
    });
    exchange.answerWay = relay;
    const sending: Sending = options.upstream.send(requestOf(exchange, options.settings), relay);
    relay.attach(() => sending.resume());
    const watch = watchOver(exchange, sending, relay, options);
    const end = await sending.end;
    watch.stop();
    const observation = await relay.observe(end.kind === 'complete');
    exchange.result = {
      status: relay.status,
      sent: end.kind === 'complete' || end.sent,
      breakOff: observation.cut ? null : breakOffOf(end, watch.timedOut()),
      simulated: relay.simulated,
      requestId: keptText(observation.requestId || relay.requestId),
      servedTier: relay.servedTier,
      firstByteMs: relay.firstByteMs,
      durationMs: elapsedMs(),
      responseBytes: relay.responseBytes,
      observation,
    } satisfies UpstreamResult;
  };
}

/** The client went away while the attempt was being written down. */
const neverSent: UpstreamResult = {
  status: 0,
  sent: false,
  breakOff: { failure: 'client_disconnect', error: null },
  simulated: false,
  requestId: '',
  servedTier: '',
  firstByteMs: null,
  durationMs: 0,
  responseBytes: 0,
  observation: { ...emptyObservation, finished: false },
};

function requestOf(exchange: Exchange, settings: GatewaySettings): UpstreamRequest {
  const { route, req, understanding, call } = exchange;
  const { provider } = route;
  const stages = settings.workflows.get(call.attribution.workflow ?? '')?.stageTimeoutMs;
  const baggage = req.headers.baggage;
  return {
    provider,
    method: req.method ?? 'GET',
    path: `${provider.basePath}${route.path}${upstreamQuery(route.query, provider)}` || '/',
    headers: upstreamHeaders({
      rawHeaders: req.rawHeaders,
      provider,
      foreignBaggage: baggage === undefined ? undefined : readBaggage(String(baggage)).foreign,
      plainAnswer: understanding.usageAdded || exchange.control?.coverage != null,
      inflated: understanding.inflated,
    }),
    body: understanding.upstreamBody,
    headersTimeoutMs: stages?.get(call.attribution.stage ?? '') ?? provider.headersTimeoutMs,
  };
}

interface Watch {
  stop(): void;
  timedOut(): boolean;
}

/** Cuts the request when the client goes away (unless it is to be finished) and at the total timeout. */
function watchOver(exchange: Exchange, sending: Sending, relay: Relay, options: AttemptOptions): Watch {
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    sending.abort();
  }, limits.totalTimeoutMs);
  timer.unref();
  const onGone = (): void => {
    if (finishes(exchange, options.settings)) relay.detach();
    else sending.abort();
  };
  exchange.onGone = onGone;
  options.sendings.add(sending);
  if (exchange.gone) onGone();
  return {
    stop: () => {
      clearTimeout(timer);
      exchange.onGone = null;
      options.sendings.delete(sending);
    },
    timedOut: () => timedOut,
  };
}

function wayOf({ req }: Exchange, settings: GatewaySettings): GatewaySettings['onDisconnect'] {
  const asked = req.headers['burnrate-on-disconnect'];
  return asked === 'finish' || asked === 'cancel' ? asked : settings.onDisconnect;
}

/** A plain answer that is broken off counts for all that is held for it; read on, it tells what it cost. */
function finishes(exchange: Exchange, settings: GatewaySettings): boolean {
  const way = wayOf(exchange, settings);
  if (way !== 'auto') return way === 'finish';
  return exchange.control?.hold != null && !exchange.understanding.facts.streamed;
}

function breakOffOf(end: UpstreamEnd, timedOut: boolean): BreakOff | null {
  if (end.kind === 'complete') return null;
  if (end.kind === 'failed') {
    return { failure: end.error.code === 'upstream_timeout' ? 'timeout' : 'network', error: end.error };
  }
  if (!timedOut)
    return {
      failure: 'client_disconnect',
      error: new BurnrateError('overloaded', { message: 'Burnrate is stopping.' }),
    };
  const error = new BurnrateError('upstream_timeout', { message: 'The answer took longer than any may take.' });
  return { failure: 'timeout', error };
}

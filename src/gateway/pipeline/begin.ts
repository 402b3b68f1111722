import type { Clock } from '../../base/index.ts';
import type { AttemptStart, Journal } from '../../journal/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { Usage } from '../../tree/index.ts';
import type { Exchange, Stage } from '../exchange.ts';

/**
 * Writes to the journal that an attempt goes out, with an estimate of its input, before its first byte does: if this
 * process dies now, that estimate is what gets booked. What no provider bills is not recorded.
 * @throws BurnrateError journal_unavailable
 */
export function begin(journal: Journal, priceBook: PriceBook, clock: Clock, simulated: ReadonlySet<string>): Stage {
  return async (exchange) => {
    if (readsOnly(exchange)) return;
    const start = startOf(exchange, priceBook, clock.nowMs(), simulated.has(exchange.route.provider.name));
    await journal.begin(start, exchange.control?.hold ?? null);
    exchange.start = start;
  };
}

/** Listing models or reading a file is no attempt a provider may bill, and would water down every cost per call. */
function readsOnly(exchange: Exchange): boolean {
  const { method } = exchange.req;
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  return reads && exchange.understanding.operation.billing === 'free';
}

function startOf(exchange: Exchange, priceBook: PriceBook, nowMs: number, simulated: boolean): AttemptStart {
  const { call, route, understanding, prompt } = exchange;
  const { operation, facts } = understanding;
  const usage: Usage = { input: prompt.inputTokens };
  const request = { provider: route.provider.name, model: facts.model, tier: 'standard', atMs: nowMs, usage };
  const priced = priceBook.price(request);
  // The attribution comes last: spreading it first makes every following field a slow one.
  return {
    attemptId: call.attemptId,
    callId: call.callId,
    attemptNumber: call.attemptNumber,
    run: call.run,
    reason: call.reason,
    layer: call.layer,
    inferred: call.inferred,
    keyId: exchange.caller.keyId,
    provider: route.provider.name,
    protocol: route.protocol.name,
    operation: operation.name,
    modelRequested: facts.model,
    modelServed: facts.model,
    tier: 'standard',
    streamed: facts.streamed,
    clientRetryCount: call.clientRetryCount,
    startedAtMs: nowMs,
    usage,
    usageSource: 'estimated',
    lines: priced.lines,
    cost: priced.cost,
    priceState: priced.state,
    rateCard: priced.rateCard,
    fingerprint: prompt.fingerprint,
    prefixHashes: prompt.prefixHashes,
    partTokens: prompt.partTokens,
    decisions: exchange.control?.rungs ?? [],
    requestBytes: exchange.body.length,
    simulated,
    ...call.attribution,
  };
}

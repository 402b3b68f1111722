import { BurnrateError } from '../../base/index.ts';
import { type BudgetMatch, type HoldFacts, type OutputQuantiles, unlearnedOutputTokens } from '../../policy/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { Exchange } from '../exchange.ts';
import { limits } from '../limits.ts';
import type { PlanRule } from '../ports.ts';
import type { OutputAsk, StreamEnding } from '../protocols/protocol.ts';
import type { Learned } from './learned.ts';
import { boundCost } from './rates.ts';

/** What a call must be able to pay for. */
export interface Hurdle {
  /** A call that waits is sized by what was learned meanwhile. */
  readonly factsNow: () => HoldFacts;
  /** Null when its answer is not made of tokens. */
  readonly ask: OutputAsk | null;
  readonly ending: StreamEnding | null;
  /** True when a hard budget counts what the call costs. */
  readonly strict: boolean;
}

export interface Measures {
  readonly priceBook: PriceBook;
  readonly nowMs: number;
  readonly learned: Learned;
  /** What the tightest hard budget has not spent, picodollars; null when none counts money. */
  readonly unspentPicos: () => bigint | null;
  readonly sharers: () => number;
}

/** Of ordinary text: how far its bytes overstate its tokens. It only decides how many calls are let in at once. */
const usualBytesPerToken = 4;

/** Operations whose answers cost nothing beyond what their input bounds. */
const flatOperations: ReadonlySet<string> = new Set(['embeddings', 'moderations', 'embedContent']);

/**
 * Bounds a call on every side.
 * @throws BurnrateError unknown_price, unbounded_input
 */
export function measure(
  exchange: Exchange,
  matches: readonly BudgetMatch[],
  outputMax: number | null,
  { priceBook, nowMs, learned, unspentPicos, sharers }: Measures,
): Hurdle {
  const { route, understanding, call } = exchange;
  const { json, operation, facts: request } = understanding;
  const counts = (unit: string) => matches.some(({ definition }) => definition.hard && definition.unit === unit);
  const hard = { usd: counts('usd'), tokens: counts('tokens') };
  const strict = hard.usd || hard.tokens;
  const known = route.provider.models[request.model] ?? {};
  const cost = boundCost(exchange, priceBook, nowMs, hard, known.contextWindow ?? null);
  const ask = json ? route.protocol.outputOf(operation, json) : null;
  if (strict && !ask) checkFlat(exchange, cost.rates.fixedPicos > 0n);
  const ending = strict && ask && request.streamed ? endingOf(exchange) : null;
  const lag = route.provider.cancelLag;
  const hidden = ask === null || ask.hidden || learned.hides(route.provider.name, request.model);
  const visible = ending !== null && !hidden && lag !== 'end';
  const { workflow = '', stage = '' } = call.attribution;
  const key = JSON.stringify([workflow, stage, route.provider.name, request.model]);
  const factsNow = (): HoldFacts => {
    const facts: HoldFacts = {
      rates: cost.rates,
      inputTokensMax: cost.inputTokensMax,
      clientMaxOutputTokens: ask ? ask.maxTokens : 1,
      stageMaxOutputTokens: outputMax,
      modelMaxOutputTokens: known.maxOutputTokens ?? longestAnswer(ask, visible, cost.contextWindow),
      choices: ask?.choices ?? 1,
      learned: learned.quantiles(key),
      visible,
      cancelLagTokens: learned.lagTokens(route.provider.name, typeof lag === 'number' ? lag : null),
      seenPerToken: Math.max(1, usualBytesPerToken / learned.bytesPerToken(route.provider.name, request.model)),
      sharers: sharers(),
    };
    const unspent = visible && facts.learned === null ? unspentPicos() : null;
    return unspent === null ? facts : { ...facts, learned: guess(facts, unspent) };
  };
  return { ask, ending, strict, factsNow };
}

/**
 * Of a stream nobody has seen the like of an ordinary answer is expected, or what the whole budget still buys: calls
 * let in finish, others wait for them, and a small budget serves one call at a time rather than none.
 */
function guess(facts: HoldFacts, unspentPicos: bigint): OutputQuantiles {
  const { rates, inputTokensMax, choices, cancelLagTokens, seenPerToken } = facts;
  const perToken = rates.outputPicosPerToken * BigInt(choices);
  const left = unspentPicos - rates.fixedPicos - BigInt(inputTokensMax) * rates.inputPicosPerToken;
  const buys = perToken === 0n ? unlearnedOutputTokens : Number(left / perToken) - cancelLagTokens;
  const p99 = Math.max(1, Math.min(unlearnedOutputTokens, Math.floor(buys / seenPerToken)));
  return { p50: Math.min(64, p99), p99 };
}

/** What a model may answer when nobody says: a client's own maximum is believed. */
function longestAnswer(ask: OutputAsk | null, visible: boolean, contextWindow: number | null): number {
  if (visible) return contextWindow ?? limits.watchedOutputTokensMax;
  return Math.max(
    ask?.maxTokens ?? 0,
    Math.min(contextWindow ?? Number.MAX_SAFE_INTEGER, limits.unlistedOutputTokensMax),
  );
}

/** Gemini's arrays of chunks cannot be ended early. */
function endingOf({ route, understanding }: Exchange): StreamEnding | null {
  if (route.protocol.name === 'gemini' && !/[?&]alt=sse\b/.test(route.query)) return null;
  return route.protocol.endingOf(understanding.operation);
}

/** @throws BurnrateError unknown_price when neither tokens nor a price per call bound the cost */
function checkFlat({ understanding, route }: Exchange, perCall: boolean): void {
  const { name } = understanding.operation;
  if (flatOperations.has(name) || perCall) return;
  throw new BurnrateError('unknown_price', {
    message: `A hard budget covers this call, and what "${name}" at ${route.provider.name} costs cannot be bounded.`,
  });
}

/** @throws BurnrateError model_not_allowed */
export function checkPlan(plan: PlanRule, exchange: Exchange): void {
  const { model } = exchange.understanding.facts;
  const full = `${exchange.route.provider.name}/${model}`;
  if (plan.models.length === 0 || plan.models.some((allowed) => allowed === model || allowed === full)) return;
  throw new BurnrateError('model_not_allowed', {
    message: `The model "${model}" is not part of the plan "${exchange.call.attribution.plan}"; it has ${plan.models.join(', ')}.`,
  });
}

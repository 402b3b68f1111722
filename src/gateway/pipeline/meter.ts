import { estimateTextTokens, servedTier } from '../../pricing/index.ts';
import { type FailureClass, outputTokensOf, type Usage } from '../../tree/index.ts';
import type { Exchange, Metered, Observation, Stage, UpstreamResult } from '../exchange.ts';
import { keptText } from '../kept-text.ts';

type Counted = Pick<Metered, 'usage' | 'usageSource'>;

/** Turns what was seen of the answer into usage, and says where its numbers come from. */
export const meter: Stage = (exchange) => {
  const { result } = exchange;
  if (!result) return;
  const { observation } = result;
  const { reading } = observation;
  const named = reading?.ok ? reading.model : null;
  exchange.metered = {
    ...countedOf(exchange, result),
    modelServed: keptText(named || observation.model) || exchange.understanding.facts.model,
    tier: keptText(
      result.servedTier === '' ? ((reading?.ok ? reading.tier : null) ?? 'standard') : servedTier(result.servedTier),
    ),
    failure: failureOf(exchange, result),
  };
};

function countedOf(exchange: Exchange, result: UpstreamResult): Counted {
  const { operation } = exchange.understanding;
  const refused = result.status >= 300;
  if (!result.sent || operation.billing === 'free' || refused) return { usage: {}, usageSource: 'none' };
  const { reading, final, failed, finished } = result.observation;
  if (reading?.ok && final) return { usage: reading.usage, usageSource: 'reported' };
  if (exchange.route.protocol.name === 'other' && !result.breakOff)
    return { usage: { call: 1 }, usageSource: 'reported' };
  if (reading?.ok) return { usage: atLeastSeen(reading.usage, result.observation), usageSource: 'estimated' };
  if (result.breakOff || failed || !finished) {
    return { usage: fromBytes(exchange.prompt.inputTokens, result.observation), usageSource: 'estimated' };
  }
  return { usage: {}, usageSource: 'absent' };
}

/** A stream's report before its end counts the input rightly and the output too low: the text seen corrects it. */
function atLeastSeen(usage: Usage, observation: Observation): Usage {
  const seen = estimateTextTokens(observation.contentBytes);
  const missing = seen - outputTokensOf(usage);
  return missing > 0 ? { ...usage, output: (usage.output ?? 0) + missing } : usage;
}

function fromBytes(inputTokens: number, observation: Observation): Usage {
  const output = estimateTextTokens(observation.contentBytes);
  return { ...(inputTokens > 0 ? { input: inputTokens } : {}), ...(output > 0 ? { output } : {}) };
}

function failureOf(exchange: Exchange, result: UpstreamResult): FailureClass | null {
  // A documented early end is what the budget asked for, not a failure.
  if (result.observation.cut) return null;
  if (result.breakOff) return result.breakOff.failure;
  if (result.status >= 400) return failureOfStatus(result.status);
  const { failed, garbled, finished, reading } = result.observation;
  if (failed) return 'upstream_error';
  const unreadable = garbled || !finished || (reading?.ok === false && reading.reason === 'invalid');
  return unreadable && exchange.understanding.operation.billing === 'metered' && !reading?.ok ? 'malformed' : null;
}

function failureOfStatus(status: number): FailureClass {
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 504) return 'timeout';
  return status >= 500 ? 'upstream_error' : 'client_error';
}

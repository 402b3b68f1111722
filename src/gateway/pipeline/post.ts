import type { Journal } from '../../journal/index.ts';
import type { Attempt } from '../../tree/index.ts';
import type { Exchange, Stage } from '../exchange.ts';

/** Writes the end of the attempt to the journal, exactly once. */
export function post(journal: Journal, simulated: Set<string>, onPosted: (attempt: Attempt) => void): Stage {
  return (exchange) => {
    const attempt = attemptOf(exchange);
    if (!attempt || exchange.attempt) return;
    exchange.attempt = attempt;
    if (attempt.status > 0) noteSimulated(simulated, attempt);
    journal.end(attempt);
    onPosted(attempt);
  };
}

/** Whether a provider is the emulator is known from its answers; attempts without one go by the last. */
function noteSimulated(simulated: Set<string>, attempt: Attempt): void {
  if (attempt.simulated) simulated.add(attempt.provider);
  else simulated.delete(attempt.provider);
}

function attemptOf(exchange: Exchange): Attempt | null {
  const { start, result, metered, priced } = exchange;
  if (!start || !result || !metered || !priced) return null;
  return {
    ...start,
    ...priced,
    usage: metered.usage,
    usageSource: metered.usageSource,
    modelServed: metered.modelServed,
    tier: metered.tier,
    failure: metered.failure,
    status: result.status,
    firstByteMs: result.firstByteMs,
    firstTokenMs: result.observation.firstTokenMs,
    durationMs: result.durationMs,
    responseBytes: result.responseBytes,
    providerRequestId: result.requestId,
    simulated: result.status > 0 ? result.simulated : start.simulated,
  };
}

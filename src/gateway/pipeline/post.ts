import type { Journal } from '../../journal/index.ts';
import { type Attempt, endedEarly } from '../../tree/index.ts';
import type { Controls } from '../control/controls.ts';
import type { Exchange, Stage } from '../exchange.ts';

/**
 * Writes the end of the attempt to the journal, exactly once, and waits until a kill −9 cannot undo it: the answer's
 * last bytes go out after that, so what a client has seen complete is complete in the ledger too.
 */
export function post(
  journal: Journal,
  simulated: Set<string>,
  controls: Pick<Controls, 'settle'>,
  onPosted: (attempt: Attempt) => void,
): Stage {
  return (exchange) => {
    const attempt = attemptOf(exchange);
    if (!attempt || exchange.attempt) return;
    exchange.attempt = attempt;
    if (attempt.status > 0) noteSimulated(simulated, attempt);
    const written = journal.end(attempt, controls.settle(exchange, attempt));
    onPosted(attempt);
    return written;
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
    decisions: result.observation.cut ? [...start.decisions, endedEarly] : start.decisions,
    simulated: result.status > 0 ? result.simulated : start.simulated,
  };
}

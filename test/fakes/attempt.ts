import { costOf, rateFromUsdPerMillion } from '../../src/money/index.ts';
import type { Attempt } from '../../src/tree/index.ts';

/** An attempt with every field filled in: 1,000 input tokens at $1.25 and 100 output tokens at $10 per million. */
export function anAttempt(changes: Partial<Attempt> = {}): Attempt {
  const input = { quantity: 1_000, rate: rateFromUsdPerMillion('1.25') };
  const output = { quantity: 100, rate: rateFromUsdPerMillion('10') };
  return {
    attemptId: 'att_1',
    callId: 'call_1',
    attemptNumber: 1,
    run: 'run_1',
    workflow: 'support-assistant',
    stage: 'answer',
    reason: 'first',
    layer: 'product',
    inferred: [],
    keyId: 'anonymous',
    provider: 'openai',
    protocol: 'openai',
    operation: 'chat',
    modelRequested: 'gpt-5',
    modelServed: 'gpt-5',
    tier: 'standard',
    streamed: false,
    status: 200,
    failure: null,
    clientRetryCount: 0,
    startedAtMs: Date.UTC(2026, 2, 1, 11),
    firstByteMs: 100,
    firstTokenMs: 120,
    durationMs: 900,
    usage: { input: input.quantity, output: output.quantity },
    usageSource: 'reported',
    lines: [
      { line: 'inference', bucket: 'input', unit: 'tokens', ...input, cost: costOf(input.quantity, input.rate) },
      { line: 'inference', bucket: 'output', unit: 'tokens', ...output, cost: costOf(output.quantity, output.rate) },
    ],
    cost: { picos: costOf(input.quantity, input.rate).picos + costOf(output.quantity, output.rate).picos },
    priceState: 'known',
    rateCard: 'card',
    fingerprint: 'f1',
    prefixHashes: [],
    partTokens: null,
    requestBytes: 400,
    responseBytes: 900,
    providerRequestId: 'req_1',
    decisions: [],
    simulated: false,
    ...changes,
  };
}

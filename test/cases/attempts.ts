import { costOf, sumUsd } from '../../src/money/index.ts';
import type { Attempt, Bucket, CostLine } from '../../src/tree/index.ts';

/** Picodollars a token of each kind costs in the shared cases. */
const caseRates: Readonly<Record<string, bigint>> = {
  input: 1_250_000n,
  cacheRead: 125_000n,
  output: 10_000_000n,
};
/** 2026-03-02T10:00:00Z, a Monday. */
export const caseStartMs = Date.UTC(2026, 2, 2, 10);

function caseLines(usage: Attempt['usage']): CostLine[] {
  return Object.entries(usage).map(([bucket, quantity]) => {
    const rate = caseRates[bucket] ?? 1_000n;
    return {
      line: 'inference',
      bucket: bucket as Bucket,
      quantity,
      unit: 'tokens',
      rate,
      cost: costOf(quantity, rate),
    };
  });
}

/** A successful first attempt of a chat call; its lines and cost follow from its usage unless given. */
export function caseAttempt(id: string, changes: Partial<Attempt> = {}): Attempt {
  const usage = changes.usage ?? { input: 1_000, cacheRead: 200, output: 300 };
  const lines = changes.lines ?? caseLines(usage);
  return {
    attemptId: `att_${id}`,
    callId: `call_${id}`,
    attemptNumber: 1,
    run: `run_${id}`,
    reason: 'first',
    layer: 'client',
    inferred: [],
    keyId: 'key_1',
    provider: 'openai',
    protocol: 'openai',
    operation: 'chat',
    modelRequested: 'gpt-5-mini',
    modelServed: 'gpt-5-mini-2025',
    tier: 'standard',
    streamed: false,
    status: 200,
    failure: null,
    clientRetryCount: 0,
    startedAtMs: caseStartMs,
    firstByteMs: 120.5,
    firstTokenMs: 130.25,
    durationMs: 900.75,
    usage,
    usageSource: 'reported',
    lines,
    cost: sumUsd(lines.map((line) => line.cost)),
    priceState: 'known',
    rateCard: 'card_1',
    fingerprint: 'f1',
    prefixHashes: ['p1', 'p2'],
    partTokens: { system: 100, history: 200, retrieval: 600, question: 100, tools: 0 },
    requestBytes: 4_000,
    responseBytes: 1_200,
    providerRequestId: 'req_1',
    decisions: ['free-users@0.85', 'endedEarly'],
    simulated: false,
    ...changes,
  };
}

import type { z } from '@hono/zod-openapi';
import type { RunFacts } from '../ledger/index.ts';
import { sumUsd, toDecimal, type Usd, usdPerMillion, zeroUsd } from '../money/index.ts';
import {
  type Attempt,
  type Attribution,
  attributionNames,
  type CostLine,
  inputTokensOf,
  type Outcome,
  outputTokensOf,
} from '../tree/index.ts';
import { timeJson } from './range.ts';
import type { costLineSchema } from './schemas.ts';
import type { attemptSchema, callSchema, outcomeSchema, runSchema } from './schemas-calls.ts';

type AttemptJson = z.infer<typeof attemptSchema>;
export type CallJson = z.infer<typeof callSchema>;
export type RunJson = z.infer<typeof runSchema>;
export type OutcomeJson = z.infer<typeof outcomeSchema>;

export function attributionJson(source: Attribution): Attribution {
  const told = attributionNames.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]);
  return { ...Object.fromEntries(told), ...(source.tags === undefined ? {} : { tags: source.tags }) };
}

function maybeDecimal(amount: Usd | null): string | null {
  return amount === null ? null : toDecimal(amount);
}

function lineJson(line: CostLine): z.infer<typeof costLineSchema> {
  return {
    line: line.line,
    bucket: line.bucket,
    unit: line.unit,
    quantity: line.quantity,
    costUsd: toDecimal(line.cost),
    rateUsdPerMillion: usdPerMillion(line.rate),
  };
}

function attemptJson(attempt: Attempt): AttemptJson {
  return {
    ...(attributionJson(attempt) as AttemptJson),
    id: attempt.attemptId,
    callId: attempt.callId,
    number: attempt.attemptNumber,
    reason: attempt.reason,
    layer: attempt.layer,
    inferred: [...attempt.inferred],
    keyId: attempt.keyId,
    provider: attempt.provider,
    protocol: attempt.protocol,
    operation: attempt.operation,
    modelRequested: attempt.modelRequested,
    model: attempt.modelServed,
    tier: attempt.tier,
    streamed: attempt.streamed,
    status: attempt.status,
    failure: attempt.failure,
    clientRetryCount: attempt.clientRetryCount,
    startedAt: timeJson(attempt.startedAtMs),
    firstByteMs: attempt.firstByteMs,
    firstTokenMs: attempt.firstTokenMs,
    durationMs: attempt.durationMs,
    usage: attempt.usage,
    usageSource: attempt.usageSource,
    inputTokens: inputTokensOf(attempt.usage),
    outputTokens: outputTokensOf(attempt.usage),
    lines: attempt.lines.map(lineJson),
    costUsd: maybeDecimal(attempt.cost),
    priceState: attempt.priceState,
    rateCard: attempt.rateCard,
    fingerprint: attempt.fingerprint,
    partTokens: attempt.partTokens,
    requestBytes: attempt.requestBytes,
    responseBytes: attempt.responseBytes,
    providerRequestId: attempt.providerRequestId,
    decisions: [...attempt.decisions],
    simulated: attempt.simulated,
  };
}

function totalsJson(attempts: readonly Attempt[]) {
  const known = sumUsd(attempts.map((attempt) => attempt.cost ?? zeroUsd));
  const unknownPriceAttempts = attempts.filter((attempt) => attempt.priceState === 'unknown').length;
  const startedAtMs = Math.min(...attempts.map((attempt) => attempt.startedAtMs));
  const endedAtMs = Math.max(...attempts.map((attempt) => attempt.startedAtMs + attempt.durationMs));
  return {
    costUsd: unknownPriceAttempts > 0 ? null : toDecimal(known),
    knownCostUsd: toDecimal(known),
    startedAt: timeJson(startedAtMs),
    durationMs: endedAtMs - startedAtMs,
    inputTokens: attempts.reduce((sum, attempt) => sum + inputTokensOf(attempt.usage), 0),
    outputTokens: attempts.reduce((sum, attempt) => sum + outputTokensOf(attempt.usage), 0),
    unknownPriceAttempts,
    estimatedAttempts: attempts.filter((attempt) => attempt.usageSource === 'estimated').length,
    simulated: attempts.some((attempt) => attempt.simulated),
  };
}

/** A call from its attempts, of which there must be one; its attribution is that of the first. */
export function callJson(attempts: readonly [Attempt, ...Attempt[]]): CallJson {
  const ordered = attempts.toSorted((a, b) => a.attemptNumber - b.attemptNumber || a.startedAtMs - b.startedAtMs);
  const first = ordered[0] ?? attempts[0];
  return {
    ...(attributionJson(first) as CallJson),
    id: first.callId,
    ...totalsJson(ordered),
    attempts: ordered.map(attemptJson),
  };
}

export function outcomeJson(outcome: Outcome): OutcomeJson {
  return {
    id: outcome.id,
    run: outcome.run,
    outcome: outcome.outcome,
    valueUsd: maybeDecimal(outcome.value),
    humanMinutes: outcome.humanMinutes,
    role: outcome.role,
    csat: outcome.csat,
    at: timeJson(outcome.atMs),
    recordedAt: timeJson(outcome.recordedAtMs),
  };
}

/** A run with its calls in the order they began. A run known only by its outcome has no calls and costs nothing. */
export function runJson(facts: RunFacts): RunJson {
  const outcomes = facts.outcomes.toSorted((a, b) => a.atMs - b.atMs || a.recordedAtMs - b.recordedAtMs);
  const calls = [...byCall(facts.attempts).values()]
    .map(callJson)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  const lastOutcome = outcomes.at(-1);
  return {
    id: facts.run,
    workflow: facts.attempts.find((attempt) => attempt.workflow !== undefined)?.workflow ?? null,
    ...(facts.attempts.length > 0 ? totalsJson(facts.attempts) : emptyTotals(outcomes[0]?.atMs ?? 0)),
    outcome: lastOutcome === undefined ? null : outcomeJson(lastOutcome),
    outcomes: outcomes.map(outcomeJson),
    calls,
  };
}

function byCall(attempts: readonly Attempt[]): Map<string, [Attempt, ...Attempt[]]> {
  const calls = new Map<string, [Attempt, ...Attempt[]]>();
  for (const attempt of attempts) {
    const known = calls.get(attempt.callId);
    if (known) known.push(attempt);
    else calls.set(attempt.callId, [attempt]);
  }
  return calls;
}

function emptyTotals(startedAtMs: number) {
  return {
    costUsd: '0',
    knownCostUsd: '0',
    startedAt: timeJson(startedAtMs),
    durationMs: 0,
    inputTokens: 0,
    outputTokens: 0,
    unknownPriceAttempts: 0,
    estimatedAttempts: 0,
    simulated: false,
  };
}

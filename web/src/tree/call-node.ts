import type { AttemptInList, CallInList, CostNode, LineTotal } from '../api/schema.ts';

/** A call of a list as a node of the cost tree, its attempts below it. */
export function callNode(call: CallInList): CostNode {
  return {
    ...node('call', call.id, call.knownCostUsd, call),
    counts: countsOf(call.attempts),
    children: call.attempts.map((attempt) => ({
      ...node('attempt', attempt.id, attempt.costUsd ?? '0', attempt),
      counts: countsOf([attempt]),
      children: [],
    })),
  };
}

interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function node(kind: 'call' | 'attempt', name: string, totalUsd: string, tokens: Tokens) {
  return { kind, name, totalUsd, ownLines: [], lines: tokenLines(tokens) };
}

/** Lists know only how many tokens went in and out, not what each kind of them cost. */
function tokenLines({ inputTokens, outputTokens }: Tokens): LineTotal[] {
  const line = (bucket: 'input' | 'output', quantity: number): LineTotal => {
    return { line: 'inference', bucket, unit: 'tokens', quantity, costUsd: '0' };
  };
  return [line('input', inputTokens), line('output', outputTokens)];
}

function countsOf(attempts: readonly AttemptInList[]): CostNode['counts'] {
  return {
    runs: 1,
    interactions: 0,
    calls: 1,
    attempts: attempts.length,
    unknownPriceAttempts: attempts.filter((attempt) => attempt.priceState === 'unknown').length,
    estimatedAttempts: attempts.filter((attempt) => attempt.usageSource === 'estimated').length,
  };
}

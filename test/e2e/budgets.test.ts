/** A hard budget under many callers, every way a provider may bill, lost processes: the provider never bills more than the budget. */
import { afterEach, expect, test } from 'vitest';
import { billings, budgetYaml, type ProofOptions, proofScenario, proveBudget } from './budget-check.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack | undefined;

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

/** A run and all that is waited for after it. */
const timeoutMs = 120_000;

const streamed: ProofOptions = {
  ...{ callers: 500, fits: 200, outputTokens: 300, stream: true, slowShare: 0.1, leaveShare: 0 },
  ...{ killEveryMs: 0, durationMsMax: 60_000 },
};

test.each(billings.map((billing) => [JSON.stringify(billing), billing] as const))(
  '500 callers stream on the money of 200 calls, some read slowly, and the provider bills %s',
  async (_, billing) => {
    stack = await startStack({ scenario: proofScenario(billing, 300, 2), settings: budgetYaml(streamed) });
    const result = await proveBudget(stack, streamed);
    expect(result.billedUsd, JSON.stringify(result)).toBeLessThanOrEqual(result.limitUsd);
    expect(result.usedShare, JSON.stringify(result)).toBeGreaterThanOrEqual(0.97);
    expect(result.completedShare, JSON.stringify(result)).toBeGreaterThanOrEqual(0.95);
    expect(Number(result.heldAfter)).toBe(0);
  },
  timeoutMs,
);

test(
  'plain calls, four workers, callers that leave and workers that are killed',
  async () => {
    const plain: ProofOptions = {
      ...{ callers: 60, fits: 400, outputTokens: 60, stream: false, slowShare: 0, leaveShare: 0.1 },
      ...{ killEveryMs: 2_000, durationMsMax: 7_000 },
    };
    const settings = `workers: 4\n${budgetYaml(plain)}`;
    stack = await startStack({ scenario: proofScenario({ lagTokens: 40 }, 60, 2), settings });
    const result = await proveBudget(stack, plain);
    expect(result.billedUsd, JSON.stringify(result)).toBeLessThanOrEqual(result.limitUsd);
    expect(result.kills).toBeGreaterThan(0);
    expect(result.completed).toBeGreaterThan(0);
    expect(Number(result.heldAfter)).toBe(0);
  },
  timeoutMs,
);

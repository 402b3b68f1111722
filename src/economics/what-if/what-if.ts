import type { AttemptCursor, TimeRange } from '../../ledger/index.ts';
import { fromPicos, subtractUsd, type Usd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { Attempt } from '../../tree/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { StagePolicy } from './policy.ts';
import { type PolicyEffects, PolicyReplay } from './replay-policy.ts';

/** What recorded history would have cost under another policy. */
export interface WhatIf {
  readonly range: TimeRange;
  /** Of the stages the policy names. */
  readonly recorded: Usd;
  readonly would: Usd;
  readonly saving: Usd;
  /** Where the saving of a range as long again is expected, 9 times in 10. */
  readonly low: Usd;
  readonly high: Usd;
  readonly runs: number;
  readonly attempts: number;
  /** True when history is longer than what was looked at, which is its oldest part. */
  readonly cutOff: boolean;
  readonly effects: Readonly<PolicyEffects>;
}

const pageSize = 10_000;
/** Attempts looked at in one question. */
export const attemptsMax = 200_000;

/** Reads the history of the stages a policy names and prices it anew. Prompts are not needed: fingerprints, prefix hashes and part counts are. */
export async function readWhatIf(
  ledger: EconomicLedger,
  range: TimeRange,
  policies: readonly StagePolicy[],
  prices: PriceBook,
): Promise<WhatIf> {
  const replay = new PolicyReplay(policies, prices);
  const cutOff = await eachAttempt(ledger, range, policies, (attempt) => replay.take(attempt));
  return resultOf(replay, range, cutOff);
}

/** Prices attempts that are at hand, in the order they began; `cutOff` says that there were more. */
export function whatIf(
  attempts: readonly Attempt[],
  range: TimeRange,
  policies: readonly StagePolicy[],
  prices: PriceBook,
  cutOff = false,
): WhatIf {
  const replay = new PolicyReplay(policies, prices);
  for (const attempt of attempts) replay.take(attempt);
  return resultOf(replay, range, cutOff);
}

/** @returns whether there was more than may be looked at */
async function eachAttempt(
  ledger: EconomicLedger,
  range: TimeRange,
  policies: readonly StagePolicy[],
  take: (attempt: Attempt) => void,
): Promise<boolean> {
  const names = (key: 'workflow' | 'stage') => [...new Set(policies.map((policy) => policy[key]))];
  const where = { workflow: names('workflow'), stage: names('stage') };
  let after: AttemptCursor | undefined;
  for (let seen = 0; seen < attemptsMax; seen += pageSize) {
    const page = await ledger.history({ range, where }, pageSize, after);
    for (const attempt of page) take(attempt);
    if (page.length < pageSize) return false;
    after = page.at(-1);
  }
  return true;
}

function resultOf(replay: PolicyReplay, range: TimeRange, cutOff: boolean): WhatIf {
  const { saved: saving, savedByRun, recorded, attempts, effects } = replay;
  const spread = predictionSpread([...savedByRun.values()].map(Number));
  const around = fromPicos(BigInt(Math.round(spread)));
  return {
    ...{ range, saving, attempts, effects, cutOff, runs: savedByRun.size },
    recorded: fromPicos(recorded),
    would: fromPicos(recorded - saving.picos),
    low: subtractUsd(saving, around),
    high: fromPicos(saving.picos + around.picos),
  };
}

const z90 = 1.6448536269514722;

/**
 * Half the width of a 90 % prediction interval of a sum over n independent runs, from the sum over n earlier ones:
 * z √(2n) s, as both sums vary.
 */
function predictionSpread(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return z90 * Math.sqrt(2 * n * variance);
}

import type { TimeRange } from '../../ledger/index.ts';
import { fromPicos, subtractUsd, type Usd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { Attempt } from '../../tree/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { StagePolicy } from './policy.ts';
import { readStageAttempts, type StageAttempts, type WholeHistory } from './read-history.ts';
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
  /** Looked at. Of a sample what is in dollars is scaled to the whole; effects are of what was looked at. */
  readonly runs: number;
  readonly attempts: number;
  /** How many there were; more than `attempts` when a sample was looked at, and then dollars are estimates. */
  readonly ofAttempts: number;
  readonly effects: Readonly<PolicyEffects>;
}

/** Attempts looked at in one question. */
const attemptsMax = 16_000;

/** Reads the history of the stages a policy names and prices it anew. Prompts are not needed: fingerprints, prefix hashes and part counts are. */
export async function readWhatIf(
  ledger: EconomicLedger,
  range: TimeRange,
  policies: readonly StagePolicy[],
  prices: PriceBook,
): Promise<WhatIf> {
  return whatIfOf(await readStageAttempts(ledger, range, policies, attemptsMax), range, policies, prices);
}

/** Prices what was read of history. */
export function whatIfOf(
  { attempts, whole, sampled }: StageAttempts,
  range: TimeRange,
  policies: readonly StagePolicy[],
  prices: PriceBook,
): WhatIf {
  return whatIf(attempts, range, policies, prices, sampled ? whole : undefined);
}

/** Prices attempts in the order they began; when they are a sample, `whole` is what they stand for. */
export function whatIf(
  attempts: readonly Attempt[],
  range: TimeRange,
  policies: readonly StagePolicy[],
  prices: PriceBook,
  whole?: WholeHistory,
): WhatIf {
  const replay = new PolicyReplay(policies, prices);
  for (const attempt of attempts) replay.take(attempt);
  const { savedByRun, recorded, effects } = replay;
  const scale = whole && recorded > 0n ? Number(whole.cost.picos) / Number(recorded) : 1;
  const saving = scaled(replay.saved.picos, scale);
  const all = whole ? whole.cost.picos : recorded;
  const around = BigInt(Math.round(predictionSpread([...savedByRun.values()].map(Number), scale)));
  return {
    ...{ range, attempts: replay.attempts, ofAttempts: whole?.attempts ?? replay.attempts, effects },
    runs: savedByRun.size,
    saving: fromPicos(saving),
    recorded: fromPicos(all),
    would: fromPicos(all - saving),
    low: subtractUsd(fromPicos(saving), fromPicos(around)),
    high: fromPicos(saving + around),
  };
}

/** An estimate from here on, so floating point does. */
const scaled = (picos: bigint, scale: number): bigint =>
  scale === 1 ? picos : BigInt(Math.round(Number(picos) * scale));

const z90 = 1.6448536269514722;

/**
 * Half the width of a 90 % prediction interval of a sum over N = n × `scale` independent runs to come, from n earlier
 * ones: z s √(N + N² ÷ n), as both vary. With every run looked at it is z s √(2n).
 */
function predictionSpread(values: readonly number[], scale: number): number {
  const n = values.length;
  if (n < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const coming = n * scale;
  return z90 * Math.sqrt((coming + coming ** 2 / n) * variance);
}

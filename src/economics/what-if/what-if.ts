import type { TimeRange } from '../../ledger/index.ts';
import { fromPicos, subtractUsd, type Usd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { blockSpread, sampleSpread } from '../sampling/block-interval.ts';
import type { Interval } from '../sampling/bootstrap.ts';
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
  /** Where the saving of a range as long again is expected, 9 times in 10, when days vary as they did. */
  readonly low: Usd;
  readonly high: Usd;
  /** Saving ÷ recorded, expected in the same way whatever the volume will be. */
  readonly share: Interval;
  /** Looked at. Of a sample what is in dollars is scaled to the whole; effects are of what was looked at. */
  readonly runs: number;
  readonly attempts: number;
  /** How many there were; more than `attempts` when a sample was looked at, and then dollars are estimates. */
  readonly ofAttempts: number;
  readonly effects: Readonly<PolicyEffects>;
}

/** Attempts looked at in one question. */
const attemptsMax = 8_000;

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
  const { savedAt, recorded, effects, runs } = replay;
  const scale = whole && recorded > 0n ? Number(whole.cost.picos) / Number(recorded) : 1;
  const saving = scaled(replay.saved.picos, scale);
  const all = whole ? whole.cost.picos : recorded;
  const share = all === 0n ? 0 : Number(saving) / Number(all);
  const spread = whole ? sampleSpread(savedAt, range, whole.costs ?? []) : blockSpread(savedAt, range);
  const around = BigInt(Math.round(spread.saved));
  return {
    ...{ range, attempts: savedAt.length, ofAttempts: whole?.attempts ?? savedAt.length, effects },
    runs: runs.size,
    saving: fromPicos(saving),
    recorded: fromPicos(all),
    would: fromPicos(all - saving),
    low: subtractUsd(fromPicos(saving), fromPicos(around)),
    high: fromPicos(saving + around),
    share: { estimate: share, low: share - spread.share, high: share + spread.share },
  };
}

/** An estimate from here on, so floating point does. */
const scaled = (picos: bigint, scale: number): bigint =>
  scale === 1 ? picos : BigInt(Math.round(Number(picos) * scale));

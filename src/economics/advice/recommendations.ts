import type { Config, ConfigEdit } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { compareUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import { perOne } from '../units/ratio.ts';
import { readUnitEconomics, type UnitEconomics } from '../units/unit-economics.ts';
import { readStageAttempts } from '../what-if/read-history.ts';
import { type WhatIf, whatIfOf } from '../what-if/what-if.ts';
import { type Candidate, candidatesOf, type Lever, type StageHistory } from './candidates.ts';

/** A change worth making, measured on this product's own history. */
export interface Recommendation {
  /** The same advice has the same id. */
  readonly id: string;
  readonly lever: Lever;
  readonly workflow: string;
  readonly stage: string;
  /** What the range would have saved, and where as long a range again is expected. */
  readonly result: WhatIf;
  /** Saving ÷ what the stage cost. */
  readonly share: number;
  readonly risk: string;
  readonly edit: ConfigEdit;
}

/** Where more spending could pay: what a point of success is worth. */
export interface Investment {
  readonly workflow: string;
  readonly successRate: number;
  /** One success more in a hundred ended runs, over the range. */
  readonly worthPerPoint: Usd;
  readonly valuePerSuccess: Usd;
  readonly costPerRun: Usd;
}

export interface Advice {
  readonly range: TimeRange;
  readonly recommendations: readonly Recommendation[];
  readonly investments: readonly Investment[];
  /** Stages looked at, the dearest of those burnrate.yaml describes. */
  readonly stages: number;
}

const stagesMax = 8;
/** Attempts looked at of each. */
const attemptsMax = 2_000;
const attemptsNeeded = 50;
/** Less than this share of a stage's cost is not worth a change. */
const shareMin = 0.01;

/** Tries every lever a stage does not use on its own history, and keeps what is sure to save: a whole interval above zero. */
export async function readAdvice(
  ledger: EconomicLedger,
  range: TimeRange,
  config: Config,
  prices: PriceBook,
): Promise<Advice> {
  const [histories, units] = await Promise.all([
    readHistories(ledger, range, config),
    readUnitEconomics(ledger, { range, timeZone: config.timeZone }, config),
  ]);
  const recommendations = histories.flatMap((history) =>
    candidatesOf(history, config).flatMap((candidate) => tried(candidate, history, { range, prices })),
  );
  return {
    range,
    recommendations: recommendations.sort((a, b) => compareUsd(b.result.saving, a.result.saving)),
    investments: investments(units),
    stages: histories.length,
  };
}

async function readHistories(ledger: EconomicLedger, range: TimeRange, config: Config): Promise<StageHistory[]> {
  const { rows } = await ledger.costs({ range, where: {}, by: ['workflow', 'stage'], limit: 1_000 });
  const described = rows.flatMap(({ dimensions: { workflow, stage }, attempts }) => {
    const settings = config.workflows[workflow ?? '']?.stages[stage ?? ''];
    return settings && workflow && stage && attempts >= attemptsNeeded ? [{ workflow, stage, settings }] : [];
  });
  return Promise.all(
    described.slice(0, stagesMax).map(async (each) => {
      return { ...each, ...(await readStageAttempts(ledger, range, [each], attemptsMax)) };
    }),
  );
}

interface Trial {
  readonly range: TimeRange;
  readonly prices: PriceBook;
}

function tried(candidate: Candidate, history: StageHistory, { range, prices }: Trial): Recommendation[] {
  const { workflow, stage } = history;
  const { lever, key, value, risk } = candidate;
  const result = whatIfOf(history, range, [candidate.policy], prices);
  const share = result.share.estimate;
  if (result.low.picos <= 0n || share < shareMin) return [];
  const edit = { path: ['workflows', workflow, 'stages', stage, key], value };
  const id = `${lever}:${workflow}:${stage}:${JSON.stringify(value)}`;
  return [{ ...{ id, lever, workflow, stage, result, share, risk, edit } }];
}

function investments({ workflows }: UnitEconomics): Investment[] {
  return workflows.flatMap(({ facts, costs, returns }) => {
    const { success, escalated, abandoned, failed } = facts.outcomes;
    const ended = success + escalated + abandoned + failed;
    const valuePerSuccess = perOne(returns.value, success) ?? zeroUsd;
    const worthPerPoint = perOne({ picos: valuePerSuccess.picos * BigInt(ended) }, 100) ?? zeroUsd;
    if (costs.perRun === null || success === ended || valuePerSuccess.picos <= costs.perRun.picos) return [];
    const rate = { workflow: facts.workflow ?? '', successRate: success / ended };
    return [{ ...rate, worthPerPoint, valuePerSuccess, costPerRun: costs.perRun }];
  });
}

import type { Config, Scenario, Stress } from '../../config/index.ts';
import { type ModelBuilder, type Num, one, zero } from './number.ts';
import { compilePlans, type PlanModel } from './traffic.ts';

/** What a scenario or a stress multiplies. */
export const factorNames = [
  'traffic',
  'prices',
  'inputTokens',
  'outputTokens',
  'latency',
  'failures',
  'retries',
  'cacheHits',
  'escalations',
  'successRate',
] as const;
export type FactorName = (typeof factorNames)[number];

/** Users who arrive at once. */
export interface SpikeModel {
  readonly newUsers: Num;
  readonly interactionsPerUser: Num;
  readonly hours: number;
}

/** A scenario or a stress: factors on what the file states, and what it adds. */
export interface ChangeModel {
  readonly name: string;
  readonly factors: Readonly<Record<FactorName, Num>>;
  /** Null: all. */
  readonly workflows: readonly string[] | null;
  readonly monthlyUsd: Num;
  readonly growthPerMonth: Num | null;
  readonly plans: readonly PlanModel[] | null;
  readonly priceChangePerYear: Num;
  readonly spike: SpikeModel | null;
  readonly fromMs: number;
  readonly untilMs: number;
}

type Path = readonly string[];

function factorsOf(change: Scenario | Stress, path: Path, builder: ModelBuilder): ChangeModel['factors'] {
  const of = (name: FactorName): Num => (change[name] ? builder.number(change[name], [...path, name], 1) : one);
  return Object.fromEntries(factorNames.map((name) => [name, of(name)])) as ChangeModel['factors'];
}

const signed = { low: -0.99 };

export function compileScenario(name: string, scenario: Scenario, config: Config, builder: ModelBuilder): ChangeModel {
  const path = ['scenarios', name];
  const { growthPerMonth, priceChangePerYear, plans } = scenario;
  return {
    name,
    factors: factorsOf(scenario, path, builder),
    workflows: scenario.workflows ?? null,
    monthlyUsd: builder.money(scenario.monthlyUsd, [...path, 'monthlyUsd']),
    growthPerMonth: growthPerMonth ? builder.number(growthPerMonth, [...path, 'growthPerMonth'], 0, signed) : null,
    plans: plans ? compilePlans(plans, path, config, builder) : null,
    priceChangePerYear: builder.number(priceChangePerYear, [...path, 'priceChangePerYear'], 0, signed),
    spike: null,
    fromMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
  };
}

const hourMs = 3_600_000;
/** Interactions of a newcomer where a spike does not say. */
const usualInteractions = 1;

export function compileStress(name: string, stress: Stress, startMs: number, builder: ModelBuilder): ChangeModel {
  const path = ['stresses', name];
  const fromMs = stress.from?.ms ?? startMs;
  return {
    name,
    factors: factorsOf(stress, path, builder),
    workflows: stress.workflows ?? null,
    monthlyUsd: builder.money(stress.monthlyUsd, [...path, 'monthlyUsd']),
    growthPerMonth: null,
    plans: null,
    priceChangePerYear: zero,
    spike:
      stress.newUsers && stress.over
        ? {
            newUsers: builder.number(stress.newUsers, [...path, 'newUsers'], 0),
            interactionsPerUser: builder.number(
              stress.interactionsPerUser,
              [...path, 'interactionsPerUser'],
              usualInteractions,
            ),
            hours: stress.over.ms / hourMs,
          }
        : null,
    fromMs,
    untilMs: stress.lasts ? fromMs + stress.lasts.ms : Number.POSITIVE_INFINITY,
  };
}

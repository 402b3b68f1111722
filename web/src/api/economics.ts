import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { LineKind } from '../../../src/tree/index.ts';
import { type RangeChoice, type ResolvedRange, rangeKey, resolveRange } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { getJson } from './client.ts';
import { useLive } from './live.tsx';
import { liveKey } from './live-key.ts';
import { addFilters, rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';

type Money = string;

export interface StackLine {
  readonly line: LineKind | 'total';
  readonly name: string;
  readonly origin: 'calls' | 'outcomes' | 'reviews' | 'configuration';
  readonly rule: string;
  readonly quantity: number;
  readonly unit: string;
  readonly costUsd: Money;
  readonly estimated: boolean;
  /** Filters of the calls it is made of; null when it is not. */
  readonly behind: Filters | null;
}

export interface StackGroup {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly runs: number;
  readonly calls: number;
  readonly tokens: number;
  readonly totalUsd: Money;
  readonly tokenUsd: Money;
  readonly tokenShare: number | null;
}

export interface CostStack {
  readonly by: readonly string[];
  readonly totalUsd: Money;
  readonly tokenUsd: Money;
  readonly tokenShare: number | null;
  readonly usualTokenShare: { readonly low: number; readonly high: number };
  readonly lines: readonly StackLine[];
  readonly groups: readonly StackGroup[];
  readonly groupsLeftOut: number;
  readonly unknownPriceAttempts: number;
  readonly minutesWithoutRate: number;
  readonly simulated: boolean;
}

export interface CostComponent {
  readonly component: string;
  readonly includes: string;
  readonly risk: string;
  readonly measure: string;
  readonly unit: 'usd' | 'share' | 'gigabytes' | 'minutes';
  readonly value: number | null;
  readonly valueUsd: Money | null;
  readonly lever: string;
  readonly costUsd: Money;
}

/** What a plan or a customer pays and costs; the name is null where calls name none. */
export interface Margin {
  readonly name: string | null;
  readonly users: number;
  readonly revenueUsd: Money;
  readonly costUsd: Money;
  readonly marginUsd: Money;
  /** Margin ÷ revenue. */
  readonly share: number | null;
}

/** What slow runs of a workflow cost, by what burnrate.yaml says of its users' patience. */
export interface Waiting {
  readonly afterSeconds: number;
  /** Share of runs that took longer. */
  readonly waitedShare: number;
  readonly abandoned: number;
  readonly repeated: number;
  readonly tickets: number;
  readonly costUsd: Money;
  readonly oneSecondSavedUsd: Money;
}

export interface UnitEconomics {
  readonly costUsd: Money;
  readonly costs: Readonly<Record<string, Money | number | null>>;
  readonly components: readonly CostComponent[];
  readonly marginByPlan: readonly Margin[];
  readonly marginByCustomer: readonly Margin[];
  readonly workflows: readonly { readonly workflow: string; readonly waiting: Waiting | null }[];
  readonly returns: {
    readonly valueUsd: Money;
    readonly labourSavedUsd: Money;
    readonly netUsd: Money;
    readonly roi: number | null;
    readonly paybackMonths: number | null;
  };
  readonly simulated: boolean;
}

export interface Release {
  readonly workflow: string | null;
  readonly release: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly runs: number;
  readonly ended: number;
  readonly successes: number;
  readonly costPerRunUsd: Money | null;
  readonly costPerSuccessUsd: Money | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly comparison: {
    readonly per: 'success' | 'run';
    readonly change: { readonly estimate: number; readonly low: number; readonly high: number } | null;
    readonly verdict: 'better' | 'worse' | 'no change' | 'too early';
  } | null;
}

export interface Releases {
  readonly releases: readonly Release[];
  readonly simulated: boolean;
}

/** Range and filters as every question of economics takes them. */
export function economicParams(range: ResolvedRange, where: Filters): URLSearchParams {
  const params = rangeParams(range);
  addFilters(params, where);
  return params;
}

/** The full cost, its lines and who bears it, and what one of each thing costs. */
export interface Economics {
  readonly stack: CostStack;
  readonly units: UnitEconomics;
}

/** One answer of both, so that no figure is of another moment than the one beside it. */
export function useEconomics(by: readonly string[], where: Filters, range: RangeChoice): UseQueryResult<Economics> {
  const { moment } = useLive();
  return useQuery({
    queryKey: [liveKey, rangeKey(range), 'economics', by, where],
    queryFn: async ({ signal }) => {
      const params = economicParams(resolveRange(range, moment.current), where);
      const [stack, units] = await Promise.all([
        getJson<CostStack>(`/api/stack?by=${encodeURIComponent(by.join(','))}&${params}`, signal),
        getJson<UnitEconomics>(`/api/unit-economics?${params}`, signal),
      ]);
      return { stack, units };
    },
    placeholderData: keepPreviousData,
  });
}

export function useReleases(where: Filters, range: RangeChoice): UseQueryResult<Releases> {
  return useRanged<Releases>(
    ['releases', where],
    range,
    (resolved) => `/api/releases?${economicParams(resolved, where)}`,
  );
}

export interface Recommendation {
  readonly id: string;
  readonly lever: string;
  readonly workflow: string;
  readonly stage: string;
  /** Saving ÷ what the stage cost. */
  readonly share: number;
  readonly risk: string;
  readonly evidence: {
    readonly recordedUsd: Money;
    readonly wouldUsd: Money;
    readonly savingUsd: Money;
    readonly lowUsd: Money;
    readonly highUsd: Money;
    readonly attempts: number;
  };
  readonly change: {
    readonly path: readonly (string | number)[];
    readonly value: unknown;
    readonly file: string | null;
    /** Empty when the file cannot be read. */
    readonly diff: string;
  };
}

export interface Advice {
  readonly stages: number;
  readonly recommendations: readonly Recommendation[];
  readonly simulated: boolean;
}

export function useAdvice(range: RangeChoice): UseQueryResult<Advice> {
  return useRanged<Advice>(['advice'], range, (resolved) => `/api/recommendations?${rangeParams(resolved)}`);
}

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { SliderNumber } from '../../../src/forecast/index.ts';
import type { LineKind } from '../../../src/tree/index.ts';
import type { RangeChoice } from '../view/range.ts';
import type { TreeView } from '../view/view-state.ts';
import { ApiError, getJson } from './client.ts';
import { latestForecastPath, rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';

type Money = string;

/** A compiled burnrate.yaml, to be simulated here. */
export interface ForecastModelAnswer {
  readonly from: string;
  readonly months: number;
  readonly trials: number;
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly factors: readonly string[];
  readonly numbers: readonly SliderNumber[];
  /** Stages whose model can be switched, and what answers them. */
  readonly stages: readonly { readonly id: string; readonly model: string }[];
  /** What they can be switched to. */
  readonly models: readonly string[];
  readonly measured: readonly { readonly path: string; readonly count: number; readonly evidence: string }[];
  readonly model: unknown;
}

export interface MoneyInterval {
  readonly mean: Money;
  readonly p10: Money;
  readonly p50: Money;
  readonly p90: Money;
}

export interface ForecastSummary {
  readonly id: string;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly automatic: boolean;
  readonly reasons: readonly string[];
  readonly from: string;
  readonly months: number;
  readonly plainScenario: string;
  readonly scenarios: Readonly<Record<string, { readonly totalUsd: MoneyInterval }>>;
}

/** A kept forecast, as far as the dashboard reads it. */
export interface KeptForecast {
  readonly id: string;
  readonly madeAt: string;
  readonly report: {
    readonly scenarios: Readonly<Record<string, { readonly months: readonly ForecastMonth[] }>>;
  };
}

export interface ForecastMonth {
  /** UTC, like `2026-03`. */
  readonly month: string;
  readonly lines: readonly { readonly line: LineKind; readonly totalUsd: MoneyInterval }[];
}

export interface Miss {
  readonly forecastUsd: Money;
  readonly lowUsd: Money;
  readonly highUsd: Money;
  readonly factUsd: Money;
  readonly differenceUsd: Money;
  readonly share: number | null;
  readonly inside: boolean;
}

export interface ForecastTrack {
  readonly record: {
    readonly months: number;
    readonly inside80: number | null;
    readonly meanError: number | null;
    readonly bias: number | null;
  };
  readonly months: readonly {
    readonly month: string;
    readonly monthsAhead: number;
    readonly forecastId: string;
    readonly total: Miss;
    readonly drivenBy: string | null;
  }[];
}

export interface PredictedNode {
  readonly kind: string;
  readonly name: string;
  readonly predictedUsd: MoneyInterval | null;
  readonly measuredUsd?: Money;
  readonly differenceUsd?: Money;
  readonly inside?: boolean | null;
  readonly children?: readonly PredictedNode[];
}

/** A cost tree with its prediction; with `diff` also what was measured of the same range. */
export interface PredictedTree {
  readonly view: TreeView;
  readonly name: string;
  readonly range: { readonly from: string; readonly to: string };
  readonly forecast: { readonly id: string; readonly madeAt: string; readonly scenario: string };
  readonly simulated?: boolean;
  readonly tree: PredictedNode;
  readonly notMeasured?: readonly { readonly line: LineKind; readonly predictedUsd: Money }[];
}

/** The file changes seldom; what was compiled of it serves for this long, ms. */
const modelStaleMs = 300_000;
const firstForecastMs = 10_000;

export function useForecastModel(): UseQueryResult<ForecastModelAnswer> {
  return useQuery({
    queryKey: ['forecast-model'],
    queryFn: ({ signal }) => getJson<ForecastModelAnswer>('/api/forecasts/model', signal),
    staleTime: modelStaleMs,
    placeholderData: keepPreviousData,
  });
}

export function useForecasts(): UseQueryResult<{ readonly forecasts: readonly ForecastSummary[] }> {
  return useQuery({
    queryKey: ['forecasts'],
    queryFn: ({ signal }) => getJson<{ forecasts: readonly ForecastSummary[] }>('/api/forecasts?limit=50', signal),
  });
}

/** The version in force; null where none was made yet. */
export function useLatestForecast(): UseQueryResult<KeptForecast | null> {
  return useQuery({
    queryKey: ['forecasts', 'latest'],
    queryFn: ({ signal }) =>
      getJson<KeptForecast>(latestForecastPath, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'not_found') return null;
        throw error;
      }),
    // The first one is made a moment after the start.
    refetchInterval: ({ state }) => (state.data === null ? firstForecastMs : false),
    staleTime: modelStaleMs,
  });
}

export function useForecastTrack(): UseQueryResult<ForecastTrack> {
  return useQuery({
    queryKey: ['forecast-track'],
    queryFn: ({ signal }) => getJson<ForecastTrack>('/api/forecasts/track-record', signal),
    staleTime: modelStaleMs,
  });
}

export function usePredictedTree(workflow: string, tree: TreeView, range: RangeChoice): UseQueryResult<PredictedTree> {
  return useRanged<PredictedTree>(['predicted', workflow, tree], range, (resolved) => {
    const params = rangeParams(resolved);
    params.set('view', tree);
    return `/api/workflows/${encodeURIComponent(workflow)}/tree?${params}`;
  });
}

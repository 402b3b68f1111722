import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RangeChoice } from '../view/range.ts';
import type { TreeView } from '../view/view-state.ts';
import { ApiError, getJson } from './client.ts';
import { latestForecastPath, rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';
import type { ForecastModelAnswer, Forecasts, ForecastTrack, KeptForecast, PredictedTree } from './schema.ts';

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

export function useForecasts(): UseQueryResult<Forecasts> {
  return useQuery({
    queryKey: ['forecasts'],
    queryFn: ({ signal }) => getJson<Forecasts>('/api/forecasts?limit=50', signal),
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

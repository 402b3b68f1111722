import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import type { Report } from './schema.ts';

/** `day` is any day of the week meant, YYYY-MM-DD. */
export function useWeeklyReview(day: string): UseQueryResult<Report> {
  return useQuery({
    queryKey: [liveKey, 'weekly', day],
    queryFn: ({ signal }) => getJson<Report>(`/api/reports/weekly?week=${day}`, signal),
    placeholderData: keepPreviousData,
  });
}

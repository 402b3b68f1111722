import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly {
    readonly title: string;
    readonly kind: 'text' | 'usd' | 'count' | 'number' | 'share';
  }[];
  /** Money is an exact decimal string; null is not known. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly total: readonly (string | number | null)[] | null;
}

export interface Report {
  readonly title: string;
  readonly range: { readonly from: string; readonly to: string };
  readonly timeZone: string;
  readonly simulated: boolean;
  readonly paragraphs: readonly string[];
  readonly tables: readonly ReportTable[];
}

/** `day` is any day of the week meant, YYYY-MM-DD. */
export function useWeeklyReview(day: string): UseQueryResult<Report> {
  return useQuery({
    queryKey: [liveKey, 'weekly', day],
    queryFn: ({ signal }) => getJson<Report>(`/api/reports/weekly?week=${day}`, signal),
    placeholderData: keepPreviousData,
  });
}

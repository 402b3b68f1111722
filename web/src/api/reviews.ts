import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RangeChoice } from '../view/range.ts';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import { rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';
import type { ReviewSummary, Reviews } from './schema.ts';

export const reviewsKey = [liveKey, 'reviews'] as const;

export function useReviews(): UseQueryResult<Reviews> {
  return useQuery({
    queryKey: reviewsKey,
    queryFn: ({ signal }) => getJson<Reviews>('/api/reviews', signal),
  });
}

export function useReviewSummary(range: RangeChoice): UseQueryResult<ReviewSummary> {
  return useRanged<ReviewSummary>(
    ['review-summary'],
    range,
    (resolved) => `/api/reviews/summary?${rangeParams(resolved)}`,
  );
}

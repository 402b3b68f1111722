import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RangeChoice } from '../view/range.ts';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import { rangeParams } from './paths.ts';
import { useRanged } from './queries.ts';

export interface Review {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly call: string | null;
  readonly run: string | null;
  readonly workflow: string | null;
  readonly stage: string | null;
  readonly reason: string | null;
  /** Where the product shows the answer. */
  readonly link: string | null;
  readonly role: string | null;
  readonly createdAt: string;
  readonly reviewer: string | null;
  readonly minutesSoFar: number;
  readonly decision: string | null;
  readonly minutes: number | null;
}

export interface Reviews {
  readonly reviews: readonly Review[];
  readonly queue: { readonly waiting: number; readonly started: number; readonly oldestWaitingAt: string | null };
}

export interface ReviewSummary {
  readonly items: number;
  readonly minutes: number;
  readonly costUsd: string | null;
}

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

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { SpentSoFar } from '../../../src/forecast/index.ts';
import { addMoney, chartDollars } from '../format/money.ts';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';
import { budgetsPath } from './paths.ts';
import type { Budget, Budgets } from './schema.ts';

/** A slider is compared with one and the same past; what is spent while somebody moves it changes little, ms. */
const soFarStaleMs = 300_000;

/** What budgets of the calendar's month have counted of it, money in flight included; undefined until it is asked, null when it cannot be known. */
export function useSpentSoFar(): SpentSoFar | null | undefined {
  const { data, dataUpdatedAt, isPending } = useQuery({
    queryKey: ['budgets', 'so-far'],
    queryFn: ({ signal }) => getJson<Budgets>(budgetsPath, signal),
    staleTime: soFarStaleMs,
  });
  return useMemo(() => {
    if (data) return { atMs: dataUpdatedAt, usd: countedUsd(data.budgets) };
    return isPending ? undefined : null;
  }, [data, dataUpdatedAt, isPending]);
}

function countedUsd(budgets: readonly Budget[]): Record<string, number> {
  const counted = budgets.filter(isOfThisMonth).map((budget) => [budget.name, chartDollars(countedOf(budget))]);
  return Object.fromEntries(counted);
}

/** One count, in dollars, that starts anew with the calendar's month: comparable with a forecast of that month. */
export function isOfThisMonth({ unit, period, window, per }: Budget): boolean {
  return unit === 'usd' && period === 'month' && window === 'calendar' && per.length === 0;
}

/** What a budget's fullest count holds: posted and in flight. */
export function countedOf({ fullest }: Budget): string {
  return fullest === null ? '0' : addMoney(fullest.posted, fullest.held);
}

export function useBudgets(): UseQueryResult<Budgets> {
  return useQuery({
    queryKey: [liveKey, 'budgets'],
    queryFn: ({ signal }) => getJson<Budgets>(budgetsPath, signal),
  });
}

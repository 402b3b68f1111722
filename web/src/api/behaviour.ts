import type { UseQueryResult } from '@tanstack/react-query';
import type { RangeChoice } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { economicParams } from './economics.ts';
import { useRanged } from './queries.ts';

type Money = string;

export interface Bar {
  readonly value: number;
  readonly count: number;
}

interface SharePoint {
  readonly users: number;
  readonly cost: number;
}

export interface Cohort {
  readonly week: string;
  readonly users: number;
  readonly weeks: readonly { readonly week: string; readonly users: number; readonly costUsd: Money }[];
}

export interface Behaviour {
  readonly simulated: boolean;
  /** Sessions by how many interactions they had. */
  readonly depth: readonly Bar[];
  /** Interactions by how many runs they took. */
  readonly chains: readonly Bar[];
  readonly repeats: {
    readonly overlapping: number;
    readonly soonAfter: number;
    readonly costUsd: Money;
    readonly callsLookedAt: number;
  };
  readonly concentration: {
    readonly users: number;
    readonly gini: number;
    readonly top: readonly SharePoint[];
    readonly lorenz: readonly SharePoint[];
  };
  readonly cohorts: readonly Cohort[];
  readonly newUserWeekUsd: Money | null;
  readonly steadyUserWeekUsd: Money | null;
}

export function useBehaviour(where: Filters, range: RangeChoice): UseQueryResult<Behaviour> {
  return useRanged<Behaviour>(
    ['behaviour', where],
    range,
    (resolved) => `/api/behaviour?${economicParams(resolved, where)}`,
  );
}

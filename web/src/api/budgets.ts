import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { liveKey } from './live-key.ts';

export interface Standing {
  readonly instance: string;
  readonly of: Readonly<Record<string, string>>;
  readonly posted: string;
  readonly estimated: string;
  readonly held: string;
  readonly leasedIdle: string;
  readonly available: string;
  readonly usedShare: number;
  readonly resetsAt: string | null;
}

export interface Budget {
  readonly name: string;
  readonly source: 'file' | 'api';
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly per: readonly string[];
  readonly unit: string;
  readonly limit: string;
  readonly period: string;
  readonly window: string;
  readonly hard: boolean;
  readonly brake: readonly {
    /** Share of the limit from which it holds. */
    readonly at: number;
    readonly maxOutputTokens?: number;
    readonly model?: string;
    readonly queueMs?: number;
    readonly cooldownMs?: number;
    readonly stop?: boolean;
  }[];
  readonly instances: number;
  readonly fullest: Standing | null;
}

export interface Budgets {
  readonly budgets: readonly Budget[];
  readonly partial: boolean;
}

export function useBudgets(): UseQueryResult<Budgets> {
  return useQuery({
    queryKey: [liveKey, 'budgets'],
    queryFn: ({ signal }) => getJson<Budgets>('/api/budgets', signal),
  });
}

import type { UseQueryResult } from '@tanstack/react-query';
import type { RangeChoice } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { economicParams } from './economics.ts';
import { useRanged } from './queries.ts';
import type { Behaviour } from './schema.ts';

export function useBehaviour(where: Filters, range: RangeChoice): UseQueryResult<Behaviour> {
  return useRanged<Behaviour>(
    ['behaviour', where],
    range,
    (resolved) => `/api/behaviour?${economicParams(resolved, where)}`,
  );
}

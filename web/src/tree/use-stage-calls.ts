import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { getJson } from '../api/client.ts';
import { useLive } from '../api/live.tsx';
import { liveKey } from '../api/live-key.ts';
import { callsPath } from '../api/paths.ts';
import type { CallInList, NewestCalls } from '../api/schema.ts';
import { type RangeChoice, rangeKey, resolveRange } from '../view/range.ts';
import type { Filters } from '../view/view-state.ts';
import { callNode } from './call-node.ts';
import type { StageCalls } from './tree-rows.ts';

/** Calls of a stage shown at first, and how many more each time. */
const pageSize = 10;
/** More than this are listed page by page on a page of their own. */
const callsMax = 200;

export interface OpenedStages {
  callsOf(stage: string): StageCalls | undefined;
  /** What a list knows of a call beside its cost. */
  readonly details: ReadonlyMap<string, CallInList>;
  /** Lists more of a stage's calls. */
  more(stage: string): void;
  canShowMore(stage: string): boolean;
}

/** Reads the newest calls of each opened stage. */
export function useStageCalls(where: Filters, range: RangeChoice, stages: readonly string[]): OpenedStages {
  const { moment } = useLive();
  const [limits, setLimits] = useState<Readonly<Record<string, number>>>({});
  const limitOf = (stage: string) => limits[stage] ?? pageSize;
  const answers = useQueries({
    queries: stages.map((stage) => ({
      queryKey: [liveKey, rangeKey(range), 'stage-calls', where, stage, limitOf(stage)],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = { where: { ...where, stage: [stage] }, limit: limitOf(stage), before: null };
        return getJson<NewestCalls>(callsPath(query, resolveRange(range, moment.current)), signal);
      },
      placeholderData: keepPreviousData,
    })),
  });
  const listed = answers.flatMap((answer) => answer.data?.calls ?? []);
  const details = useMemo(() => new Map(listed.map((call) => [call.id, call])), [listed]);
  return {
    details,
    callsOf(stage) {
      const answer = answers[stages.indexOf(stage)];
      if (!answer) return undefined;
      const calls = answer.data?.calls.map(callNode) ?? [];
      return { state: answer.data ? 'ready' : answer.isError ? 'failed' : 'waiting', calls };
    },
    more: (stage) => setLimits({ ...limits, [stage]: Math.min(callsMax, limitOf(stage) * 2 + pageSize) }),
    canShowMore: (stage) => limitOf(stage) < callsMax,
  };
}

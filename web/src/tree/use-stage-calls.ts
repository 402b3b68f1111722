import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { getJson } from '../api/client.ts';
import { treePath } from '../api/paths.ts';
import { liveKey } from '../api/queries.ts';
import type { WorkflowTree } from '../api/schema.ts';
import { nowMs } from '../clock.ts';
import { type RangeChoice, rangeKey, resolveRange } from '../view/range.ts';
import type { StageCalls } from './tree-rows.ts';

/** Calls of a stage shown at first, and how many more each time. */
const pageSize = 10;
/** The API lists no more than this at once; older ones are reached by a narrower range. */
const callsMax = 200;

export interface OpenedStages {
  callsOf(stage: string): StageCalls | undefined;
  /** Lists more of a stage's calls. */
  more(stage: string): void;
  canShowMore(stage: string): boolean;
}

/** Reads the newest calls of each opened stage. */
export function useStageCalls(workflow: string, range: RangeChoice, stages: readonly string[]): OpenedStages {
  const [limits, setLimits] = useState<Readonly<Record<string, number>>>({});
  const limitOf = (stage: string) => limits[stage] ?? pageSize;
  const answers = useQueries({
    queries: stages.map((stage) => ({
      queryKey: [liveKey, rangeKey(range), 'stage-calls', workflow, stage, limitOf(stage)],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        getJson<WorkflowTree>(
          treePath({ workflow, stage, limit: limitOf(stage) }, resolveRange(range, nowMs())),
          signal,
        ),
      placeholderData: keepPreviousData,
    })),
  });
  return {
    callsOf(stage) {
      const answer = answers[stages.indexOf(stage)];
      if (!answer) return undefined;
      const calls = answer.data?.tree.children.find((node) => node.name === stage)?.children ?? [];
      return { state: answer.data ? 'ready' : answer.isError ? 'failed' : 'waiting', calls };
    },
    more: (stage) => setLimits({ ...limits, [stage]: Math.min(callsMax, limitOf(stage) * 2 + pageSize) }),
    canShowMore: (stage) => limitOf(stage) < callsMax,
  };
}

import type { WorkflowModel } from '../model/build-model.ts';
import type { ChangeModel } from '../model/changes.ts';
import { type Columns, type Num, read } from '../model/number.ts';
import { everybody, type PlanModel } from '../model/traffic.ts';
import { escalated, impatienceOf, type SideCosts, sideCosts, successOf, type Worth, worthOf } from './run-outcome.ts';
import type { Walk, WeightedSegment } from './stage-walk.ts';

/** What one trial of a workflow needs to know. */
export interface TrialOf {
  readonly workflow: WorkflowModel;
  readonly touching: readonly ChangeModel[];
  readonly columns: Columns;
  readonly plans: readonly PlanModel[];
  readonly interactions: Num;
}

/** One trial's traffic, outcome and what they cost beside the stages. */
export interface Flow extends Worth {
  interactions: number;
  drafts: number;
  repeats: number;
  tabs: number;
  rework: number;
  successes: number;
  escalations: number;
  abandoned: number;
  perRun: SideCosts;
}

export function flowOf(of: TrialOf, trial: number, walk: Walk): Flow {
  const { workflow, columns, touching } = of;
  const segments = weigh(of, trial);
  const walked = walk(segments.list, trial, columns);
  const wait = impatienceOf(workflow, walked, columns, trial);
  const interactions = interactionsPerDay(of, segments.interactions, trial);
  const runs = read(workflow.traffic.runsPerInteraction, columns, trial);
  const drafts = segments.drafts * runs;
  const success = successOf(workflow, segments.list, walked, touching, columns, trial) * (1 - wait.abandoned);
  const reworked = success * read(workflow.outcome.reworkRate, columns, trial);
  const repeats = 1 + wait.repeated / (1 - wait.repeated);
  const tabs = 1 + read(workflow.traffic.duplicateTabs, columns, trial);
  // What comes back is one run more of one draft, not of the whole interaction.
  const rework = 1 + reworked / Math.max(1, drafts);
  const runsPerInteraction = drafts * repeats * tabs * rework;
  const lasting = success - reworked;
  return {
    interactions,
    drafts,
    repeats,
    tabs,
    rework,
    successes: interactions * lasting,
    escalations: interactions * runsPerInteraction * Math.min(1, escalated(workflow, walked, columns, trial)),
    abandoned: interactions * wait.abandoned,
    ...worthOf(workflow, columns, trial),
    perRun: sideCosts(workflow, walked, wait, runsPerInteraction, columns, trial),
  };
}

interface Weighed {
  readonly list: WeightedSegment[];
  /** Factor on interactions, of everybody. */
  readonly interactions: number;
  /** Drafts per interaction, of everybody. */
  readonly drafts: number;
}

/** Each segment's share of the runs. What the segments leave is like the average. */
function weigh({ workflow, columns, interactions }: TrialOf, trial: number): Weighed {
  const { traffic } = workflow;
  const regenerations = read(traffic.regenerations, columns, trial);
  const perSession = read(interactions, columns, trial);
  const stated = traffic.segments.map((segment) => ({ segment, share: read(segment.share, columns, trial) }));
  const sum = stated.reduce((total, { share }) => total + share, 0);
  const scale = sum > 1 ? 1 / sum : 1;
  const all = sum < 1 ? [...stated, { segment: everybody, share: 1 - sum }] : stated;
  let sessions = 0;
  let runs = 0;
  const list = all.map(({ segment, share }): WeightedSegment => {
    const own = share * scale * segment.interactions;
    const drafts = 1 + regenerations * segment.regenerations;
    sessions += own;
    runs += own * drafts;
    return { segment, weight: own * drafts, turns: perSession * segment.interactions * drafts };
  });
  for (const each of list) each.weight = runs > 0 ? each.weight / runs : 0;
  return { list, interactions: sessions, drafts: sessions > 0 ? runs / sessions : 1 };
}

const daysPerMonth = 30;

function interactionsPerDay(
  { workflow, columns, plans, interactions }: TrialOf,
  segments: number,
  trial: number,
): number {
  const { traffic } = workflow;
  if (traffic.users === null) {
    const drafts = 1 + read(traffic.regenerations, columns, trial);
    return read(traffic.runsPerDay, columns, trial) / (drafts * read(traffic.runsPerInteraction, columns, trial));
  }
  const { onboarding } = traffic;
  const newcomers = onboarding
    ? read(onboarding.share, columns, trial) * Math.min(1, onboarding.days / daysPerMonth)
    : 0;
  const perUser =
    read(traffic.sessionsPerUserPerDay, columns, trial) *
    read(interactions, columns, trial) *
    segments *
    (1 + newcomers * ((onboarding?.interactions ?? 1) - 1));
  return read(traffic.users, columns, trial) * underQuota(perUser, plans, columns, trial);
}

/** Interactions of a mean user once the daily quota of each plan has cut its own users. */
function underQuota(perUser: number, plans: readonly PlanModel[], columns: Columns, trial: number): number {
  let cut = 0;
  for (const { share, interactionsPerDayMax } of plans) {
    if (perUser > interactionsPerDayMax) cut += read(share, columns, trial) * (perUser - interactionsPerDayMax);
  }
  return perUser - cut;
}

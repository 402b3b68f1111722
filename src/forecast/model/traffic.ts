import type { Config, Segment, Workflow } from '../../config/index.ts';
import { fixed, type ModelBuilder, type Num, one } from './number.ts';

/** How deep conversations are: every session alike, or falling off by a constant share from turn to turn (geometric). */
export type DepthShape = 'alike' | 'geometric';

export interface SegmentModel {
  readonly name: string;
  readonly share: Num;
  readonly retry: number;
  readonly input: number;
  readonly output: number;
  readonly interactions: number;
  readonly regenerations: number;
  readonly successRate: Num | null;
}

export interface PlanModel {
  readonly name: string;
  readonly share: Num;
  readonly interactionsPerDayMax: number;
  readonly priceUsd: number;
}

export interface TrafficModel {
  /** Null when runs are stated instead. */
  readonly users: Num | null;
  readonly sessionsPerUserPerDay: Num;
  readonly interactionsPerSession: Num;
  readonly depth: DepthShape;
  readonly regenerations: Num;
  readonly runsPerInteraction: Num;
  readonly runsPerDay: Num;
  readonly duplicateTabs: Num;
  /** Null: every day. */
  readonly activeDaysPerMonth: Num | null;
  readonly growthPerMonth: Num;
  readonly onboarding: { readonly share: Num; readonly days: number; readonly interactions: number } | null;
  readonly dayOfWeek: readonly number[] | undefined;
  readonly monthOfYear: readonly number[] | undefined;
  /** Their shares sum to at most 1; what is left is like the average. */
  readonly segments: readonly SegmentModel[];
  readonly plans: readonly PlanModel[];
  readonly naiveCallsPerDay: Num | null;
}

type Path = readonly string[];
const msPerDay = 86_400_000;

export function compileTraffic(workflow: Workflow, path: Path, config: Config, builder: ModelBuilder): TrafficModel {
  const traffic = workflow.traffic;
  const at = [...path, 'traffic'];
  const each = { each: true };
  if (!traffic?.users && !traffic?.runsPerDay) {
    builder.problem(
      path,
      'has no traffic to forecast; state traffic.users and sessionsPerUserPerDay, or traffic.runsPerDay',
    );
  }
  const perSession = traffic?.interactionsPerSession;
  const growthRules = { low: -0.99 };
  return {
    users: traffic?.users ? builder.number(traffic.users, [...at, 'users'], 0) : null,
    sessionsPerUserPerDay: builder.number(traffic?.sessionsPerUserPerDay, [...at, 'sessionsPerUserPerDay'], 0),
    interactionsPerSession: builder.number(perSession, [...at, 'interactionsPerSession'], 1, each),
    depth: perSession === undefined || perSession.kind === 'value' ? 'alike' : 'geometric',
    regenerations: builder.number(
      traffic?.regenerationsPerInteraction,
      [...at, 'regenerationsPerInteraction'],
      0,
      each,
    ),
    runsPerInteraction: builder.number(traffic?.runsPerInteraction, [...at, 'runsPerInteraction'], 1, each),
    runsPerDay: builder.number(traffic?.runsPerDay, [...at, 'runsPerDay'], 0),
    duplicateTabs: builder.share(traffic?.duplicateTabs, [...at, 'duplicateTabs'], 0),
    activeDaysPerMonth: traffic?.activeDaysPerMonth
      ? builder.number(traffic.activeDaysPerMonth, [...at, 'activeDaysPerMonth'], 0, { high: 31 })
      : null,
    growthPerMonth: builder.number(traffic?.growthPerMonth, [...at, 'growthPerMonth'], 0, growthRules),
    onboarding: traffic?.onboarding
      ? {
          share: builder.share(traffic.onboarding.share, [...at, 'onboarding', 'share'], 0),
          days: traffic.onboarding.lasts.ms / msPerDay,
          interactions: traffic.onboarding.interactions,
        }
      : null,
    dayOfWeek: traffic?.seasonality?.dayOfWeek,
    monthOfYear: traffic?.seasonality?.monthOfYear,
    segments: Object.entries(traffic?.segments ?? {}).map(([name, segment]) =>
      compileSegment(name, segment, [...at, 'segments', name], builder),
    ),
    plans: compilePlans(traffic?.plans ?? {}, at, config, builder),
    naiveCallsPerDay: workflow.naive
      ? builder.number(workflow.naive.callsPerDay, [...path, 'naive', 'callsPerDay'], 0)
      : null,
  };
}

function compileSegment(name: string, segment: Segment, path: Path, builder: ModelBuilder): SegmentModel {
  const { retry, input, output, interactions, regenerations, successRate } = segment;
  return {
    name,
    share: builder.share(segment.share, [...path, 'share'], 0),
    retry,
    input,
    output,
    interactions,
    regenerations,
    successRate: successRate ? builder.share(successRate, [...path, 'successRate'], 0) : null,
  };
}

type PlanShares = NonNullable<Workflow['traffic']>['plans'];

export function compilePlans(shares: PlanShares, path: Path, config: Config, builder: ModelBuilder): PlanModel[] {
  return Object.entries(shares).map(([name, share]) => {
    const plan = config.plans[name];
    return {
      name,
      share: builder.share(share, [...path, 'plans', name], 0),
      interactionsPerDayMax: plan?.interactionsPerDay ?? Number.POSITIVE_INFINITY,
      priceUsd: plan?.priceUsd === undefined ? 0 : Number(plan.priceUsd.picos) / 1e12,
    };
  });
}

/** Everybody alike, where no segments are told apart. */
export const everybody: SegmentModel = {
  name: 'all',
  share: one,
  retry: 1,
  input: 1,
  output: 1,
  interactions: 1,
  regenerations: 1,
  successRate: null,
};

export interface OutcomeModel {
  readonly valueUsd: Num;
  /** Null: what neither fails nor ends with a person succeeds. */
  readonly successRate: Num | null;
  readonly minutesSaved: Num;
  readonly savedHourlyUsd: Num;
  readonly escalationRate: Num;
  readonly reworkRate: Num;
  readonly extraHandleMinutes: Num;
  readonly wrongActionRate: Num;
  readonly wrongActionUsd: Num;
  readonly conversionLift: Num;
  readonly revenuePerConversionUsd: Num;
  readonly baselineCostUsd: Num;
}

export interface ImpatienceModel {
  readonly afterSeconds: Num;
  readonly retry: Num;
  readonly abandon: Num;
  readonly ticket: Num;
  readonly abandonUsd: Num;
  readonly ticketUsd: Num;
  readonly elasticity: Num;
}

export function compileOutcome(
  workflow: Workflow,
  path: Path,
  savedHourlyUsd: Num,
  builder: ModelBuilder,
): OutcomeModel {
  const { outcome } = workflow;
  const at = [...path, 'outcome'];
  const share = (key: 'escalationRate' | 'reworkRate' | 'wrongActionRate' | 'conversionLift'): Num =>
    builder.share(outcome?.[key], [...at, key], 0);
  const money = (key: 'valueUsd' | 'wrongActionUsd' | 'revenuePerConversionUsd' | 'baselineCostUsd'): Num =>
    builder.money(outcome?.[key], [...at, key]);
  const minutes = (key: 'minutesSaved' | 'extraHandleMinutes'): Num =>
    builder.number(outcome?.[key], [...at, key], 0, { each: true });
  return {
    valueUsd: money('valueUsd'),
    successRate: outcome?.successRate ? builder.share(outcome.successRate, [...at, 'successRate'], 1) : null,
    minutesSaved: minutes('minutesSaved'),
    savedHourlyUsd,
    escalationRate: share('escalationRate'),
    reworkRate: share('reworkRate'),
    extraHandleMinutes: minutes('extraHandleMinutes'),
    wrongActionRate: share('wrongActionRate'),
    wrongActionUsd: money('wrongActionUsd'),
    conversionLift: share('conversionLift'),
    revenuePerConversionUsd: money('revenuePerConversionUsd'),
    baselineCostUsd: money('baselineCostUsd'),
  };
}

export function compileImpatience(workflow: Workflow, path: Path, builder: ModelBuilder): ImpatienceModel | null {
  const { impatience } = workflow;
  if (!impatience) return null;
  const at = [...path, 'impatience'];
  const seconds = builder.number(impatience.afterSeconds, [...at, 'afterSeconds'], 0);
  return {
    afterSeconds: seconds,
    retry: builder.share(impatience.retryProbability, [...at, 'retryProbability'], 0),
    abandon: builder.share(impatience.abandonProbability, [...at, 'abandonProbability'], 0),
    ticket: builder.share(impatience.ticketProbability, [...at, 'ticketProbability'], 0),
    abandonUsd: builder.money(impatience.costOfAbandonUsd, [...at, 'costOfAbandonUsd']),
    ticketUsd: builder.money(impatience.costOfTicketUsd, [...at, 'costOfTicketUsd']),
    elasticity: impatience.elasticity ? builder.number(impatience.elasticity, [...at, 'elasticity'], 1) : fixed(1),
  };
}

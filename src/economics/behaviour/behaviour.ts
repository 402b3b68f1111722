import type { CohortRow, CostQuery, EconomicQuery, RepeatedCalls, Repetitions, TimeRange } from '../../ledger/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import { perOne } from '../units/ratio.ts';
import { type Concentration, concentration } from './concentration.ts';

export interface Bar {
  readonly value: number;
  /** Whether it holds all beyond too. */
  readonly orMore: boolean;
  readonly count: number;
}

/** Users who were first seen in one week (UTC), and what they did in each week from then on. */
export interface Cohort {
  readonly week: string;
  readonly users: number;
  readonly weeks: readonly { readonly week: string; readonly users: number; readonly cost: Usd }[];
}

export interface Behaviour {
  readonly range: TimeRange;
  /** Interactions of a session: how deep conversations go. */
  readonly depth: readonly Bar[];
  /** Share of sessions looked at, and below of interactions: a sample of whole ones where there are very many. */
  readonly depthShare: number;
  /** Runs of an interaction: a draft and its regenerations. */
  readonly chains: readonly Bar[];
  readonly chainsShare: number;
  readonly repeats: RepeatedCalls;
  readonly concentration: Concentration;
  readonly cohorts: readonly Cohort[];
  /** Call cost of a user in the first week seen, and in a later one. */
  readonly newUserWeek: Usd | null;
  readonly steadyUserWeek: Usd | null;
}

export interface BehaviourQuestion {
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly where: CostQuery['where'];
}

const barsMax = 20;
/** What is asked again this soon after an answer was not answered well. */
export const repeatSoonMs = 30_000;
/** The dearest; their cost is what concentration is about. */
const usersMax = 10_000;

/** How users behave: depth, regenerations, impatience, concentration, and new users beside old ones. */
export async function readBehaviour(ledger: EconomicLedger, question: BehaviourQuestion): Promise<Behaviour> {
  const { range } = question;
  const query: EconomicQuery = question;
  const [depth, chains, users, weeks, repeats] = await Promise.all([
    ledger.repetitions(query, 'session'),
    ledger.repetitions(query, 'interaction'),
    ledger.costs({ ...query, by: ['user'], limit: usersMax }),
    ledger.cohorts(query),
    ledger.repeats(query, repeatSoonMs),
  ]);
  const known = users.rows.filter((row) => row.dimensions.user !== null);
  const cohorts = cohortsOf(weeks);
  return {
    range,
    depth: bars(depth),
    depthShare: depth.share,
    chains: bars(chains),
    chainsShare: chains.share,
    repeats,
    concentration: concentration(known.map((row) => Number(row.cost.picos))),
    cohorts,
    ...onboarding(cohorts),
  };
}

/** The last bar holds all beyond. */
function bars({ bars }: Repetitions): Bar[] {
  const shown = bars.filter(({ value }) => value < barsMax).map((bar) => ({ ...bar, orMore: false }));
  const beyond = bars.filter(({ value }) => value >= barsMax).reduce((sum, { count }) => sum + count, 0);
  return beyond === 0 ? shown : [...shown, { value: barsMax, count: beyond, orMore: true }];
}

function cohortsOf(rows: readonly CohortRow[]): Cohort[] {
  return [...groupBy(rows, ({ firstWeek }) => firstWeek)].map(([week, own]) => ({
    week,
    users: own.find((row) => row.week === week)?.users ?? 0,
    weeks: own.map(({ week: name, users, cost }) => ({ week: name, users, cost })),
  }));
}

/** The first cohort is left out: its users may have been there before the range. */
function onboarding(cohorts: readonly Cohort[]): Pick<Behaviour, 'newUserWeek' | 'steadyUserWeek'> {
  const mean = (weeks: readonly Cohort['weeks'][number][]) =>
    perOne(
      weeks.reduce((sum, week) => addUsd(sum, week.cost), zeroUsd),
      weeks.reduce((sum, week) => sum + week.users, 0),
    );
  return {
    newUserWeek: mean(cohorts.slice(1).flatMap(({ weeks }) => weeks.slice(0, 1))),
    steadyUserWeek: mean(cohorts.flatMap(({ weeks }) => weeks.slice(1))),
  };
}

import type { CostQuery, EconomicQuery, TimeRange, TrafficRow } from '../../ledger/index.ts';
import { addUsd, sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import { perOne } from '../units/ratio.ts';
import { type Concentration, concentration } from './concentration.ts';
import { type Repeats, repeats } from './impatience.ts';

export interface Bar {
  /** How many; the last bar holds all beyond. */
  readonly value: number;
  readonly count: number;
}

/** Users who were first seen in one week, and what they did in each week from then on. */
export interface Cohort {
  readonly week: string;
  readonly users: number;
  readonly weeks: readonly { readonly week: string; readonly users: number; readonly cost: Usd }[];
}

export interface Behaviour {
  readonly range: TimeRange;
  /** Interactions of a session: how deep conversations go. */
  readonly depth: readonly Bar[];
  /** Runs of an interaction: a draft and its regenerations. */
  readonly chains: readonly Bar[];
  readonly repeats: Repeats;
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
const attemptsMax = 10_000;

/** How users behave: depth, regenerations, impatience, concentration, and new users beside old ones. */
export async function readBehaviour(ledger: EconomicLedger, question: BehaviourQuestion): Promise<Behaviour> {
  const { range } = question;
  const query: EconomicQuery = question;
  const [sessions, interactions, users, weeks, attempts] = await Promise.all([
    ledger.traffic({ ...query, by: ['session'] }),
    ledger.traffic({ ...query, by: ['interaction'] }),
    ledger.traffic({ ...query, by: ['user'] }),
    ledger.traffic({ ...query, by: ['user', 'week'] }),
    ledger.history(query, attemptsMax),
  ]);
  const known = (rows: readonly TrafficRow[], name: string) => rows.filter((row) => row.dimensions[name] !== null);
  const cohorts = cohortsOf(known(weeks, 'user'));
  return {
    range,
    depth: bars(known(sessions, 'session').map((row) => row.interactions)),
    chains: bars(known(interactions, 'interaction').map((row) => row.runs)),
    repeats: repeats(attempts),
    concentration: concentration(known(users, 'user').map((row) => Number(row.cost.picos))),
    cohorts,
    ...onboarding(cohorts),
  };
}

function bars(values: readonly number[]): Bar[] {
  const counted = groupBy(
    values.filter((value) => value > 0),
    (value) => Math.min(value, barsMax),
  );
  return [...counted].map(([value, own]) => ({ value, count: own.length })).sort((a, b) => a.value - b.value);
}

function cohortsOf(rows: readonly TrafficRow[]): Cohort[] {
  const weekOf = (row: TrafficRow) => row.dimensions.week ?? '';
  const first = new Map<string, string>();
  for (const row of rows.toSorted((a, b) => weekOf(a).localeCompare(weekOf(b)))) {
    const user = row.dimensions.user ?? '';
    if (!first.has(user)) first.set(user, weekOf(row));
  }
  return [...groupBy(rows, (row) => first.get(row.dimensions.user ?? '') ?? '')]
    .map(([week, own]) => ({
      week,
      users: new Set(own.map((row) => row.dimensions.user)).size,
      weeks: [...groupBy(own, weekOf)]
        .map(([name, of]) => ({ week: name, users: of.length, cost: sumUsd(of.map((row) => row.cost)) }))
        .sort((a, b) => a.week.localeCompare(b.week)),
    }))
    .sort((a, b) => a.week.localeCompare(b.week));
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

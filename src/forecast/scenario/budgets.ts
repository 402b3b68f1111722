import type { Budget } from '../../config/index.ts';
import type { ScenarioForecast } from '../forecast.ts';
import type { ForecastModel, WorkflowModel } from '../model/build-model.ts';
import { dayMs, type MonthPlan } from '../model/calendar.ts';
import type { ScenarioRun } from '../simulate/scenario-run.ts';
import { type BrakeSaving, type Rebuild, rungsOf, savingsOf } from './brakes.ts';

/** When one budget would bind, and what its brake would save. */
export interface BudgetOutlook {
  readonly budget: string;
  readonly period: Budget['period'];
  readonly limitUsd: number;
  /** First month in which mean spend passes the limit, and the day it does; null when it never does. */
  readonly bindsOn: string | null;
  /** Probability, by month, that the limit is reached in it (in a period of it). */
  readonly probability: readonly number[];
  /** With `per: user`: share of users who reach the limit in a period. */
  readonly usersBound: number | null;
  /** Over all months. */
  readonly savings: readonly BrakeSaving[];
  /** What of the scope the file says nothing about; such a budget is taken to cover everything. */
  readonly note: string | null;
}

/** What budgets have counted of the month that runs, by name, US dollars; and when they had. */
export interface SpentSoFar {
  readonly atMs: number;
  readonly usd: Readonly<Record<string, number>>;
}

/** Users are taken to differ exponentially: many light ones, few heavy ones. */
const shareOver = (mean: number, limitUsd: number): number => (mean > 0 ? Math.exp(-limitUsd / mean) : 0);

export function budgetOutlooks(
  model: ForecastModel,
  { scenario, run }: ScenarioForecast,
  rebuild: Rebuild,
  soFar?: SpentSoFar,
): BudgetOutlook[] {
  return model.config.budgets.map((budget) => {
    const rungs = rungsOf(budget, model, scenario, rebuild);
    const spend = scopedSpend(budget, model, run);
    const limitUsd = Number(budget.limitUsd.picos) / 1e12;
    const each = budget.per.length > 0 ? usersOf(model, run) : null;
    const begun = begunMonth(budget, model.months, soFar);
    const periods = periodsOf(budget, model.months, spend.means, each).map((period) => underWay(period, begun));
    const binding = periods.find(({ mean }) => mean > limitUsd);
    return {
      budget: budget.name,
      period: budget.period,
      limitUsd,
      bindsOn: each === null && binding ? dateOf(binding, limitUsd) : null,
      probability: model.months.map((month, index) =>
        probabilityOf(budget, month, spend.byTrial[index], limitUsd, each?.[index], begun),
      ),
      usersBound: each ? shareOver(periods[0]?.mean ?? 0, limitUsd) : null,
      savings: summed(
        periods.map(({ mean, count }) =>
          scaled(
            each ? perUserSavings(mean, limitUsd, rungs, budget.hard) : savingsOf(mean, limitUsd, rungs, budget.hard),
            count,
          ),
        ),
      ),
      note: noteOf(budget),
    };
  });
}

const forecastable = ['workflow', 'team', 'feature', 'provider', 'model', 'plan', 'stage'] as const;

function noteOf({ scope, per }: Budget): string | null {
  const unknown = Object.keys(scope).filter((key) => !forecastable.some((name) => name === key));
  const counted = per.filter((name) => name !== 'user');
  const said = [
    ...(unknown.length > 0 ? [`${unknown.join(', ')} cannot be forecast: taken to cover everything`] : []),
    ...(counted.length > 0 ? [`counted per user in place of ${counted.join(', ')}`] : []),
  ];
  return said.length > 0 ? said.join('; ') : null;
}

interface ScopedSpend {
  readonly means: readonly number[];
  readonly byTrial: readonly Float64Array[];
}

/** What a budget counts, by month: spend with providers of the workflows it covers, times the share of its plans and models. */
function scopedSpend(budget: Budget, model: ForecastModel, run: ScenarioRun): ScopedSpend {
  const shares = model.workflows.map((workflow, index) => scopeShare(budget, workflow, run, index));
  const means = run.months.map(({ metered }) =>
    metered.reduce((sum, { mean }, index) => sum + mean * (shares[index] ?? 0), 0),
  );
  const byTrial = run.months.map(({ metered }) => {
    const sum = new Float64Array(run.total.length);
    for (const [index, { byTrial: spend }] of metered.entries()) {
      for (let t = 0; spend && t < sum.length; t++)
        sum[t] = (sum[t] as number) + (spend[t] as number) * (shares[index] ?? 0);
    }
    return sum;
  });
  return { means, byTrial };
}

function scopeShare({ scope }: Budget, workflow: WorkflowModel, run: ScenarioRun, index: number): number {
  const named = (names: readonly string[] | undefined, own: string | undefined): boolean =>
    names === undefined || (own !== undefined && names.includes(own));
  const covered =
    named(scope.workflow, workflow.name) && named(scope.team, workflow.team) && named(scope.feature, workflow.feature);
  if (!covered) return 0;
  const plans = workflow.traffic.plans.filter(({ name }) => scope.plan?.includes(name));
  const planShare = scope.plan ? plans.reduce((sum, { share }) => sum + share.constant, 0) : 1;
  return planShare * lineShare(scope, run, index);
}

function lineShare(scope: Budget['scope'], run: ScenarioRun, index: number): number {
  const { provider, model, stage } = scope;
  const sample = run.first[index];
  if ((!provider && !model && !stage) || !sample) return 1;
  let all = 0;
  let matching = 0;
  for (const line of sample.lines) {
    if (!line.metered) continue;
    const cost = line.usdPerRun.reduce((sum, usd) => sum + usd, 0);
    const name = sample.workflow.stages[line.stage]?.name ?? '';
    const own = !model || model.includes(line.model) || model.includes(`${line.provider}/${line.model}`);
    all += cost;
    if (own && (!provider || provider.includes(line.provider)) && (!stage || stage.includes(name))) matching += cost;
  }
  return all > 0 ? matching / all : 0;
}

/** Mean users by month, where the file says how many there are. */
function usersOf(model: ForecastModel, run: ScenarioRun): number[] {
  const users = model.workflows.reduce((sum, { traffic }) => sum + (traffic.users?.constant ?? 0), 0);
  const first = run.months[0]?.interactions ?? 1;
  return run.months.map(({ interactions }) => Math.max(1, (users * interactions) / Math.max(1e-9, first)));
}

interface Period {
  /** Mean spend in one period; of one user where users are counted. */
  readonly mean: number;
  /** How many such periods (times users) there are. */
  readonly count: number;
  readonly startMs: number;
  readonly lengthMs: number;
  /** Of `mean`, what was spent before `startMs`. */
  readonly spentUsd?: number;
}

const shortPeriods: Partial<Record<Budget['period'], number>> = { minute: 1 / 1440, hour: 1 / 24, day: 1, week: 7 };
const longPeriods: Partial<Record<Budget['period'], number>> = { quarter: 3, year: 12 };

/** The periods a budget has over the months: many alike within one, one, or one over several. */
function periodsOf(
  budget: Budget,
  months: readonly MonthPlan[],
  means: readonly number[],
  users: readonly number[] | null,
): Period[] {
  const days = shortPeriods[budget.period];
  if (days !== undefined) {
    return months.map((month, index) => {
      const periods = month.days / days;
      const heads = users?.[index] ?? 1;
      return {
        mean: (means[index] ?? 0) / periods / heads,
        count: periods * heads,
        startMs: month.startMs,
        lengthMs: days * dayMs,
      };
    });
  }
  return months.flatMap((month, index) => longPeriod(budget, months, means, month, index, users));
}

function longPeriod(
  budget: Budget,
  months: readonly MonthPlan[],
  means: readonly number[],
  month: MonthPlan,
  index: number,
  users: readonly number[] | null,
): Period[] {
  const length = budget.period === 'month' ? 1 : (longPeriods[budget.period] ?? months.length);
  const starts = budget.period === 'total' ? index === 0 : month.monthOfYear % length === 0 || index === 0;
  if (!starts) return [];
  const span = budget.period === 'total' ? months.length : length - (month.monthOfYear % length);
  const covered = months.slice(index, index + span);
  const heads = users?.[index] ?? 1;
  const mean = means.slice(index, index + span).reduce((sum, each) => sum + each, 0) / heads;
  const endMs = covered.at(-1)?.endMs ?? month.endMs;
  return [{ mean, count: heads, startMs: month.startMs, lengthMs: endMs - month.startMs }];
}

/** A month some of which lies behind: what was counted of it, and how much of it is left. */
interface BegunMonth {
  readonly startMs: number;
  readonly atMs: number;
  readonly spentUsd: number;
  /** Share of its time. */
  readonly left: number;
}

/** Null where nothing is known of what was spent, and for budgets that count by other periods or by user. */
function begunMonth(budget: Budget, months: readonly MonthPlan[], soFar: SpentSoFar | undefined): BegunMonth | null {
  const spentUsd = soFar?.usd[budget.name];
  const month = months.find(({ startMs, endMs }) => soFar && startMs <= soFar.atMs && soFar.atMs < endMs);
  if (!soFar || !month || spentUsd === undefined || budget.period !== 'month' || budget.per.length > 0) return null;
  const { startMs, endMs } = month;
  return { startMs, atMs: soFar.atMs, spentUsd, left: (endMs - soFar.atMs) / (endMs - startMs) };
}

/** The month that runs as what was spent and the forecast of what is left of it. */
function underWay(period: Period, begun: BegunMonth | null): Period {
  if (begun === null || begun.startMs !== period.startMs) return period;
  const { spentUsd, left, atMs } = begun;
  return { ...period, mean: spentUsd + period.mean * left, spentUsd, startMs: atMs, lengthMs: period.lengthMs * left };
}

function dateOf({ mean, spentUsd = 0, startMs, lengthMs }: Period, limitUsd: number): string {
  const share = Math.min(1, Math.max(0, (limitUsd - spentUsd) / (mean - spentUsd)));
  return new Date(startMs + lengthMs * (Number.isFinite(share) ? share : 0)).toISOString().slice(0, 10);
}

function probabilityOf(
  budget: Budget,
  month: MonthPlan,
  spend: Float64Array | undefined,
  limitUsd: number,
  users: number | undefined,
  begun: BegunMonth | null,
): number {
  if (!spend) return 0;
  if (begun?.startMs === month.startMs) {
    return (
      spend.reduce((count, usd) => count + (begun.spentUsd + usd * begun.left > limitUsd ? 1 : 0), 0) / spend.length
    );
  }
  const days = shortPeriods[budget.period] ?? month.days;
  const periods = (month.days / days) * (users ?? 1);
  const over = spend.reduce((count, usd) => count + (usd / periods > limitUsd ? 1 : 0), 0);
  return over / spend.length;
}

/** Points at which users are looked at, from light to heavy. */
const userPoints = 64;

/** Users differ exponentially: each point of the distribution meets the limit by itself. */
function perUserSavings(
  mean: number,
  limitUsd: number,
  rungs: Parameters<typeof savingsOf>[2],
  hard: boolean,
): BrakeSaving[] {
  const points = Array.from({ length: userPoints }, (_, i) => mean * exponentialQuantile((i + 0.5) / userPoints));
  return summed(points.map((wanted) => scaled(savingsOf(wanted, limitUsd, rungs, hard), 1 / userPoints)));
}

const exponentialQuantile = (p: number): number => -Math.log(1 - p);

function scaled(savings: readonly BrakeSaving[], factor: number): BrakeSaving[] {
  return savings.map(({ brake, savedUsd }) => ({ brake, savedUsd: savedUsd * factor }));
}

function summed(all: readonly (readonly BrakeSaving[])[]): BrakeSaving[] {
  const sums = new Map<string, number>();
  for (const { brake, savedUsd } of all.flat()) sums.set(brake, (sums.get(brake) ?? 0) + savedUsd);
  return [...sums].map(([brake, savedUsd]) => ({ brake, savedUsd }));
}

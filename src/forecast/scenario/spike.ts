import type { ScenarioForecast, StressRun } from '../forecast.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { type BrakeSaving, type Rebuild, rungsOf, savingsOf } from './brakes.ts';
import { meteredUsd } from './central.ts';

/** What users who arrive at once cost, while they do. */
export interface SpikeOutlook {
  readonly newUsers: number;
  readonly hours: number;
  readonly interactions: number;
  readonly spendUsd: number;
  readonly spendPerHourUsd: number;
  /** What a month of infrastructure, capacity and services costs without the spike. */
  readonly infrastructureMonthUsd: number;
  /** Hours after which the spike alone has cost more than that; null when it never does. */
  readonly passesInfrastructureAfterHours: number | null;
  /** RFC 3339; when that is. */
  readonly passesInfrastructureAt: string | null;
  /** What each setting would have saved, each by itself. */
  readonly savings: readonly (BrakeSaving & { readonly setting: string })[];
}

const hourMs = 3_600_000;
const hoursPerDay = 24;
const fixedLines: ReadonlySet<string> = new Set(['infrastructure', 'capacity', 'services', 'retrieval']);

export function spikeOutlook(
  model: ForecastModel,
  base: ScenarioForecast,
  { stress, run }: StressRun,
  rebuild: Rebuild,
): SpikeOutlook | null {
  const { spike } = stress;
  if (!spike) return null;
  const spendUsd = Math.max(0, meteredUsd(run) - meteredUsd(base.run));
  const newUsers = spike.newUsers.constant;
  const infrastructureMonthUsd = infrastructureOf(base);
  const spendPerHourUsd = spendUsd / spike.hours;
  const after = spendPerHourUsd > 0 ? infrastructureMonthUsd / spendPerHourUsd : Number.POSITIVE_INFINITY;
  const passes = after <= spike.hours ? after : null;
  const startMs = Math.max(stress.fromMs, model.months[0]?.startMs ?? stress.fromMs);
  return {
    newUsers,
    hours: spike.hours,
    interactions: newUsers * spike.interactionsPerUser.constant,
    spendUsd,
    spendPerHourUsd,
    infrastructureMonthUsd,
    passesInfrastructureAfterHours: passes,
    passesInfrastructureAt: passes === null ? null : new Date(startMs + passes * hourMs).toISOString(),
    savings: [
      ...budgetSavings(model, base, spendUsd, newUsers, spike.hours, rebuild),
      ...quotaSavings(model, spendUsd, spike.interactionsPerUser.constant, spike.hours),
    ],
  };
}

/** What is paid each month whatever the calls do: last month's infrastructure bill. */
function infrastructureOf({ run }: ScenarioForecast): number {
  const months = Math.max(1, run.months.length);
  return run.shared
    .filter(({ line }) => fixedLines.has(line))
    .reduce((sum, { total }) => sum + total.reduce((all, usd) => all + usd, 0) / total.length / months, 0);
}

function budgetSavings(
  model: ForecastModel,
  { scenario, run }: ScenarioForecast,
  spendUsd: number,
  newUsers: number,
  hours: number,
  rebuild: Rebuild,
): SpikeOutlook['savings'] {
  const days = Math.max(1, hours / hoursPerDay);
  return model.config.budgets.flatMap((budget) => {
    const rungs = rungsOf(budget, model, scenario, rebuild);
    const limitUsd = Number(budget.limitUsd.picos) / 1e12;
    const periods =
      { minute: days * 1440, hour: days * 24, day: days }[budget.period as 'minute' | 'hour' | 'day'] ?? 1;
    const heads = budget.per.length > 0 ? Math.max(1, newUsers * planShare(model, budget.scope.plan)) : 1;
    const share = budget.scope.plan ? planShare(model, budget.scope.plan) : 1;
    const usual = budget.per.length > 0 ? 0 : usualSpend(run, model, periods);
    const wanted = (spendUsd * share) / periods / heads;
    const withSpike = savingsOf(wanted + usual, limitUsd, rungs, budget.hard);
    const without = savingsOf(usual, limitUsd, rungs, budget.hard);
    return withSpike.map(({ brake, savedUsd }, index) => ({
      setting: budget.name,
      brake,
      savedUsd: (savedUsd - (without[index]?.savedUsd ?? 0)) * periods * heads,
    }));
  });
}

function planShare(model: ForecastModel, plans: readonly string[] | undefined): number {
  if (!plans) return 1;
  const [first] = model.workflows;
  const shares = first?.traffic.plans.filter(({ name }) => plans.includes(name)) ?? [];
  return shares.reduce((sum, { share }) => sum + share.constant, 0);
}

function usualSpend(run: ScenarioForecast['run'], model: ForecastModel, periods: number): number {
  const month = run.months[0];
  const spend = month?.metered.reduce((sum, { mean }) => sum + mean, 0) ?? 0;
  const days = model.months[0]?.days ?? 30;
  return periods === 1 ? spend : spend / days / (periods > days ? periods / days : 1);
}

/** Daily quotas of plans: what a newcomer wants beyond them is not answered. */
function quotaSavings(
  model: ForecastModel,
  spendUsd: number,
  interactionsPerUser: number,
  hours: number,
): SpikeOutlook['savings'] {
  const [first] = model.workflows;
  const perDay = interactionsPerUser / Math.max(1, hours / hoursPerDay);
  return (first?.traffic.plans ?? []).flatMap(({ name, share, interactionsPerDayMax }) => {
    if (perDay <= interactionsPerDayMax) return [];
    const cut = 1 - interactionsPerDayMax / perDay;
    return [
      {
        setting: `plan ${name}`,
        brake: `${interactionsPerDayMax} interactions a day`,
        savedUsd: spendUsd * share.constant * cut,
      },
    ];
  });
}

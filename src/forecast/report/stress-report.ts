import type { ScenarioForecast, StressRun } from '../forecast.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { Rebuild } from '../scenario/brakes.ts';
import type { BudgetOutlook } from '../scenario/budgets.ts';
import { type SpikeOutlook, spikeOutlook } from '../scenario/spike.ts';
import { meanOf, statsOf } from '../simulate/statistics.ts';
import { rounded, usdStats, usdText } from './figures.ts';
import type { StressReport } from './report-types.ts';
import { perOutcome } from './run-figures.ts';

export function stressReport(
  model: ForecastModel,
  base: ScenarioForecast,
  stress: StressRun,
  rebuild: Rebuild,
): StressReport {
  const { run } = stress;
  const before = meanOf(base.run.expected);
  const after = meanOf(run.expected);
  const spike = spikeOutlook(model, base, stress, rebuild);
  return {
    totalUsd: usdStats(statsOf(run.total.slice(), after)),
    increaseUsd: usdText(after - before),
    increase: before > 0 ? rounded(after / before - 1) : 0,
    costPerOutcomeUsd: perOutcome(run.expected, run.outcomes),
    months: run.months.map(({ total }, index) => ({
      month: model.months[index]?.label ?? '',
      totalUsd: usdStats(total),
    })),
    ...(spike ? { spike: spikeReport(spike) } : {}),
  };
}

export function spikeReport(spike: SpikeOutlook) {
  const { spendUsd, spendPerHourUsd, infrastructureMonthUsd, savings, passesInfrastructureAfterHours, ...rest } = spike;
  return {
    ...rest,
    passesInfrastructureAfterHours:
      passesInfrastructureAfterHours === null ? null : rounded(passesInfrastructureAfterHours),
    spendUsd: usdText(spendUsd),
    spendPerHourUsd: usdText(spendPerHourUsd),
    infrastructureMonthUsd: usdText(infrastructureMonthUsd),
    savings: savings.map(({ setting, brake, savedUsd }) => ({ setting, brake, savedUsd: usdText(savedUsd) })),
  };
}

export function budgetReport({ limitUsd, probability, usersBound, savings, ...rest }: BudgetOutlook) {
  return {
    ...rest,
    limitUsd: usdText(limitUsd),
    probability: probability.map(rounded),
    usersBound: usersBound === null ? null : rounded(usersBound),
    savings: savings.map(({ brake, savedUsd }) => ({ brake, savedUsd: usdText(savedUsd) })),
  };
}

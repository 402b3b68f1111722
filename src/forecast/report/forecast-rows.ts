import type { ForecastReport, ScenarioReport } from './report-types.ts';
import { count, lineName, money, percent, range } from './shown-figures.ts';

/** Scenario, total, range, per day, per outcome, calls a day, planned calls. */
export function overviewRows({ scenarios }: ForecastReport): string[][] {
  return Object.entries(scenarios).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    range(each.totalUsd),
    money(each.perDayUsd.mean),
    money(each.costPerOutcomeUsd?.mean ?? null),
    count(each.callsPerDay.mean),
    count(each.naiveCallsPerDay),
  ]);
}

/** Line, mean, range, share. */
export function lineRows({ lines }: ScenarioReport): string[][] {
  return lines.map(({ line, totalUsd, share }) => [
    lineName(line),
    money(totalUsd.mean),
    range(totalUsd),
    percent(share),
  ]);
}

/** Stress, total, how much more, increase, per outcome. */
export function stressRows({ stresses }: ScenarioReport): string[][] {
  return Object.entries(stresses).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    money(each.increaseUsd),
    percent(each.increase),
    money(each.costPerOutcomeUsd?.mean ?? null),
  ]);
}

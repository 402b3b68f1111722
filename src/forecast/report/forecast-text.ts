import { lineRows, overviewRows, stressRows } from './forecast-rows.ts';
import type { BudgetReport, ForecastReport, ScenarioReport, StressReport } from './report-types.ts';
import { count, money, percent } from './shown-figures.ts';
import { type DrawTable, figureTable } from './text-table.ts';

/** The forecast for people at a terminal. */
export function forecastText(report: ForecastReport, draw: DrawTable): string {
  const names = Object.keys(report.scenarios);
  return [
    `${report.months} months from ${report.from}, ${report.trials} trials, seed ${report.seed}. Ranges are p10 to p90.`,
    figureTable(draw, overviewTitles, overviewRows(report)),
    ...names.map((name) => scenarioText(name, report.scenarios[name] as ScenarioReport, draw)),
    ...(report.measured.length > 0
      ? [
          `Measured:\n${report.measured.map(({ path, count: of, evidence }) => `  ${path}: ${evidence}; ${of} observations`).join('\n')}`,
        ]
      : []),
    ...(report.assumptions.length > 0
      ? [`Taken for granted:\n${report.assumptions.map((each) => `  ${each}`).join('\n')}`]
      : []),
  ].join('\n\n');
}

const overviewTitles = ['scenario', 'total', 'range', 'per day', 'per outcome', 'calls/day', 'planned'] as const;

function scenarioText(name: string, of: ScenarioReport, draw: DrawTable): string {
  const parts = [
    `## ${name}`,
    `${money(of.perDayUsd.mean)} a day at the start, ${money(of.per30DaysUsd.mean)} in 30 days.`,
    monthsText(of),
    figureTable(draw, ['line', 'mean', 'p10 to p90', 'share'], lineRows(of)),
    workflowsText(of, draw),
    driversText(of),
    roiText(of),
    of.tippingPoint ? `${of.tippingPoint.workflow}: ${of.tippingPoint.summary}` : '',
    budgetsText(of.budgets),
    stressesText(of, draw),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const barWidth = 30;

/** A bar up to p90 with the mean marked. */
function bar(low: number, mean: number, high: number, most: number): string {
  const at = (value: number): number => Math.round((Math.max(0, value) / most) * barWidth);
  const [a, b, c] = [at(low), at(mean), at(high)];
  const cells = Array.from({ length: barWidth + 1 }, (_, i) => (i === b ? '┃' : i < a ? '█' : i <= c ? '▒' : ' '));
  return cells.join('').trimEnd();
}

function monthsText({ months }: ScenarioReport): string {
  const most = Math.max(...months.map(({ totalUsd }) => Number(totalUsd.p90)), 1e-12);
  const width = Math.max(...months.map(({ totalUsd }) => money(totalUsd.mean).length));
  return months
    .map(({ month, totalUsd }) => {
      const { p10, mean, p90 } = totalUsd;
      return `${month}  ${money(mean).padStart(width)}  ${bar(Number(p10), Number(mean), Number(p90), most)}`;
    })
    .join('\n');
}

function workflowsText({ workflows }: ScenarioReport, draw: DrawTable): string {
  const rows = Object.entries(workflows).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    money(each.costPerOutcomeUsd?.mean ?? null),
    each.callsPerInteraction.toFixed(2),
    percent(each.tokenShare),
    percent(each.contextShare.ofInputTokens),
  ]);
  const titles = ['workflow', 'total', 'per outcome', 'calls/interaction', 'token share', 'context share'] as const;
  const made = Object.entries(workflows).map(([name, { factors, naiveCallsPerDay, callsPerDay }]) => {
    const steps = factors
      .filter(({ times }) => Math.abs(times - 1) > 1e-6)
      .map(({ factor, times }) => `${factor} ×${times.toFixed(2)}`);
    return `${name}: ${count(naiveCallsPerDay)} planned calls a day → ${count(callsPerDay.mean)}${steps.length > 0 ? ` (${steps.join(', ')})` : ''}`;
  });
  return `${figureTable(draw, titles, rows)}\n${made.join('\n')}`;
}

const driversShown = 8;

function driversText({ drivers }: ScenarioReport): string {
  if (drivers.length === 0) return '';
  const shown = drivers.slice(0, driversShown);
  const most = Math.max(...shown.map(({ swingUsd }) => Math.abs(Number(swingUsd))));
  const rows = shown.map(({ parameter, swingUsd, varianceShare }) => {
    const length = Math.max(1, Math.round((Math.abs(Number(swingUsd)) / most) * barWidth));
    return `  ${'█'.repeat(length).padEnd(barWidth)} ${money(swingUsd)}  ${percent(varianceShare)}  ${parameter}`;
  });
  return `What moves the total (p10 to p90 of each; share of variance):\n${rows.join('\n')}`;
}

function roiText({ roi }: ScenarioReport): string {
  if (Number(roi.valueUsd.mean) === 0 || roi.returnOnCost === null) return '';
  const payback =
    roi.paybackMonths === null ? 'never pays back' : `pays back in ${Number(roi.paybackMonths.toPrecision(3))} months`;
  return `Value ${money(roi.valueUsd.mean)} against cost ${money(roi.costUsd.mean)}: return ${percent(roi.returnOnCost)}, ${payback}.`;
}

function budgetsText(budgets: readonly BudgetReport[]): string {
  const rows = budgets.map(({ budget, limitUsd, period, bindsOn, usersBound, savings }) => {
    const when =
      usersBound !== null
        ? `${percent(usersBound)} of users reach it`
        : bindsOn
          ? `binds on ${bindsOn}`
          : 'does not bind';
    const saved = savings
      .filter(({ savedUsd }) => Number(savedUsd) > 0)
      .map(({ brake, savedUsd }) => `    ${brake}: saves ${money(savedUsd)}`);
    return [`  ${budget} (${money(limitUsd)} a ${period}): ${when}`, ...saved].join('\n');
  });
  return rows.length > 0 ? `Budgets:\n${rows.join('\n')}` : '';
}

function stressesText(of: ScenarioReport, draw: DrawTable): string {
  const rows = stressRows(of);
  if (rows.length === 0) return '';
  const spikes = Object.entries(of.stresses).flatMap(([name, { spike }]) => (spike ? [spikeText(name, spike)] : []));
  return [figureTable(draw, ['stress', 'total', 'more', '', 'per outcome'], rows), ...spikes].join('\n');
}

function spikeText(name: string, spike: NonNullable<StressReport['spike']>): string {
  const passes =
    spike.passesInfrastructureAfterHours === null
      ? `stays below a month of infrastructure (${money(spike.infrastructureMonthUsd)})`
      : `passes a month of infrastructure (${money(spike.infrastructureMonthUsd)}) after ${spike.passesInfrastructureAfterHours.toFixed(1)} h`;
  const saved = spike.savings.filter(({ savedUsd }) => Number(savedUsd) > 0);
  return [
    `  ${name}: ${count(spike.interactions)} interactions in ${spike.hours} h cost ${money(spike.spendUsd)}, ${money(spike.spendPerHourUsd)} an hour; ${passes}`,
    ...saved.map(({ setting, brake, savedUsd }) => `    ${setting}, ${brake}: would have saved ${money(savedUsd)}`),
  ].join('\n');
}

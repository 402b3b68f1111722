import { formatUsd, usd } from '../../money/index.ts';
import type { UsdStats } from './figures.ts';
import type { BudgetReport, ForecastReport, ScenarioReport, StressReport } from './report-types.ts';

/** How a table is drawn is the terminal's business. */
export type DrawTable = (
  columns: readonly { readonly title: string; readonly align?: 'left' | 'right'; readonly flexible?: boolean }[],
  rows: readonly (readonly string[])[],
) => string;

const money = (text: string): string => formatUsd(usd(text));
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const count = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
const band = ({ p10, p90 }: UsdStats): string => `${money(p10)} to ${money(p90)}`;

/** The forecast for people at a terminal. */
export function forecastText(report: ForecastReport, draw: DrawTable): string {
  const names = Object.keys(report.scenarios);
  return [
    `${report.months} months from ${report.from}, ${report.trials} trials, seed ${report.seed}. Ranges are p10 to p90.`,
    overviewTable(report, draw),
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

const right = { align: 'right' } as const;

function overviewTable({ scenarios }: ForecastReport, draw: DrawTable): string {
  const rows = Object.entries(scenarios).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    band(each.totalUsd),
    money(each.perDayUsd.mean),
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
    count(each.callsPerDay.mean),
    count(each.naiveCallsPerDay),
  ]);
  const titles = ['total', 'range', 'per day', 'per outcome', 'calls/day', 'planned'];
  return draw([{ title: 'scenario', flexible: true }, ...titles.map((title) => ({ title, ...right }))], rows);
}

function scenarioText(name: string, of: ScenarioReport, draw: DrawTable): string {
  const parts = [
    `## ${name}`,
    `${money(of.perDayUsd.mean)} a day at the start, ${money(of.per30DaysUsd.mean)} in 30 days.`,
    monthsText(of),
    linesText(of, draw),
    workflowsText(of, draw),
    driversText(of),
    roiText(of),
    of.tippingPoint ? `${of.tippingPoint.workflow}: ${of.tippingPoint.summary}` : '',
    budgetsText(of.budgets),
    stressesText(of.stresses, draw),
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

function linesText({ lines }: ScenarioReport, draw: DrawTable): string {
  return draw(
    [
      { title: 'line', flexible: true },
      { title: 'mean', ...right },
      { title: 'p10 to p90', ...right },
      { title: 'share', ...right },
    ],
    lines.map(({ line, totalUsd, share }) => [line, money(totalUsd.mean), band(totalUsd), percent(share)]),
  );
}

function workflowsText({ workflows }: ScenarioReport, draw: DrawTable): string {
  const rows = Object.entries(workflows).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
    each.callsPerInteraction.toFixed(2),
    percent(each.tokenShare),
    percent(each.contextShare.ofInputTokens),
  ]);
  const titles = ['total', 'per outcome', 'calls/interaction', 'token share', 'context share'];
  const made = Object.entries(workflows).map(([name, { factors, naiveCallsPerDay, callsPerDay }]) => {
    const steps = factors
      .filter(({ times }) => Math.abs(times - 1) > 1e-6)
      .map(({ factor, times }) => `${factor} ×${times.toFixed(2)}`);
    return `${name}: ${count(naiveCallsPerDay)} planned calls a day → ${count(callsPerDay.mean)}${steps.length > 0 ? ` (${steps.join(', ')})` : ''}`;
  });
  return `${draw([{ title: 'workflow', flexible: true }, ...titles.map((title) => ({ title, ...right }))], rows)}\n${made.join('\n')}`;
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

function stressesText(stresses: Readonly<Record<string, StressReport>>, draw: DrawTable): string {
  const entries = Object.entries(stresses);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    money(each.increaseUsd),
    percent(each.increase),
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
  ]);
  const titles = ['total', 'more', '', 'per outcome'];
  const drawn = draw([{ title: 'stress', flexible: true }, ...titles.map((title) => ({ title, ...right }))], rows);
  return [drawn, ...entries.flatMap(([name, { spike }]) => (spike ? [spikeText(name, spike)] : []))].join('\n');
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

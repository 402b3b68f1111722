import { htmlText } from '../../base/index.ts';
import { addUsd, formatUsd, subtractUsd, toDecimal, type Usd, usd, zeroUsd } from '../../money/index.ts';
import { driversChart, fanChart, linesChart } from './forecast-charts.ts';
import { lineRows, overviewRows, stressRows } from './forecast-rows.ts';
import { page, type TreeRow, table, treeTable } from './html-page.ts';
import type { BudgetReport, ForecastReport, ScenarioReport, StressReport } from './report-types.ts';
import { count, money, percent, range } from './shown-figures.ts';

/** One page that asks nothing of the network and prints well. Charts are drawn to SVG here, not in the reader's browser. */
export async function renderForecastHtml(report: ForecastReport): Promise<string> {
  const { from, months, trials, seed, assumptions, measured } = report;
  const sections: string[] = [];
  for (const [name, scenario] of Object.entries(report.scenarios)) sections.push(await scenarioSection(name, scenario));
  const evidence = measured.map((of) => [of.path, of.evidence, count(of.count)]);
  const taken = assumptions.map((each) => `<li>${htmlText(each)}</li>`).join('');
  return page(
    `Cost forecast from ${from}`,
    `<h1>Cost forecast</h1>
<p>${months} months from ${htmlText(from)}. Ranges are the 10th to the 90th percentile of ${count(trials)} simulated futures (seed ${seed}). All figures are estimates.</p>
${table(overviewTitles, overviewRows(report))}
${sections.join('\n')}
<section><h2>Retries by stage</h2>${stagesTable(report)}</section>
${evidence.length === 0 ? '' : `<section><h2>Measured</h2>${table(['Number', 'What was seen', 'Observations'], evidence)}</section>`}
${taken === '' ? '' : `<section><h2>Taken for granted</h2><ul>${taken}</ul></section>`}
<section><h2>Method</h2><p>${htmlText(report.method)}</p></section>`,
  );
}

const overviewTitles = ['Scenario', 'Total', 'Range', 'Per day', 'Per outcome', 'Calls a day', 'Planned calls'];

async function scenarioSection(name: string, of: ScenarioReport): Promise<string> {
  const months = of.months.map(({ month, totalUsd, calls, outcomes }) => [
    month,
    money(totalUsd.mean),
    range(totalUsd),
    count(calls),
    count(outcomes),
  ]);
  const drivers = of.drivers
    .slice(0, 12)
    .map(({ parameter, lowUsd, highUsd, swingUsd, varianceShare }) => [
      parameter,
      money(lowUsd),
      money(highUsd),
      money(swingUsd),
      percent(varianceShare),
    ]);
  return `<section class="scenario"><h2>${htmlText(name)}</h2>
<p>${htmlText(headline(of))}</p>
<h3>Cost by month</h3>${await fanChart(of)}${table(['Month', 'Mean', 'Range', 'Calls', 'Outcomes'], months)}
<h3>Where it goes</h3>${await linesChart(of)}${table(['Line', 'Mean', 'Range', 'Share'], lineRows(of))}
<h3>Cost tree</h3>${treeTable(['Node', 'Mean', 'Range', 'Share'], treeRows(of))}
${drivers.length === 0 ? '' : `<h3>What moves the total</h3>${await driversChart(of)}${table(['Parameter', 'At its p10', 'At its p90', 'Swing', 'Variance'], drivers)}`}
${budgets(of.budgets)}${stresses(of)}</section>`;
}

/** Workflow by workflow its stages, then what all of them share: the rows of the first level sum to the total. */
function treeRows({ nodes, totalUsd }: ScenarioReport): TreeRow[] {
  const total = Number(totalUsd.mean);
  const shareOf = (amount: Usd): number => (total > 0 ? Number(toDecimal(amount)) / total : 0);
  const sums = [...new Set(nodes.map(({ workflow }) => workflow))].map((workflow) => {
    const own = nodes.filter((node) => node.workflow === workflow);
    return { workflow, own, sum: own.reduce((sum, node) => addUsd(sum, usd(node.totalUsd.mean)), zeroUsd) };
  });
  const row = (depth: TreeRow['depth'], name: string, amount: Usd, band: string): TreeRow => {
    const share = shareOf(amount);
    return { depth, name, cells: [formatUsd(amount), band, percent(share)], share };
  };
  const shared = sums.reduce((rest, { sum }) => subtractUsd(rest, sum), usd(totalUsd.mean));
  return [
    ...sums.flatMap(({ workflow, own, sum }) => [
      row(0, workflow, sum, ''),
      ...own.map(({ stage, totalUsd: of }) => row(1, stage ?? 'as a whole', usd(of.mean), range(of))),
    ]),
    ...(shareOf(shared) > 1e-6 ? [row(0, 'shared by all workflows', shared, '')] : []),
  ];
}

function headline({ roi, tokenShare, tippingPoint, uncertainty }: ScenarioReport): string {
  const value = Number(roi.valueUsd.mean) > 0 && roi.returnOnCost !== null;
  return [
    `Providers bill ${percent(tokenShare)} of the whole cost.`,
    value
      ? `Value ${money(roi.valueUsd.mean)} against cost ${money(roi.costUsd.mean)}: return ${percent(roi.returnOnCost ?? 0)}.`
      : '',
    tippingPoint ? `${tippingPoint.workflow}: ${tippingPoint.summary}.` : '',
    `${percent(uncertainty.parameters)} of the spread is what is not known, ${percent(uncertainty.sampling)} is chance.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function budgets(all: readonly BudgetReport[]): string {
  if (all.length === 0) return '';
  const rows = all.map(({ budget, limitUsd, period, bindsOn, usersBound, savings }) => [
    budget,
    `${money(limitUsd)} a ${period}`,
    usersBound !== null ? `${percent(usersBound)} of users` : (bindsOn ?? 'never'),
    savings.flatMap(({ brake, savedUsd }) => (Number(savedUsd) > 0 ? `${brake}: ${money(savedUsd)}` : [])).join('; ') ||
      'nothing',
  ]);
  return `<h3>Budgets</h3>${table(['Budget', 'Limit', 'Binds', 'Would save'], rows)}`;
}

function stresses(of: ScenarioReport): string {
  const rows = stressRows(of);
  if (rows.length === 0) return '';
  const spikes = Object.entries(of.stresses).flatMap(([name, { spike }]) => (spike ? [spikeTable(name, spike)] : []));
  return `<h3>Stresses</h3>${table(['Stress', 'Total', 'More', 'Increase', 'Per outcome'], rows)}${spikes.join('')}`;
}

function spikeTable(name: string, spike: NonNullable<StressReport['spike']>): string {
  const after = spike.passesInfrastructureAfterHours;
  const month = `a month of infrastructure (${money(spike.infrastructureMonthUsd)})`;
  const passes = after === null ? `that stays below ${month}` : `that passes ${month} after ${after.toFixed(1)} hours`;
  const said =
    `${name}: ${count(spike.newUsers)} newcomers in ${spike.hours} hours cost ${money(spike.spendPerHourUsd)} an hour ` +
    `at providers, ${money(spike.spendUsd)} in all; ${passes}.`;
  const rows = spike.savings
    .filter(({ savedUsd }) => Number(savedUsd) > 0)
    .map(({ setting, brake, savedUsd }) => [setting, brake, money(savedUsd)]);
  return `<p>${htmlText(said)}</p>${rows.length > 0 ? table(['Setting', 'Brake', 'Would have saved'], rows) : ''}`;
}

function stagesTable({ stages }: ForecastReport): string {
  const rows = stages.map(({ workflow, stage, tries, failureProbability, expectedAttempts }) => [
    `${workflow} / ${stage}`,
    String(tries),
    percent(failureProbability),
    expectedAttempts.toFixed(4),
  ]);
  return table(['Stage', 'Tries', 'Failure of one', 'Expected attempts'], rows);
}

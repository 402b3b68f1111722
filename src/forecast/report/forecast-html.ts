import { formatUsd, usd } from '../../money/index.ts';
import type { UsdStats } from './figures.ts';
import { driversChart, fanChart, linesChart, treeChart } from './forecast-charts.ts';
import type { BudgetReport, ForecastReport, ScenarioReport, StressReport } from './forecast-report.ts';

const money = (text: string): string => formatUsd(usd(text));
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const range = ({ p10, p90 }: UsdStats): string => `${money(p10)} to ${money(p90)}`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** One page that asks nothing of the network and prints well. Charts are drawn to SVG here, not in the reader's browser. */
export async function renderForecastHtml(report: ForecastReport): Promise<string> {
  const sections: string[] = [];
  for (const [name, scenario] of Object.entries(report.scenarios)) sections.push(await scenarioSection(name, scenario));
  const taken = report.assumptions.map((each) => `<li>${escaped(each)}</li>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cost forecast from ${escaped(report.from)}</title><style>${style}</style></head><body>
<h1>Cost forecast</h1>
<p>${report.months} months from ${escaped(report.from)}. Ranges are the 10th to the 90th percentile of ${number(report.trials)} simulated futures (seed ${report.seed}). All figures are estimates.</p>
${overview(report)}
${sections.join('\n')}
<section><h2>Retries by stage</h2>${stagesTable(report)}</section>
${taken === '' ? '' : `<section><h2>Taken for granted</h2><ul>${taken}</ul></section>`}
<section><h2>Method</h2><p>${escaped(report.method)}</p></section>
</body></html>
`;
}

const style = `
:root{font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid #d5dbe3}h3{font-size:1rem;margin-bottom:.3rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid #e7ebf0}
th:first-child,td:first-child{text-align:left}th{font-weight:600;color:#4a5768}
svg{max-width:100%;height:auto}
@media print{body{margin:0;max-width:none}section,svg,table{break-inside:avoid}h2{break-after:avoid}}
`;

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = titles.map((title) => `<th scope="col">${escaped(title)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function overview({ scenarios }: ForecastReport): string {
  const rows = Object.entries(scenarios).map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    range(each.totalUsd),
    money(each.perDayUsd.mean),
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
    number(each.callsPerDay.mean),
    number(each.naiveCallsPerDay),
  ]);
  return table(['Scenario', 'Total', 'Range', 'Per day', 'Per outcome', 'Calls a day', 'Planned calls'], rows);
}

async function scenarioSection(name: string, of: ScenarioReport): Promise<string> {
  const lines = of.lines.map(({ line, totalUsd, share }) => [
    line,
    money(totalUsd.mean),
    range(totalUsd),
    percent(share),
  ]);
  const months = of.months.map(({ month, totalUsd, calls, outcomes }) => [
    month,
    money(totalUsd.mean),
    range(totalUsd),
    number(calls),
    number(outcomes),
  ]);
  const nodes = of.nodes.map(({ workflow, stage, totalUsd, share }) => [
    stage === null ? workflow : `${workflow} / ${stage}`,
    money(totalUsd.mean),
    range(totalUsd),
    percent(share),
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
  return `<section><h2>${escaped(name)}</h2>
<p>${escaped(headline(of))}</p>
<h3>Cost by month</h3>${await fanChart(of)}${table(['Month', 'Mean', 'Range', 'Calls', 'Outcomes'], months)}
<h3>Where it goes</h3>${await linesChart(of)}${table(['Line', 'Mean', 'Range', 'Share'], lines)}
<h3>Cost tree</h3>${await treeChart(of)}${table(['Node', 'Mean', 'Range', 'Share'], nodes)}
${drivers.length === 0 ? '' : `<h3>What moves the total</h3>${await driversChart(of)}${table(['Parameter', 'At its p10', 'At its p90', 'Swing', 'Variance'], drivers)}`}
${budgets(of.budgets)}${stresses(of.stresses)}</section>`;
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
    savings.map(({ brake, savedUsd }) => `${brake}: ${money(savedUsd)}`).join('; '),
  ]);
  return `<h3>Budgets</h3>${table(['Budget', 'Limit', 'Binds', 'Would save'], rows)}`;
}

function stresses(all: Readonly<Record<string, StressReport>>): string {
  const entries = Object.entries(all);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, each]) => [
    name,
    money(each.totalUsd.mean),
    money(each.increaseUsd),
    percent(each.increase),
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
  ]);
  const spikes = entries.flatMap(([name, { spike }]) => (spike ? [spikeTable(name, spike)] : []));
  return `<h3>Stresses</h3>${table(['Stress', 'Total', 'More', '', 'Per outcome'], rows)}${spikes.join('')}`;
}

function spikeTable(name: string, spike: NonNullable<StressReport['spike']>): string {
  const after = spike.passesInfrastructureAfterHours;
  const when = after === null ? 'never within it' : `after ${after.toFixed(1)} hours`;
  const said =
    `${name}: ${number(spike.newUsers)} newcomers in ${spike.hours} hours cost ${money(spike.spendPerHourUsd)} an hour, ` +
    `${money(spike.spendUsd)} in all; that passes a month of infrastructure (${money(spike.infrastructureMonthUsd)}) ${when}.`;
  const rows = spike.savings.map(({ setting, brake, savedUsd }) => [setting, brake, money(savedUsd)]);
  return `<p>${escaped(said)}</p>${rows.length > 0 ? table(['Setting', 'Brake', 'Would have saved'], rows) : ''}`;
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

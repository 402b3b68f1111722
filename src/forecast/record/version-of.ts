import { allocate, toDecimal, usd } from '../../money/index.ts';
import type { ForecastReport, ScenarioReport } from '../report/report-types.ts';
import type { ForecastMonth, ForecastNode, ForecastVersion, KeptForecast } from './forecast-version.ts';

/** The scenario facts are held against where nobody names one: `expected`, else the first of the file. */
export function plainScenario({ scenarios }: ForecastReport): string {
  return scenarios.expected ? 'expected' : (Object.keys(scenarios)[0] ?? 'expected');
}

/** What a kept forecast expects of one scenario, for the day its facts are known. Null when it has no such scenario. */
export function versionOf(
  { id, madeAtMs, report }: Pick<KeptForecast, 'id' | 'madeAtMs' | 'report'>,
  scenario: string = plainScenario(report),
): ForecastVersion | null {
  const said = report.scenarios[scenario];
  if (!said) return null;
  const months = said.months.map(({ month, totalUsd, lines, nodes }): ForecastMonth => {
    return { month, ...calendarMonth(month), totalUsd, lines, nodes: nodesOf(said, nodes) };
  });
  return { id, madeAtMs, scenario, months };
}

/** @param month `2026-03` */
function calendarMonth(month: string): { readonly fromMs: number; readonly toMs: number } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { fromMs: Date.UTC(year, number - 1, 1), toMs: Date.UTC(year, number, 1) };
}

/** A month states each node's total; it is split into lines as the node's lines stand to one another over all months. */
function nodesOf(scenario: ScenarioReport, nodes: ScenarioReport['months'][number]['nodes']): ForecastNode[] {
  return nodes.map(({ workflow, stage, totalUsd }) => {
    const whole = scenario.nodes.find((node) => node.workflow === workflow && node.stage === stage);
    const lines = (whole?.lines ?? []).filter(({ meanUsd }) => Number(meanUsd) > 0);
    const amounts =
      lines.length === 0
        ? []
        : allocate(
            usd(totalUsd.mean),
            lines.map(({ meanUsd }) => Number(meanUsd)),
          );
    return {
      workflow,
      stage,
      totalUsd,
      lines: lines.map(({ line }, index) => ({ line, meanUsd: toDecimal(amounts[index] ?? usd('0')) })),
    };
  });
}

import { allocate, toDecimal, usd } from '../../money/index.ts';
import type { ForecastReport, ScenarioReport } from '../report/forecast-report.ts';
import type { ForecastInputs, ForecastMonth, ForecastNode, ForecastVersion } from './forecast-version.ts';

interface VersionFacts {
  readonly id: string;
  readonly madeAtMs: number;
  readonly scenario: string;
  readonly inputs: ForecastInputs;
}

/** What is kept of a forecast's report, for the day its facts are known. Null when it has no such scenario. */
export function versionOf(report: ForecastReport, facts: VersionFacts): ForecastVersion | null {
  const scenario = report.scenarios[facts.scenario];
  if (!scenario) return null;
  const months = scenario.months.map((month): ForecastMonth => {
    const { totalUsd, lines } = month;
    return {
      month: month.month,
      ...calendarMonth(month.month),
      totalUsd,
      lines,
      nodes: nodesOf(scenario, month.nodes),
    };
  });
  return { ...facts, seed: report.seed, trials: report.trials, months };
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
      lines: lines.map(({ line }, index) => ({ line, meanUsd: toDecimal(amounts[index] ?? usd('0')) })),
    };
  });
}

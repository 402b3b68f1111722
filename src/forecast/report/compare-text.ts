import { formatUsd, usd } from '../../money/index.ts';
import type { ComparedCandidate } from '../compare/alternatives.ts';
import { countStats, rounded, type UsdStats, usdStats } from './figures.ts';
import type { DrawTable } from './forecast-text.ts';

/** A comparison as `compare --json` prints it. */
export function compareReport(compared: readonly ComparedCandidate[], seed: number, trials: number) {
  return {
    seed,
    trials,
    candidates: compared.map(({ totalUsd, costPerOutcomeUsd, breakEven, cheapestShare, ...rest }) => ({
      ...rest,
      totalUsd: totalUsd && usdStats(totalUsd),
      costPerOutcomeUsd: costPerOutcomeUsd && usdStats(costPerOutcomeUsd),
      cheapestShare: rounded(cheapestShare),
      breakEven: breakEven && {
        cheaper: breakEven.cheaper,
        found: rounded(breakEven.found),
        traffic: countStats(breakEven.traffic),
        callsPerMonth: countStats(breakEven.callsPerMonth),
      },
    })),
  };
}

export type CompareReport = ReturnType<typeof compareReport>;
type Row = CompareReport['candidates'][number];

const money = (text: string): string => formatUsd(usd(text));
const range = (stats: UsdStats | null): string => (stats ? `${money(stats.p10)} to ${money(stats.p90)}` : 'none');

export function compareText({ candidates, trials, seed }: CompareReport, draw: DrawTable): string {
  const right = { align: 'right' } as const;
  const titles = ['per outcome', 'p10 to p90', 'total', 'cheapest in'];
  const rows = candidates.map((each) => [
    each.name,
    each.costPerOutcomeUsd ? money(each.costPerOutcomeUsd.mean) : 'none',
    range(each.costPerOutcomeUsd),
    each.totalUsd ? money(each.totalUsd.mean) : 'none',
    `${(each.cheapestShare * 100).toFixed(0)} %`,
  ]);
  return [
    draw([{ title: 'way to run it', flexible: true }, ...titles.map((title) => ({ title, ...right }))], rows),
    ...candidates.flatMap(noteOf),
    `${trials} trials, seed ${seed}; every way has the same traffic and the same success criteria.`,
  ].join('\n');
}

function noteOf({ name, problem, breakEven }: Row): string[] {
  if (problem !== null) return [`${name}: ${problem}`];
  if (!breakEven) return [];
  const { callsPerMonth, traffic, cheaper, found } = breakEven;
  const calls = (value: number): string => Math.round(value).toLocaleString('en-US');
  return [
    `${name} is cheaper ${cheaper} ${calls(callsPerMonth.p50)} calls a month (${calls(callsPerMonth.p10)} to ${calls(callsPerMonth.p90)}; ` +
      `${traffic.p50.toPrecision(3)}× today's traffic), in ${(found * 100).toFixed(0)} % of futures.`,
  ];
}

import type { ComparedCandidate } from '../compare/alternatives.ts';
import { countStats, rounded, usdStats } from './figures.ts';
import { money, range } from './shown-figures.ts';
import { type DrawTable, figureTable } from './text-table.ts';

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

export function compareText({ candidates, trials, seed }: CompareReport, draw: DrawTable): string {
  const rows = candidates.map((each) => [
    each.name,
    money(each.costPerOutcomeUsd?.mean ?? null),
    range(each.costPerOutcomeUsd),
    money(each.totalUsd?.mean ?? null),
    `${(each.cheapestShare * 100).toFixed(0)} %`,
  ]);
  return [
    figureTable(draw, ['way to run it', 'per outcome', 'p10 to p90', 'total', 'cheapest in'], rows),
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

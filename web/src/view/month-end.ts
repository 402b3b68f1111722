import { billedLines } from '../../../src/tree/index.ts';
import type { ForecastMonth, MoneyInterval } from '../api/schema.ts';
import { addMoney, chartDollars, portionOf } from '../format/money.ts';

/** What is read of a kept forecast. */
export interface ExpectedMonths {
  readonly report: {
    readonly scenarios: Readonly<
      Record<string, { readonly months: readonly Pick<ForecastMonth, 'month' | 'lines'>[] }>
    >;
  };
}

const nothing: MoneyInterval = { mean: '0', p10: '0', p50: '0', p90: '0' };

/**
 * What a kept forecast expects providers to bill from one moment to another (other lines are on no call, and so in no spend so
 * far). A month that the stretch cuts counts by its share of
 * time, and percentiles are added up like means, as in `/api/workflows/{name}/tree?view=forecast`. Null where the forecast does not
 * speak of all of it.
 */
export function expectedBetween(forecast: ExpectedMonths, fromMs: number, toMs: number): MoneyInterval | null {
  const parts = monthsOf(forecast).map(({ month, lines }) => ({ lines, ...overlap(month, fromMs, toMs) }));
  if (parts.reduce((sum, { sharedMs }) => sum + sharedMs, 0) < toMs - fromMs) return null;
  return parts
    .flatMap(({ lines, share }) => lines.map(({ line, totalUsd }) => ({ line, totalUsd, share })))
    .filter(({ line, share }) => share > 0 && billedLines.has(line))
    .reduce(
      (all, { totalUsd, share }) => combine(all, totalUsd, (sum, usd) => addMoney(sum, portionOf(usd, share))),
      nothing,
    );
}

/** Spend so far and what is expected after it. */
export function spentAndExpected(spentUsd: string, expected: MoneyInterval): MoneyInterval {
  return combine(expected, expected, (usd) => addMoney(spentUsd, usd));
}

/** How sure it is that a limit holds, in words; `probability` that it is reached, 0 to 1. */
export function outlookWords(probability: number): string {
  if (probability <= 0.1) return 'holds in nine futures of ten';
  if (probability <= 0.5) return 'more likely holds than not';
  return probability < 0.9 ? 'more likely passed than not' : 'passed in nine futures of ten';
}

/** As near as three percentiles tell it: how likely the end lies above a limit. */
export function chanceAbove(limitUsd: string, end: MoneyInterval): number {
  const above = (usd: string) => chartDollars(usd) > chartDollars(limitUsd);
  if (!above(end.p90)) return 0.1;
  if (!above(end.p50)) return 0.5;
  return above(end.p10) ? 0.9 : 0.7;
}

/** Of the scenario that facts are held against: `expected`, else the first of the file. */
function monthsOf({ report }: ExpectedMonths) {
  return (report.scenarios.expected ?? Object.values(report.scenarios)[0])?.months ?? [];
}

function overlap(month: string, fromMs: number, toMs: number) {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const [startMs, endMs] = [Date.UTC(year, number - 1, 1), Date.UTC(year, number, 1)];
  const sharedMs = Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
  return { sharedMs, share: sharedMs / (endMs - startMs) };
}

function combine(a: MoneyInterval, b: MoneyInterval, each: (a: string, b: string) => string): MoneyInterval {
  return { mean: each(a.mean, b.mean), p10: each(a.p10, b.p10), p50: each(a.p50, b.p50), p90: each(a.p90, b.p90) };
}

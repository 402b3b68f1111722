import { addUsd, subtractUsd, toDecimal, type Usd, usd, zeroUsd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import type { ForecastMonth, ForecastVersion, UsdInterval } from './forecast-version.ts';
import { unmeasuredLines } from './unmeasured.ts';

/** What a month really cost, from the ledger. */
export interface MonthFacts {
  readonly month: string;
  readonly total: Usd;
  readonly lines: Readonly<Partial<Record<LineKind, Usd>>>;
  /** False while the month still runs. */
  readonly complete: boolean;
}

/** A forecast figure beside its fact; low and high are the forecast's p10 and p90. */
export interface Miss {
  readonly forecastUsd: string;
  readonly lowUsd: string;
  readonly highUsd: string;
  readonly factUsd: string;
  /** Fact − forecast mean. */
  readonly differenceUsd: string;
  /** The difference as a share of the forecast; null when nothing was forecast. */
  readonly share: number | null;
  /** Whether the fact lies between p10 and p90. */
  readonly inside: boolean;
}

export interface MonthComparison {
  readonly month: string;
  readonly total: Miss;
  /** The widest difference first, whatever its sign. */
  readonly lines: readonly (Miss & { readonly line: LineKind })[];
  /** The line that missed most; null when each hit exactly. */
  readonly drivenBy: LineKind | null;
}

/** Complete months of a forecast beside what happened. */
export function compareWithFacts(version: ForecastVersion, facts: readonly MonthFacts[]): MonthComparison[] {
  return version.months.flatMap((month) => {
    const fact = facts.find((each) => each.month === month.month && each.complete);
    return fact ? [compareMonth(month, fact)] : [];
  });
}

/** One month beside its facts so far. What is on no bill is left out of both. */
export function compareMonth(month: ForecastMonth, fact: MonthFacts): MonthComparison {
  const forecast = new Map(
    month.lines.filter(({ line }) => !unmeasuredLines.has(line)).map(({ line, totalUsd }) => [line, totalUsd]),
  );
  const names = new Set<LineKind>([...forecast.keys(), ...(Object.keys(fact.lines) as LineKind[])]);
  const lines = [...names].map((line) => ({
    line,
    ...missOf(forecast.get(line) ?? nothing, fact.lines[line] ?? zeroUsd),
  }));
  lines.sort((a, b) => Math.abs(Number(b.differenceUsd)) - Math.abs(Number(a.differenceUsd)));
  const [widest] = lines;
  const missed = widest !== undefined && usd(widest.differenceUsd).picos !== 0n;
  return {
    month: month.month,
    total: missOf(measurableTotal(month), fact.total),
    lines,
    drivenBy: missed ? widest.line : null,
  };
}

/** The month without what is on no bill: its mean is taken off the whole interval. */
function measurableTotal({ totalUsd, lines }: ForecastMonth): UsdInterval {
  const off = lines.reduce(
    (sum, { line, totalUsd: { mean } }) => (unmeasuredLines.has(line) ? addUsd(sum, usd(mean)) : sum),
    zeroUsd,
  );
  const less = (amount: string): string => toDecimal(subtractUsd(usd(amount), off));
  const { mean, p10, p50, p90 } = totalUsd;
  return { mean: less(mean), p10: less(p10), p50: less(p50), p90: less(p90) };
}

const nothing: UsdInterval = { mean: '0', p10: '0', p50: '0', p90: '0' };

function missOf(forecast: UsdInterval, fact: Usd): Miss {
  const mean = usd(forecast.mean);
  const difference = subtractUsd(fact, mean);
  return {
    forecastUsd: forecast.mean,
    lowUsd: forecast.p10,
    highUsd: forecast.p90,
    factUsd: toDecimal(fact),
    differenceUsd: toDecimal(difference),
    share: mean.picos === 0n ? null : Number(difference.picos) / Number(mean.picos),
    inside: fact.picos >= usd(forecast.p10).picos && fact.picos <= usd(forecast.p90).picos,
  };
}

/** How good the forecasts were that have met their facts. */
export interface TrackRecord {
  readonly months: number;
  /** Share of months whose fact lay between p10 and p90; 0.8 is what was promised. Null without a month. */
  readonly inside80: number | null;
  /** Mean of the differences' sizes as shares of the forecast. */
  readonly meanError: number | null;
  /** Mean difference as a share: above 0 forecasts are too low. */
  readonly bias: number | null;
  /** How often each line missed most. */
  readonly drivenBy: Readonly<Partial<Record<LineKind, number>>>;
}

export function trackRecord(comparisons: readonly MonthComparison[]): TrackRecord {
  const shares = comparisons.flatMap(({ total }) => total.share ?? []);
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const drivenBy: Partial<Record<LineKind, number>> = {};
  for (const { drivenBy: line } of comparisons) if (line !== null) drivenBy[line] = (drivenBy[line] ?? 0) + 1;
  return {
    months: comparisons.length,
    inside80: mean(comparisons.map(({ total }) => (total.inside ? 1 : 0))),
    meanError: mean(shares.map(Math.abs)),
    bias: mean(shares),
    drivenBy,
  };
}

import type { Config } from '../../config/index.ts';
import {
  compareMonth,
  compareWithFacts,
  type ForecastVersion,
  type MonthComparison,
  type MonthFacts,
  type TrackRecord,
  trackRecord,
  versionOf,
} from '../../forecast/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { ForecastArchive } from './archive.ts';
import { beyondCalls, readCallLines } from './fact-lines.ts';

interface Asked {
  readonly ledger: EconomicLedger;
  readonly config: Config;
  readonly nowMs: number;
}

type Month = Pick<ForecastVersion['months'][number], 'month' | 'fromMs' | 'toMs'>;

/** The full cost of a month as far as it has gone. */
export async function readMonthFacts({ ledger, config, nowMs }: Asked, month: Month): Promise<MonthFacts> {
  const range = { fromMs: month.fromMs, toMs: Math.min(month.toMs, nowMs) };
  const [stack, calls] = await Promise.all([
    readCostStack(ledger, { range, by: ['workflow'], timeZone: 'UTC' }, config),
    readCallLines(ledger, range, {}),
  ]);
  const lines: Partial<Record<LineKind, Usd>> = {};
  for (const { line, cost } of [...calls, ...beyondCalls(stack)]) lines[line] = addUsd(lines[line] ?? zeroUsd, cost);
  return { month: month.month, total: stack.total, lines, complete: month.toMs <= nowMs };
}

/** A month of a past forecast beside what happened. */
export interface PastMonth extends MonthComparison {
  readonly forecastId: string;
  /** Whole months from the forecast to the month: 1 is the coming one. */
  readonly monthsAhead: number;
}

export interface ForecastTrack {
  readonly scenario: string | null;
  readonly record: TrackRecord;
  /** The same by how far ahead it was. */
  readonly byMonthsAhead: readonly { readonly monthsAhead: number; readonly record: TrackRecord }[];
  /** Newest month first, then nearest forecast first. */
  readonly months: readonly PastMonth[];
}

const headingsMax = 400;
const monthsJudgedMax = 12;

/**
 * How good past forecasts were: every complete month that a forecast made before it began speaks of. Of the forecasts
 * made within one month the last counts, since it was the one in force.
 */
export async function readTrackRecord(asked: Asked, kept: ForecastArchive, scenario?: string): Promise<ForecastTrack> {
  const versions = await lastOfEachMonth(kept, scenario);
  const past = new Map<string, Month>();
  for (const { months } of versions) {
    for (const month of months) if (month.toMs <= asked.nowMs) past.set(month.month, month);
  }
  const judged = [...past.values()].sort((a, b) => b.fromMs - a.fromMs).slice(0, monthsJudgedMax);
  const facts: MonthFacts[] = [];
  for (const month of judged) facts.push(await readMonthFacts(asked, month));
  const months = versions.flatMap((version) => pastMonths(version, facts)).sort(byMonth);
  const leads = [...new Set(months.map(({ monthsAhead }) => monthsAhead))].sort((a, b) => a - b);
  return {
    scenario: versions[0]?.scenario ?? null,
    record: trackRecord(months),
    byMonthsAhead: leads.map((monthsAhead) => ({
      monthsAhead,
      record: trackRecord(months.filter((month) => month.monthsAhead === monthsAhead)),
    })),
    months,
  };
}

const byMonth = (a: PastMonth, b: PastMonth): number =>
  a.month === b.month ? a.monthsAhead - b.monthsAhead : a.month < b.month ? 1 : -1;

/** The forecast in force at the end of each month: what somebody only tried out is not judged. */
async function lastOfEachMonth(kept: ForecastArchive, scenario: string | undefined): Promise<ForecastVersion[]> {
  const headings = await kept.list({ limit: headingsMax });
  const last = new Map<number, string>();
  for (const { id, madeAtMs, automatic } of headings) {
    const month = monthNumber(madeAtMs);
    if (automatic && !last.has(month)) last.set(month, id);
  }
  const versions: ForecastVersion[] = [];
  for (const id of last.values()) {
    const forecast = await kept.get(id);
    const version = forecast && versionOf(forecast, scenario);
    if (version) versions.push(version);
  }
  return versions;
}

function pastMonths(version: ForecastVersion, facts: readonly MonthFacts[]): PastMonth[] {
  const ahead = version.months.filter(({ fromMs }) => fromMs >= version.madeAtMs);
  const made = monthNumber(version.madeAtMs);
  const starts = new Map(ahead.map(({ month, fromMs }) => [month, monthNumber(fromMs) - made]));
  return compareWithFacts({ ...version, months: ahead }, facts).map((comparison) => ({
    ...comparison,
    forecastId: version.id,
    monthsAhead: starts.get(comparison.month) ?? 0,
  }));
}

/** Months since the year 0, UTC. */
function monthNumber(ms: number): number {
  const at = new Date(ms);
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}

/** A month of the forecast in force that left its interval, or may still. */
export interface MonthStanding {
  readonly forecastId: string;
  readonly scenario: string;
  readonly comparison: MonthComparison;
  /**
   * `above`: the cost so far passed the upper end, which no later day can undo. `below`: the month is over and stayed
   * under the lower end.
   */
  readonly left: 'above' | 'below' | null;
}

/** The running month and the one before it, as the forecast in force expected them. */
export async function readStandings(asked: Asked, kept: ForecastArchive): Promise<MonthStanding[]> {
  const versions = await lastOfEachMonth(kept, undefined);
  const now = monthNumber(asked.nowMs);
  const standings: MonthStanding[] = [];
  for (const month of [now, now - 1]) {
    const version = versions.find(({ madeAtMs }) => monthNumber(madeAtMs) <= month);
    const said = version?.months.find(({ fromMs }) => monthNumber(fromMs) === month);
    if (!version || !said) continue;
    const facts = await readMonthFacts(asked, said);
    // A month in which this began was not seen whole: that little was spent in it says nothing.
    const whole = facts.complete && versions.some(({ madeAtMs }) => madeAtMs <= said.fromMs);
    standings.push(standingOf(version, compareMonth(said, facts), whole));
  }
  return standings;
}

function standingOf(version: ForecastVersion, comparison: MonthComparison, whole: boolean): MonthStanding {
  const { total } = comparison;
  const above = !total.inside && Number(total.factUsd) > Number(total.highUsd);
  const below = whole && !total.inside && !above;
  const left = above ? 'above' : below ? 'below' : null;
  return { forecastId: version.id, scenario: version.scenario, comparison, left };
}

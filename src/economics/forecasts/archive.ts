import {
  type ForecastInputs,
  type ForecastReason,
  type ForecastReport,
  type KeptForecast,
  plainScenario,
} from '../../forecast/index.ts';

/** Where versions are stored; their fields are opaque there. Newest first everywhere. */
export interface StoredForecasts {
  keep(record: StoredForecast): Promise<boolean>;
  get(id: string): Promise<StoredForecast | null>;
  /** The newest automatic one. */
  latest(): Promise<StoredForecast | null>;
  list(page: { readonly limit: number; readonly beforeId?: string }): Promise<readonly StoredHeading[]>;
}

interface StoredHeading {
  readonly id: string;
  readonly madeAtMs: number;
  readonly madeBy: string;
  readonly automatic: boolean;
  readonly reasons: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly summary: unknown;
}

interface StoredForecast extends StoredHeading {
  readonly report: unknown;
}

type ScenarioTotals = Pick<ForecastReport['scenarios'][string], 'totalUsd' | 'perDayUsd' | 'costPerOutcomeUsd'>;

/** A kept forecast as a list shows it. */
export interface ForecastSummary extends Omit<KeptForecast, 'report'> {
  readonly summary: {
    readonly from: string;
    readonly months: number;
    readonly seed: number;
    readonly trials: number;
    /** The scenario facts are held against. */
    readonly plain: string;
    readonly scenarios: Readonly<Record<string, ScenarioTotals>>;
  };
}

/** Kept forecasts in their own words. */
export interface ForecastArchive {
  keep(forecast: KeptForecast): Promise<boolean>;
  get(id: string): Promise<KeptForecast | null>;
  latest(): Promise<KeptForecast | null>;
  list(page: { readonly limit: number; readonly beforeId?: string }): Promise<readonly ForecastSummary[]>;
}

export function archive(stored: StoredForecasts): ForecastArchive {
  return {
    keep: (forecast) => stored.keep({ ...forecast, summary: summaryOf(forecast.report) }),
    get: async (id) => readKept(await stored.get(id)),
    latest: async () => readKept(await stored.latest()),
    list: async (page) => (await stored.list(page)).map(readHeading),
  };
}

function summaryOf(report: ForecastReport): ForecastSummary['summary'] {
  const { from, months, seed, trials } = report;
  const totals = Object.entries(report.scenarios).map(([name, { totalUsd, perDayUsd, costPerOutcomeUsd }]) => [
    name,
    { totalUsd, perDayUsd, costPerOutcomeUsd },
  ]);
  return { from, months, seed, trials, plain: plainScenario(report), scenarios: Object.fromEntries(totals) };
}

/** What was kept is what this room wrote: a row of another shape cannot be there. */
function readHeading(heading: StoredHeading): ForecastSummary {
  return {
    ...heading,
    reasons: heading.reasons as readonly ForecastReason[],
    inputs: heading.inputs as ForecastInputs,
    summary: heading.summary as ForecastSummary['summary'],
  };
}

function readKept(record: StoredForecast | null): KeptForecast | null {
  if (record === null) return null;
  const { summary: _, ...heading } = readHeading(record);
  return { ...heading, report: record.report as ForecastReport };
}

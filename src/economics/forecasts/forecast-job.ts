import type { Config } from '../../config/index.ts';
import {
  type ForecastInputs,
  type ForecastReport,
  forecast,
  type ModelProblem,
  measuredNotes,
  reportForecast,
} from '../../forecast/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import { type CompiledForecast, compileForecast } from './compile-forecast.ts';
import { type ForecastPage, forecastPage } from './forecast-page.ts';
import type { ForecastLedger } from './read-inputs.ts';

/** What is to be drawn of a compiled file. */
export interface Simulation {
  /** Only this scenario; all of the file when absent. */
  readonly scenario?: string;
  /** Only this stress; all of the file when absent. */
  readonly stress?: string;
  readonly trials: number;
  readonly seed: number;
}

/** Work on a file that takes too long for whoever must answer at once, in a shape that can be sent to another process. */
export interface ForecastJob {
  readonly config: Config;
  /** Now, ms. */
  readonly nowMs: number;
  readonly engine: string;
  readonly knownRelease: string;
  readonly months: number | undefined;
  /** What is wanted of it: what it is made from, what a page forecasts with, or a forecast. */
  readonly want: 'inputs' | 'page' | Simulation;
}

export type ForecastResult =
  | {
      readonly ok: true;
      readonly inputs: ForecastInputs;
      /** There when it was wanted. */
      readonly page?: ForecastPage;
      readonly report?: ForecastReport;
    }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** Does the work of a job. */
export async function performForecast(
  { want, ...job }: ForecastJob,
  sources: { readonly book: PriceBook; readonly ledger: ForecastLedger },
): Promise<ForecastResult> {
  const compiled = await compileForecast({ ...job, ...sources });
  if (!compiled.ok) return compiled;
  const { inputs } = compiled;
  if (want === 'inputs') return { ok: true, inputs };
  if (want === 'page') return { ok: true, inputs, page: forecastPage(compiled, job.config) };
  return { ok: true, inputs, report: simulate(compiled, want) };
}

function simulate(
  { model, measured, rebuild }: CompiledForecast & { ok: true },
  { scenario, stress, trials, seed }: Simulation,
): ForecastReport {
  const scenarios = model.scenarios.filter(({ name }) => scenario === undefined || name === scenario);
  const options = { trials, seed, ...(stress === undefined ? {} : { stresses: [stress] }) };
  return reportForecast(forecast({ ...model, scenarios }, options), rebuild, measuredNotes(measured.values));
}

import { assert, type Clock, type IdSource, type Random } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import type {
  ForecastInputs,
  ForecastReason,
  ForecastReport,
  KeptForecast,
  ModelProblem,
} from '../../forecast/index.ts';
import { archive, type ForecastArchive, type StoredForecasts } from './archive.ts';
import type { ForecastJob, ForecastResult } from './forecast-job.ts';
import type { ForecastPage } from './forecast-page.ts';

export interface ForecasterOptions {
  readonly config: Config;
  readonly books: StoredForecasts;
  /** Does a job away from whoever must answer at once. @throws BurnrateError overloaded */
  readonly perform: (job: ForecastJob) => Promise<ForecastResult>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random: Random;
  /** Version of the program. */
  readonly engine: string;
}

export interface ForecastRequest {
  readonly id?: string;
  readonly scenario?: string;
  /** Only this stress; all of the file when absent. */
  readonly stress?: string;
  readonly months?: number;
  readonly trials?: number;
  readonly seed?: number;
}

/** Who wants a forecast and why. */
export interface ForecastOccasion {
  readonly madeBy: string;
  readonly automatic: boolean;
  readonly reasons: readonly ForecastReason[];
}

/** What was asked for, or why the file cannot be forecast. */
export type ForecastAnswer<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** Compiles the file with the prices in force and what was measured, simulates it and keeps what came out. */
export interface Forecaster {
  readonly archive: ForecastArchive;
  /** What a forecast made now would be made from. */
  inputs(): Promise<ForecastAnswer<{ readonly inputs: ForecastInputs }>>;
  /** What a page needs to forecast by itself; up to a minute old. */
  page(months?: number): Promise<ForecastAnswer<{ readonly page: ForecastPage }>>;
  make(
    request: ForecastRequest,
    occasion: ForecastOccasion,
  ): Promise<ForecastAnswer<{ readonly forecast: KeptForecast; readonly repeated: boolean }>>;
}

/** Seeds are whole numbers of 32 bits. */
const seeds = 4_294_967_296;

export function forecaster(options: ForecasterOptions): Forecaster {
  const { config, perform, clock, engine } = options;
  const kept = archive(options.books);
  const ask = async (months: number | undefined, want: ForecastJob['want']) => {
    const knownRelease = (await kept.latest())?.inputs.release ?? '';
    return perform({ config, engine, knownRelease, months, want, nowMs: clock.nowMs() });
  };
  return {
    archive: kept,
    inputs: () => ask(undefined, 'inputs'),
    page: keptPages(clock, async (months) => pageOf(await ask(months, 'page'))),
    async make(request, occasion) {
      const known = request.id === undefined ? null : await kept.get(request.id);
      if (known) return { ok: true, forecast: known, repeated: true };
      const made = await ask(request.months, simulationOf(request, options));
      if (!made.ok) return made;
      const forecast = keptForecast(request, occasion, made, options);
      await kept.keep(forecast);
      return { ok: true, forecast, repeated: false };
    },
  };
}

type Page = Awaited<ReturnType<Forecaster['page']>>;

/** Pages opened within a minute get the same: what is measured moves slowly, and a compilation takes a process. */
const pageKeptMs = 60_000;
/** Lengths of a forecast whose page is kept at a time. */
const pagesMax = 4;

function keptPages(clock: Clock, make: (months: number | undefined) => Promise<Page>): Forecaster['page'] {
  const pages = new Map<number | undefined, { readonly atMs: number; readonly page: Promise<Page> }>();
  return (months) => {
    const known = pages.get(months);
    if (known && clock.monotonicMs() - known.atMs < pageKeptMs) return known.page;
    const entry = { atMs: clock.monotonicMs(), page: make(months) };
    // What failed is asked anew at once.
    entry.page.catch(() => pages.get(months) === entry && pages.delete(months));
    pages.delete(months);
    pages.set(months, entry);
    const [oldest] = pages.keys();
    if (pages.size > pagesMax) pages.delete(oldest);
    return entry.page;
  };
}

function pageOf(result: ForecastResult): Page {
  return result.ok ? { ok: true, page: wanted(result.page) } : result;
}

function simulationOf(request: ForecastRequest, { config, random }: ForecasterOptions): ForecastJob['want'] {
  const { scenario, stress, trials = config.forecast.trials } = request;
  return {
    ...(scenario === undefined ? {} : { scenario }),
    ...(stress === undefined ? {} : { stress }),
    trials,
    seed: request.seed ?? config.forecast.seed ?? Math.floor(random.next() * seeds),
  };
}

function keptForecast(
  { id }: ForecastRequest,
  occasion: ForecastOccasion,
  { inputs, report }: { readonly inputs: ForecastInputs; readonly report?: ForecastReport },
  { clock, ids }: Pick<ForecasterOptions, 'clock' | 'ids'>,
): KeptForecast {
  return { id: id ?? ids.next('forecast'), madeAtMs: clock.nowMs(), ...occasion, inputs, report: wanted(report) };
}

function wanted<T>(made: T | undefined): T {
  assert(made !== undefined, 'a job gives what was wanted of it');
  return made;
}

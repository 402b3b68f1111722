import type { Clock, IdSource, Random } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import {
  buildModel,
  explainMissing,
  type ForecastInputs,
  type ForecastModel,
  type ForecastReason,
  type ForecastReport,
  inputsOf,
  type KeptForecast,
  type MeasuredValue,
  type MeasuredValues,
  type ModelProblem,
  measuredLookup,
  measuredPaths,
  readMeasured,
} from '../../forecast/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import { archive, type ForecastArchive, type StoredForecasts } from './archive.ts';
import { type ForecastLedger, newestRelease, recordOfStage } from './read-inputs.ts';

/** What is to be simulated, in a shape that can be sent to another process. */
export interface SimulationJob {
  readonly model: ForecastModel;
  /** When the model was compiled, ms: variations of it are compiled as of the same moment. */
  readonly atMs: number;
  readonly months: number | undefined;
  readonly measured: readonly MeasuredValue[];
  readonly trials: number;
  readonly seed: number;
  /** Stresses run on every scenario; all when absent. */
  readonly stresses?: readonly string[];
}

export interface ForecasterOptions {
  readonly config: Config;
  /** The prices in force; read when first needed. */
  readonly book: () => PriceBook;
  readonly ledger: ForecastLedger;
  readonly books: StoredForecasts;
  /** Simulates away from whoever must answer at once. @throws BurnrateError overloaded */
  readonly simulate: (job: SimulationJob) => Promise<ForecastReport>;
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

export type CompiledForecast =
  | {
      readonly ok: true;
      readonly model: ForecastModel;
      readonly inputs: ForecastInputs;
      readonly measured: MeasuredValues;
      readonly atMs: number;
      readonly book: PriceBook;
      /** Compiles a changed file with the same prices and measured values; null when it cannot be. */
      readonly rebuild: (changed: Config) => ForecastModel | null;
    }
  | { readonly ok: false; readonly problems: readonly ModelProblem[]; readonly measured: MeasuredValues };

export type MadeForecast =
  | { readonly ok: true; readonly forecast: KeptForecast; readonly repeated: boolean }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** Compiles the file with the prices in force and what was measured, simulates it and keeps what came out. */
export interface Forecaster {
  readonly archive: ForecastArchive;
  compile(months?: number): Promise<CompiledForecast>;
  make(request: ForecastRequest, occasion: ForecastOccasion): Promise<MadeForecast>;
}

/** Seeds are whole numbers of 32 bits. */
const seeds = 4_294_967_296;

export function forecaster(options: ForecasterOptions): Forecaster {
  const kept = archive(options.books);
  return {
    archive: kept,
    compile: (months) => compile(options, kept, months),
    async make(request, occasion) {
      const known = request.id === undefined ? null : await kept.get(request.id);
      if (known) return { ok: true, forecast: known, repeated: true };
      const compiled = await compile(options, kept, request.months);
      if (!compiled.ok) return { ok: false, problems: compiled.problems };
      const forecast = await simulated(options, compiled, request, occasion);
      await kept.keep(forecast);
      return { ok: true, forecast, repeated: false };
    },
  };
}

async function compile(
  { config, book: bookOf, ledger, clock, engine }: ForecasterOptions,
  kept: ForecastArchive,
  months: number | undefined,
): Promise<CompiledForecast> {
  const atMs = monthStart(clock.nowMs());
  const book = bookOf();
  const measured = await readMeasured(config, measuredPaths(config, book, atMs), recordOfStage(ledger, clock.nowMs()));
  const lookup = measuredLookup(measured.values);
  const compiled = (file: Config) =>
    buildModel(file, book, atMs, { measured: lookup, ...(months === undefined ? {} : { months }) });
  const built = compiled(config);
  if (!built.ok) return { ok: false, problems: explainMissing(built.problems, measured.missing), measured };
  const known = (await kept.latest())?.inputs.release ?? '';
  const release = (await newestRelease(ledger, clock.nowMs())) ?? config.release ?? known;
  const paths = measured.values.map(({ path }) => path);
  const inputs = inputsOf(built.model, { release, engine, measured: paths });
  const rebuild = (changed: Config) => {
    const again = compiled(changed);
    return again.ok ? again.model : null;
  };
  return { ok: true, model: built.model, inputs, measured, atMs, book, rebuild };
}

/** The running month belongs to a forecast that is held against facts, so it begins there and not with the coming one. */
function monthStart(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

async function simulated(
  { config, simulate, clock, ids, random }: ForecasterOptions,
  compiled: CompiledForecast & { ok: true },
  request: ForecastRequest,
  occasion: ForecastOccasion,
): Promise<KeptForecast> {
  const { model, inputs, measured, atMs } = compiled;
  const scenarios = model.scenarios.filter(({ name }) => request.scenario === undefined || name === request.scenario);
  const report = await simulate({
    model: { ...model, scenarios },
    atMs,
    months: request.months,
    measured: measured.values,
    trials: request.trials ?? config.forecast.trials,
    seed: request.seed ?? config.forecast.seed ?? Math.floor(random.next() * seeds),
    ...(request.stress === undefined ? {} : { stresses: [request.stress] }),
  });
  return { id: request.id ?? ids.next('forecast'), madeAtMs: clock.nowMs(), ...occasion, inputs, report };
}

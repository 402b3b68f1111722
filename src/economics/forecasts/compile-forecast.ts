import type { Config } from '../../config/index.ts';
import {
  buildModel,
  explainMissing,
  type ForecastInputs,
  type ForecastModel,
  inputsOf,
  type MeasuredValues,
  type ModelProblem,
  measuredLookup,
  measuredPaths,
  readMeasured,
} from '../../forecast/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import { type ForecastLedger, newestRelease, recordOfStage } from './read-inputs.ts';

/** What a file is compiled with. */
export interface CompileOptions {
  readonly config: Config;
  readonly book: PriceBook;
  readonly ledger: ForecastLedger;
  readonly nowMs: number;
  /** Version of the program. */
  readonly engine: string;
  /** The release of the forecast in force; stands where neither calls nor the file name one. */
  readonly knownRelease: string;
  readonly months: number | undefined;
}

export type CompiledForecast =
  | {
      readonly ok: true;
      readonly model: ForecastModel;
      readonly inputs: ForecastInputs;
      readonly measured: MeasuredValues;
      readonly book: PriceBook;
      /** Compiles a changed file with the same prices and measured values; null when it cannot be. */
      readonly rebuild: (changed: Config) => ForecastModel | null;
    }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** Compiles the file with the prices in force and what the ledger measured. It takes as long as the file is large. */
export async function compileForecast(options: CompileOptions): Promise<CompiledForecast> {
  const { config, book, ledger, nowMs, engine, knownRelease, months } = options;
  const atMs = monthStart(nowMs);
  const measured = await readMeasured(config, measuredPaths(config, book, atMs), recordOfStage(ledger, nowMs));
  const lookup = measuredLookup(measured.values);
  const compiled = (file: Config) =>
    buildModel(file, book, atMs, { measured: lookup, ...(months === undefined ? {} : { months }) });
  const built = compiled(config);
  if (!built.ok) return { ok: false, problems: explainMissing(built.problems, measured.missing) };
  const release = (await newestRelease(ledger, nowMs)) ?? config.release ?? knownRelease;
  const paths = measured.values.map(({ path }) => path);
  const rebuild = (changed: Config) => {
    const again = compiled(changed);
    return again.ok ? again.model : null;
  };
  return {
    ok: true,
    model: built.model,
    inputs: inputsOf(built.model, { release, engine, measured: paths }),
    measured,
    book,
    rebuild,
  };
}

/** The running month belongs to a forecast that is held against facts, so it begins there and not with the coming one. */
function monthStart(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

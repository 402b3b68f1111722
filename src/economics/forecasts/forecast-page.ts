import type { Config } from '../../config/index.ts';
import {
  factorNames,
  measuredNotes,
  modelOffers,
  type PortableModel,
  portableModel,
  sliderNumbers,
  switchableStages,
} from '../../forecast/index.ts';
import type { CompiledForecast } from './compile-forecast.ts';

/** What a page draws with where the file names no seed: the same figures whenever it is opened. */
const usualSeed = 1;

/** The compiled file with what sliders may move, for a page that forecasts by itself. Plain JSON, without keys or addresses. */
export interface ForecastPage {
  /** The first month, like `2026-05`. */
  readonly from: string;
  readonly months: number;
  readonly trials: number;
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly stresses: readonly string[];
  readonly factors: readonly string[];
  readonly numbers: ReturnType<typeof sliderNumbers>;
  readonly measured: ReturnType<typeof measuredNotes>;
  readonly stages: ReturnType<typeof switchableStages>;
  readonly models: readonly string[];
  readonly model: PortableModel;
}

export function forecastPage(
  { model, measured, book, rebuild }: CompiledForecast & { ok: true },
  { forecast: { trials, seed = usualSeed } }: Pick<Config, 'forecast'>,
): ForecastPage {
  const offers = modelOffers(model, book);
  return {
    from: model.months[0]?.label ?? '',
    months: model.months.length,
    ...{ trials, seed },
    scenarios: model.scenarios.map(({ name }) => name),
    stresses: model.stresses.map(({ name }) => name),
    factors: [...factorNames],
    numbers: sliderNumbers(model),
    measured: measuredNotes(measured.values),
    stages: switchableStages(model),
    models: offers.map(({ name }) => name),
    model: portableModel(model, { offers, rebuild }),
  };
}

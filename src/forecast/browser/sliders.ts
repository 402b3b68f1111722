import { constant, valueAt } from '../distribution.ts';
import { type Forecast, forecast } from '../forecast.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { type ChangeModel, type FactorName, factorNames } from '../model/changes.ts';
import { fixed, type Num, one, zero } from '../model/number.ts';
import { z90 } from '../normal.ts';
import { reportForecast } from '../report/forecast-report.ts';
import type { ForecastReport } from '../report/report-types.ts';
import type { SpentSoFar } from '../scenario/budgets.ts';
import { withModels } from './model-offers.ts';
import type { SlidingModel } from './portable-model.ts';

/** Where somebody put the sliders of a forecast. */
export interface Sliders {
  /** Factors on what the file states, laid over the scenario; 1 changes nothing. */
  readonly factors?: Readonly<Partial<Record<FactorName, number>>>;
  /** Growth of traffic from month to month, in place of the scenario's. */
  readonly growthPerMonth?: number;
  /** Further fixed cost of a month, US dollars. */
  readonly monthlyUsd?: number;
  /** Numbers of the file, by dotted path, taken as certain. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Models of stages, `workflow.stage` → `provider/model`: their prices, with the tokens the file states for the stage. */
  readonly models?: Readonly<Record<string, string>>;
}

export interface SliderRun {
  readonly scenario: string;
  readonly trials: number;
  readonly seed: number;
  /** What budgets have counted of the month that runs. */
  readonly soFar?: SpentSoFar;
}

/** A number of the file that is unsure, with how far a slider of it usefully goes. */
export interface SliderNumber {
  readonly id: string;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What can be pinned, in the order of the file. */
export function sliderNumbers({ parameters }: ForecastModel): SliderNumber[] {
  return parameters.map(({ id, distribution, low, high }) => {
    const at = (z: number): number => Math.min(high, Math.max(low, valueAt(distribution, z)));
    return { id, p10: at(-z90), p50: at(0), p90: at(z90) };
  });
}

/**
 * The forecast of one scenario with the sliders where they are: the same simulation as everywhere, on the same draws for
 * the same seed, so that a difference is the slider's doing. Without stresses; a step of a brake leaves that share of the spend
 * which it leaves of the file as it is.
 */
export function forecastWithSliders(model: SlidingModel, sliders: Sliders, run: SliderRun): ForecastReport {
  return reportForecast(simulateSliders(model, sliders, run), () => null, [], run.soFar);
}

function simulateSliders(model: SlidingModel, sliders: Sliders, { scenario, trials, seed }: SliderRun): Forecast {
  const { growthPerMonth, numbers = {}, models = {} } = sliders;
  const growth = growthPerMonth === undefined ? {} : { growthPerMonth: fixed(growthPerMonth) };
  const scenarios = model.scenarios.filter(({ name }) => name === scenario).map((each) => ({ ...each, ...growth }));
  const answered = withModels(model, model.offers ?? [], models);
  const pinned = withNumbers({ ...answered, scenarios, stresses: [] }, numbers);
  return forecast(pinned, { trials, seed, further: changeOf(sliders) });
}

function changeOf({ factors = {}, monthlyUsd = 0 }: Sliders): ChangeModel {
  const of = (name: FactorName): Num => (factors[name] === undefined ? one : fixed(factors[name]));
  return {
    name: 'sliders',
    factors: Object.fromEntries(factorNames.map((name) => [name, of(name)])) as ChangeModel['factors'],
    workflows: null,
    monthlyUsd: fixed(monthlyUsd),
    growthPerMonth: null,
    plans: null,
    priceChangePerYear: zero,
    spike: null,
    fromMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
  };
}

/** Every place that reads a pinned number reads its value: in each trial, and where only the mean counts. */
function withNumbers(model: ForecastModel, numbers: Readonly<Record<string, number>>): ForecastModel {
  const pins = new Map(
    model.parameters.flatMap(({ id }, column): [number, number][] =>
      numbers[id] === undefined ? [] : [[column, numbers[id]]],
    ),
  );
  if (pins.size === 0) return model;
  const parameters = model.parameters.map((parameter, column) => {
    const value = pins.get(column);
    return value === undefined ? parameter : { ...parameter, distribution: constant(value) };
  });
  return { ...(pinnedIn(model, pins) as ForecastModel), parameters };
}

function pinnedIn(value: unknown, pins: ReadonlyMap<number, number>): unknown {
  if (Array.isArray(value)) return value.map((each) => pinnedIn(each, pins));
  if (typeof value !== 'object' || value === null) return value;
  const pin = 'column' in value && 'spread' in value ? pins.get(Number(value.column)) : undefined;
  if (pin !== undefined) return { ...value, constant: pin };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, pinnedIn(each, pins)]));
}

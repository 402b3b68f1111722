import type { ForecastBooks } from '../books/index.ts';
import { type Forecaster, forecaster } from '../economics/index.ts';
import { forecastApart } from './forecast-process.ts';
import type { InstanceOptions } from './instance.ts';

/** The forecaster of a running instance: it forecasts in processes of their own and keeps what it made in the books. */
export function instanceForecaster(
  { config, clock, ids, random, version, entry }: InstanceOptions,
  ledgerSocket: string,
  books: ForecastBooks,
): Forecaster {
  const perform = forecastApart(entry, ledgerSocket);
  return forecaster({ ...{ config, books, clock, ids, random, engine: version }, perform });
}

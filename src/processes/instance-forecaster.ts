import type { ForecastBooks } from '../books/index.ts';
import { type Forecaster, type ForecasterOptions, forecaster } from '../economics/index.ts';
import type { PriceBook } from '../pricing/index.ts';
import { simulateApart } from './forecast-process.ts';
import type { InstanceOptions } from './instance.ts';
import { priceBookOf } from './price-book-of.ts';

/** The forecaster of a running instance: it simulates in a process of its own and keeps what it made in the books. */
export function instanceForecaster(
  { config, clock, ids, random, version, entry }: InstanceOptions,
  ledger: ForecasterOptions['ledger'],
  books: ForecastBooks,
): Forecaster {
  let book: PriceBook | null = null;
  return forecaster({
    ...{ config, ledger, books, clock, ids, random, engine: version },
    simulate: simulateApart(entry),
    book() {
      book ??= priceBookOf(config);
      return book;
    },
  });
}

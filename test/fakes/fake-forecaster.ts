import { type Clock, seededRandom } from '../../src/base/index.ts';
import type { Config } from '../../src/config/index.ts';
import {
  type Forecaster,
  type ForecasterOptions,
  type ForecastLedger,
  forecaster,
  performForecast,
} from '../../src/economics/index.ts';
import { createPriceBook, type PricedProvider } from '../../src/pricing/index.ts';

/** Enough for a shape, not for a figure. */
const trialsMost = 200;

/** A forecaster that works in this very process, with few trials, and keeps its versions in memory unless books are given. */
export function fakeForecaster(
  config: Config,
  clock: Clock,
  ledger: ForecastLedger,
  books: ForecasterOptions['books'] = memoryForecasts(),
): Forecaster {
  const providers = Object.entries(config.providers).map(([name, { kind, baseUrl, gpu }]) => {
    return { name, kind, baseUrl, ...(gpu === undefined ? {} : { gpu }) } as PricedProvider;
  });
  const book = createPriceBook({ providers, overrides: config.prices });
  let made = 0;
  return forecaster({
    ...{ config, clock, books, random: seededRandom(1), engine: '1.2.3' },
    ids: { next: (kind) => `${kind}_${clock.nowMs()}_${++made}` },
    perform({ want, ...job }) {
      const few = typeof want === 'string' ? want : { ...want, trials: Math.min(want.trials, trialsMost) };
      return performForecast({ ...job, want: few }, { book, ledger });
    },
  });
}

function memoryForecasts(): ForecasterOptions['books'] {
  type Record = Parameters<ForecasterOptions['books']['keep']>[0];
  const kept: Record[] = [];
  const newestFirst = () => kept.toSorted((a, b) => b.madeAtMs - a.madeAtMs || (a.id < b.id ? 1 : -1));
  return {
    async keep(record) {
      if (kept.some(({ id }) => id === record.id)) return false;
      kept.push(record);
      return true;
    },
    get: async (id) => kept.find((record) => record.id === id) ?? null,
    latest: async () => newestFirst().find(({ automatic }) => automatic) ?? null,
    async list({ limit, beforeId }) {
      const all = newestFirst();
      const start = all.findIndex(({ id }) => id === beforeId) + 1;
      return all.slice(start, start + limit);
    },
  };
}

const unasked = () => Promise.reject(new Error('this fake forecasts nothing; use fakeForecaster'));

/** For tests of what has nothing to do with forecasts. */
export const noForecasts: Forecaster = {
  archive: { keep: unasked, get: async () => null, latest: async () => null, list: async () => [] },
  inputs: unasked,
  page: unasked,
  make: unasked,
};

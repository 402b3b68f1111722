import { type Clock, seededRandom } from '../../src/base/index.ts';
import type { Config } from '../../src/config/index.ts';
import { type Forecaster, forecaster } from '../../src/economics/index.ts';
import { buildModel, forecast, measuredLookup, measuredNotes, reportForecast } from '../../src/forecast/index.ts';
import { createPriceBook, type PricedProvider } from '../../src/pricing/index.ts';

type Options = Parameters<typeof forecaster>[0];
/** Enough for a shape, not for a figure. */
const trialsMost = 200;

/** A forecaster that simulates in this very process, with few trials, and keeps its versions in memory unless books are given. */
export function fakeForecaster(
  config: Config,
  clock: Clock,
  ledger: Options['ledger'],
  books: Options['books'] = memoryForecasts(),
): Forecaster {
  const providers = Object.entries(config.providers).map(([name, { kind, baseUrl, gpu }]) => {
    return { name, kind, baseUrl, ...(gpu === undefined ? {} : { gpu }) } as PricedProvider;
  });
  const book = createPriceBook({ providers, overrides: config.prices });
  let made = 0;
  return forecaster({
    ...{ config, book: () => book, ledger, clock, books, random: seededRandom(1), engine: '1.2.3' },
    ids: { next: (kind) => `${kind}_${clock.nowMs()}_${++made}` },
    async simulate({ model, atMs, months, measured, trials, seed, stresses }) {
      const lookup = { measured: measuredLookup(measured), ...(months === undefined ? {} : { months }) };
      const options = { trials: Math.min(trials, trialsMost), seed, ...(stresses ? { stresses } : {}) };
      const rebuild = (changed: Config) => {
        const built = buildModel(changed, book, atMs, lookup);
        return built.ok ? built.model : null;
      };
      return reportForecast(forecast(model, options), rebuild, measuredNotes(measured));
    },
  });
}

function memoryForecasts(): Options['books'] {
  type Record = Parameters<Options['books']['keep']>[0];
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
  compile: unasked,
  make: unasked,
};

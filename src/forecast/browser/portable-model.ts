import type { Config } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { brakeFactors, type Rebuild } from '../scenario/brakes.ts';
import type { ModelOffer } from './model-offers.ts';

/** A compiled model as JSON, for whoever simulates elsewhere with the same code: the dashboard's sliders in the browser. */
export type PortableModel = { readonly [key: string]: unknown };

/** What JSON has no word for: whole picodollars, and bounds that are none. */
const tags = { bigint: '$bigint', number: '$number' } as const;

/** What a page needs beside the model, because it cannot compile the file anew. */
export interface PagePrices {
  readonly offers: readonly ModelOffer[];
  /** Compiles a changed file. */
  readonly rebuild: Rebuild;
}

/** A model with the prices of models its stages may switch to. */
export type SlidingModel = ForecastModel & { readonly offers?: readonly ModelOffer[] };

/** @returns plain JSON, without keys, addresses, headers or channels of the file */
export function portableModel(model: ForecastModel, prices?: PagePrices): PortableModel {
  const more = prices && { brakes: brakeFactors(model, prices.rebuild), offers: prices.offers };
  return encoded({ ...model, ...more, config: shownConfig(model.config) }) as PortableModel;
}

/** The model that `portableModel` wrote. It cannot compile the file anew: of prices it has those that were sent along. */
export function readModel(portable: PortableModel): SlidingModel {
  return decoded(portable) as SlidingModel;
}

/** Only what says how the product works and what it costs; providers without whatever reaches them. */
function shownConfig(config: Config): Config {
  const { version, timeZone, workflows, services, people, overheads, budgets, plans } = config;
  const { scenarios, stresses, forecast, alternatives, limits } = config;
  const providers = Object.entries(config.providers).map(([name, provider]) => {
    const { kind, limits: own, latency, firstToken, perOutputToken, failures } = provider;
    return [name, { kind, limits: own, latency, firstToken, perOutputToken, failures }];
  });
  const shown = { version, timeZone, workflows, services, people, overheads, budgets, plans, scenarios, stresses };
  // What is left out is what a forecast of a compiled model never reads.
  return { ...shown, forecast, alternatives, limits, providers: Object.fromEntries(providers) } as unknown as Config;
}

function encoded(value: unknown): unknown {
  if (typeof value === 'bigint') return { [tags.bigint]: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { [tags.number]: String(value) };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, encoded(each)]));
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  if (tags.bigint in value) return BigInt(String(value[tags.bigint]));
  if (tags.number in value) return Number(value[tags.number]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decoded(each)]));
}

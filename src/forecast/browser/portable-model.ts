import type { Config } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';

/** A compiled model as JSON, for whoever simulates elsewhere with the same code: the dashboard's sliders in the browser. */
export type PortableModel = { readonly [key: string]: unknown };

/** What JSON has no word for: whole picodollars, and bounds that are none. */
const tags = { bigint: '$bigint', number: '$number' } as const;

/** @returns plain JSON, without keys, addresses, headers or channels of the file */
export function portableModel(model: ForecastModel): PortableModel {
  return encoded({ ...model, config: shownConfig(model.config) }) as PortableModel;
}

/** The model that `portableModel` wrote. What it cannot do is compile the file anew: it has no prices. */
export function readModel(portable: PortableModel): ForecastModel {
  return decoded(portable) as ForecastModel;
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

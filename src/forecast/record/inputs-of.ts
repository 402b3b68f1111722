import type { Config } from '../../config/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import { type ForecastInputs, fingerprintOf } from './forecast-version.ts';

/** What of the inputs a compiled model does not know itself. */
export interface SurroundingFacts {
  /** The product's newest release; empty when nobody names one. */
  readonly release: string;
  /** Version of the program that computes. */
  readonly engine: string;
  /** Paths of the file whose numbers came from the ledger. */
  readonly measured: readonly (readonly string[])[];
}

/** What a forecast of this model is made from, in fingerprints. */
export function inputsOf(model: ForecastModel, { release, engine, measured }: SurroundingFacts): ForecastInputs {
  return {
    file: fingerprintOf(stableText(saidOf(model.config))),
    prices: fingerprintOf(
      stableText(model.epochs.map(({ fromMs, rates }, index) => [index === 0 ? null : fromMs, rates])),
    ),
    models: fingerprintOf(stableText(model.uses.map(({ provider, model: name, tier }) => [provider, name, tier]))),
    release,
    measured: fingerprintOf(stableText(measured.map((path) => path.join('.')).toSorted())),
    engine,
    from: model.months[0]?.label ?? '',
  };
}

/** What the file says that a forecast reads; neither keys nor addresses, and prices are an input of their own. */
function saidOf(config: Config): unknown {
  const { workflows, services, people, overheads, budgets, plans, scenarios, stresses, forecast } = config;
  const providers = Object.entries(config.providers).map(([name, provider]) => {
    const { kind, limits, latency, failures, gpu, reserved } = provider;
    return [name, { kind, limits, latency, failures, gpu, reserved }];
  });
  return { workflows, services, people, overheads, budgets, plans, scenarios, stresses, forecast, providers };
}

/** JSON with sorted keys, so that the order in which a file names things changes nothing. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (typeof each === 'number' && !Number.isFinite(each)) return String(each);
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

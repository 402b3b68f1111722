import { BurnrateError } from '../base/index.ts';
import { type Config, ConfigError, locateProblems } from '../config/index.ts';
import {
  buildModel,
  explainMissing,
  type ForecastModel,
  type MeasuredValue,
  type ModelOptions,
  measuredLookup,
} from '../forecast/index.ts';
import { priceBookOf } from '../processes/index.ts';
import type { InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { configFile, loadWithoutSecrets } from './load-settings.ts';
import { measuredByInstance } from './measured.ts';

/** A file ready to be forecast, and how to compile a variation of it with the same prices. */
export interface LoadedModel {
  readonly config: Config;
  readonly model: ForecastModel;
  /** Numbers that came from a running instance. */
  readonly measured: readonly MeasuredValue[];
  rebuild(config: Config): ForecastModel | null;
}

/**
 * Loads the configuration and compiles it; what it leaves to the ledger is asked of a running instance.
 * @throws ConfigError (CONFIG_INVALID) with the line of everything that cannot be forecast
 */
export async function loadModel(
  effects: Effects,
  from: InstanceOptions,
  options: Pick<ModelOptions, 'months'> = {},
): Promise<LoadedModel> {
  const file = configFile(effects, from.config);
  if (file === null) {
    throw new BurnrateError('CONFIG_UNREADABLE', {
      message: 'there is no burnrate.yaml here; `burnrate init` writes one, --config names another',
    });
  }
  const { config, text } = await loadWithoutSecrets(effects, file);
  return compileFile(effects, { config, text, name: file }, from, options);
}

/** A file that was read: its text names the lines of what is wrong. */
export interface FileText {
  readonly config: Config;
  readonly text: string;
  readonly name: string;
}

/** @throws ConfigError (CONFIG_INVALID) with the line of everything that cannot be forecast */
export async function compileFile(
  effects: Effects,
  { config, text, name }: FileText,
  from: InstanceOptions,
  options: Pick<ModelOptions, 'months'>,
): Promise<LoadedModel> {
  const book = priceBookOf(config);
  const atMs = effects.clock.nowMs();
  const { values, missing } = await measuredByInstance(effects, { config, book, atMs }, from);
  const known = { ...options, measured: measuredLookup(values) };
  const built = buildModel(config, book, atMs, known);
  if (!built.ok) throw new ConfigError(locateProblems(text, name, explainMissing(built.problems, missing)));
  const rebuild = (changed: Config): ForecastModel | null => {
    // Prices of GPU pools and contracts stand in the configuration too.
    const own =
      changed.providers === config.providers && changed.prices === config.prices ? book : priceBookOf(changed);
    const again = buildModel(changed, own, atMs, known);
    return again.ok ? again.model : null;
  };
  return { config, model: built.model, measured: values, rebuild };
}

/** Seeds are whole numbers of 32 bits. */
export const seedMax = 4_294_967_295;

/** A seed for a simulation that was given none; its report names it. */
export function newSeed({ random }: Pick<Effects, 'random'>): number {
  return Math.floor(random.next() * (seedMax + 1));
}

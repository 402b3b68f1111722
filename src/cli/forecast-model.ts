import { basename } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import { type Config, ConfigError, loadConfig, locateProblems } from '../config/index.ts';
import { buildModel, type ForecastModel, type ModelOptions } from '../forecast/index.ts';
import { priceBookOf } from '../processes/index.ts';
import type { Effects } from './effects.ts';
import { configFile } from './load-settings.ts';
import { withoutSecrets } from './without-secrets.ts';

/** A file ready to be forecast, and how to compile a variation of it with the same prices. */
export interface LoadedModel {
  readonly config: Config;
  readonly model: ForecastModel;
  rebuild(config: Config): ForecastModel | null;
}

/**
 * Loads the configuration and compiles it.
 * @throws ConfigError (CONFIG_INVALID) with the line of everything that cannot be forecast
 */
export async function loadModel(
  effects: Effects,
  named: string | undefined,
  options: ModelOptions = {},
): Promise<LoadedModel> {
  const file = configFile(effects, named);
  if (file === null) {
    throw new BurnrateError('CONFIG_UNREADABLE', {
      message: 'there is no burnrate.yaml here; `burnrate init` writes one, --config names another',
    });
  }
  // A file that cannot be read is reported when it is loaded.
  const text = await effects.readText(file).catch(() => '');
  const config = await loadConfig(file, withoutSecrets(text, effects.environment));
  const book = priceBookOf(config);
  const atMs = effects.clock.nowMs();
  const built = buildModel(config, book, atMs, options);
  if (!built.ok) {
    throw new ConfigError(locateProblems(text, basename(file), built.problems));
  }
  const rebuild = (changed: Config): ForecastModel | null => {
    // Prices of GPU pools and contracts stand in the configuration too.
    const own =
      changed.providers === config.providers && changed.prices === config.prices ? book : priceBookOf(changed);
    const again = buildModel(changed, own, atMs, options);
    return again.ok ? again.model : null;
  };
  return { config, model: built.model, rebuild };
}

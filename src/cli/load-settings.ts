import { dirname, resolve } from 'node:path';
import { BurnrateError } from '../base/index.ts';
import { type Config, defaultConfig, loadConfig, parseListen } from '../config/index.ts';
import type { Effects } from './effects.ts';
import { withoutSecrets } from './without-secrets.ts';

const usualFile = 'burnrate.yaml';

/** The file meant: the one named, or `burnrate.yaml` here, or none. */
export function configFile(
  effects: Pick<Effects, 'workingFolder' | 'exists'>,
  named: string | undefined,
): string | null {
  if (named !== undefined) return resolve(effects.workingFolder, named);
  const usual = resolve(effects.workingFolder, usualFile);
  return effects.exists(usual) ? usual : null;
}

/**
 * The configuration this command runs on. `BURNRATE_LISTEN` wins over the file; a relative data folder is meant from the
 * file's own folder.
 * @throws BurnrateError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function loadSettings(effects: Effects, named: string | undefined): Promise<Config> {
  const file = configFile(effects, named);
  const config = file === null ? defaultConfig(effects.environment) : await loadConfig(file, effects.environment);
  const base = file === null ? effects.workingFolder : dirname(file);
  return overridden({ ...config, data: resolve(base, config.data) }, effects.environment.BURNRATE_LISTEN);
}

/**
 * The configuration for what asks no provider: variables that are not set count as set.
 * @throws BurnrateError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function loadWithoutSecrets(effects: Effects, file: string): Promise<{ config: Config; text: string }> {
  // A file that cannot be read is reported when it is loaded.
  const text = await effects.readText(file).catch(() => '');
  return { config: await loadConfig(file, withoutSecrets(text, effects.environment)), text };
}

/** @throws BurnrateError CONFIG_INVALID when the address cannot be read */
function overridden(config: Config, address: string | undefined): Config {
  if (!address) return config;
  const listen = parseListen(address);
  if (listen === null) {
    throw new BurnrateError('CONFIG_INVALID', {
      message: `BURNRATE_LISTEN is "${address}"; it must be an address and a port, like 127.0.0.1:4700`,
    });
  }
  const said = config.stated.some(([key]) => key === 'access') ? config.access : listen.loopback ? 'open' : 'keys';
  return { ...config, listen, access: said };
}

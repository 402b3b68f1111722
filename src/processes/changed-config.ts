import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.ts';

/** What a running instance makes of a file that was read again. */
export interface ChangedConfig {
  /** In force from now on: the file, but for what needs a restart. */
  readonly config: Config;
  /** Sections that are in force anew. */
  readonly changed: readonly string[];
  /** Keys that changed and stay as they were until a restart, dotted. */
  readonly restartNeeded: readonly string[];
}

/** Sockets are bound, folders opened and processes counted once. */
const fixed = ['listen', 'data', 'workers'] as const satisfies readonly (keyof Config)[];
const fixedOfServer = [
  'maxHeaderBytes',
  'headersTimeout',
  'requestTimeout',
  'keepAlive',
] as const satisfies readonly (keyof Config['server'])[];

/** Lays a new file over the one in force. */
export function changedConfig(now: Config, file: Config): ChangedConfig {
  const kept = fixed.filter((key) => !isDeepStrictEqual(now[key], file[key]));
  const keptOfServer = fixedOfServer.filter((key) => !isDeepStrictEqual(now.server[key], file.server[key]));
  const server = { ...file.server, ...chosen(now.server, fixedOfServer) };
  const config = { ...file, ...chosen(now, fixed), server, access: accessOf(now, file) };
  const sections = Object.keys({ ...now, ...config }) as (keyof Config)[];
  const changed = sections.filter((key) => key !== 'stated' && !isDeepStrictEqual(now[key], config[key]));
  return { config, changed, restartNeeded: [...kept, ...keptOfServer.map((key) => `server.${key}`)] };
}

/** Who may call follows from the address when nobody says it; that of an address not listened on yet must open nothing. */
function accessOf(now: Config, file: Config): Config['access'] {
  const said = file.stated.some(([key]) => key === 'access');
  return said || isDeepStrictEqual(now.listen, file.listen) ? file.access : now.access;
}

function chosen<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

import { assert, BurnrateError } from '../base/index.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import type { ListenAddress } from './listen.ts';
import { builtInBaseUrls, type Provider } from './schema/providers.ts';
import { rootSchema } from './schema/root.ts';

const keyVariables = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', gemini: 'GEMINI_API_KEY' } as const;
type BuiltIn = keyof typeof keyVariables;
const builtIns = Object.keys(keyVariables) as BuiltIn[];

/**
 * Adds the vendors the file does not mention, with the key the environment has for them. One without a key is there
 * too, so that its path answers with an error that names the missing variable.
 */
export function withBuiltInProviders(
  configured: Readonly<Record<string, Provider>>,
  environment: Environment,
): Readonly<Record<string, Provider>> {
  const added = builtIns
    .filter((name) => !Object.hasOwn(configured, name))
    .map((name) => [name, builtIn(name, environment)]);
  return { ...configured, ...Object.fromEntries(added) };
}

function builtIn(kind: BuiltIn, environment: Environment): Provider {
  const apiKey = environment[keyVariables[kind]];
  const baseUrl = builtInBaseUrls[kind];
  assert(baseUrl !== undefined, `no address for ${kind}`);
  return { kind, baseUrl, credentials: 'server', headers: {}, ...(apiKey ? { apiKey } : {}) };
}

/** What holds without a `burnrate.yaml`: loopback only, any key, the vendors whose keys the environment has. */
export function defaultConfig(environment: Environment): Config {
  const settings = rootSchema.parse({ version: 1 });
  return {
    ...settings,
    file: null,
    access: 'open',
    providers: withBuiltInProviders({}, environment),
    stated: [],
  };
}

/** Names of the providers that can be called: they have a key, pass the client's through, or need none (an own address). */
export function usableProviders(config: Config): string[] {
  const usable = Object.entries(config.providers).filter(
    ([, provider]) =>
      provider.apiKey !== undefined ||
      provider.credentials === 'client' ||
      provider.baseUrl !== builtInBaseUrls[provider.kind],
  );
  return usable.map(([name]) => name);
}

/**
 * Listening where other machines reach it needs an admin token; without one the control plane would be anyone's.
 * @throws BurnrateError LISTEN_REFUSED
 */
export function assertListenAllowed(listen: ListenAddress, adminToken: string | undefined): void {
  if (listen.loopback || (adminToken !== undefined && adminToken !== '')) return;
  throw new BurnrateError('LISTEN_REFUSED', {
    message: `${listen.host}:${listen.port} is reachable from other machines and there is no admin token`,
    facts: { host: listen.host, port: listen.port },
  });
}

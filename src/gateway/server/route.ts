import { BurnrateError } from '../../base/index.ts';
import type { Route } from '../exchange.ts';
import { protocols } from '../protocols/index.ts';
import type { GatewaySettings, ProviderKind, ProviderSettings } from '../settings.ts';

const nativePrefixes: readonly (readonly [string, ProviderKind])[] = [
  ['/v1', 'openai'],
  ['/anthropic', 'anthropic'],
  ['/gemini', 'gemini'],
];
const untouchedPrefix = '/p/';
/** `.` and `..` segments, also percent-encoded: they would leave the provider's base path. */
const dotSegment = /(^|\/)(\.|%2e){1,2}(\/|$)/i;

/** Which wire format a path of the data plane speaks; null for every other path. Errors are written in it. */
export function dataPlaneKind(path: string): ProviderKind | 'named' | null {
  for (const [prefix, kind] of nativePrefixes) {
    if (path.startsWith(prefix) && (path.length === prefix.length || '/?'.includes(path.charAt(prefix.length))))
      return kind;
  }
  return path.startsWith(untouchedPrefix) ? 'named' : null;
}

/**
 * Finds the provider and the path below its base URL.
 * @throws BurnrateError not_found when no such provider is configured, bad_request for a path that leaves its base
 */
export function routeOf(url: string, settings: GatewaySettings): Route {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? '' : url.slice(mark);
  if (dotSegment.test(path)) throw new BurnrateError('bad_request', { message: 'The path has a `.` or `..` segment.' });
  const kind = dataPlaneKind(path);
  if (kind === 'named') return namedRoute(path, query, settings);
  const [prefix = ''] = nativePrefixes.find(([, candidate]) => candidate === kind) ?? [];
  const provider = kind === null ? undefined : settings.providerOfKind[kind];
  if (!provider) throw noProvider(`No provider of kind ${kind} is configured.`);
  return routeTo(provider, path.slice(prefix.length), query, false);
}

function namedRoute(path: string, query: string, settings: GatewaySettings): Route {
  const rest = path.slice(untouchedPrefix.length);
  const slash = rest.indexOf('/');
  const name = slash === -1 ? rest : rest.slice(0, slash);
  const provider = settings.providers.get(name);
  if (!provider) throw noProvider(`No provider "${name}" is configured.`);
  return routeTo(provider, slash === -1 ? '' : rest.slice(slash), query, true);
}

function routeTo(provider: ProviderSettings, path: string, query: string, untouched: boolean): Route {
  return { provider, protocol: protocols[provider.kind], path, query, untouched };
}

function noProvider(message: string): BurnrateError {
  return new BurnrateError('not_found', { message: `${message} Add it under \`providers:\` in burnrate.yaml.` });
}

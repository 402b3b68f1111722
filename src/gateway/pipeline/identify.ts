import type { IncomingHttpHeaders } from 'node:http';
import { BurnrateError } from '../../base/index.ts';
import { type KeyRecord, secretPrefix } from '../../books/index.ts';
import type { Caller, Exchange, Stage } from '../exchange.ts';
import type { GatewayDeps } from '../ports.ts';
import type { GatewaySettings } from '../settings.ts';

export const anonymous: Caller = { keyId: 'anonymous', defaults: {}, allowedModels: [], budgets: [] };

/**
 * Finds out who calls from the key where the client's SDK puts it. With `access: open` a known key counts as itself
 * and every other as `anonymous`.
 * @throws BurnrateError invalid_key, or what the look-up in the books throws
 */
export function identify(keys: GatewayDeps['keys'], settings: Pick<GatewaySettings, 'access'>): Stage {
  return (exchange) => {
    const secret = secretOf(exchange);
    const known = secret === '' ? null : keys.identify(secret);
    if (known) {
      exchange.caller = callerOf(known);
      return;
    }
    // Where any key will do, only one of ours is worth asking the books for.
    if (settings.access === 'open' && !secret.startsWith(secretPrefix)) return;
    return lookUp(keys, secret, exchange, settings.access);
  };
}

async function lookUp(
  keys: GatewayDeps['keys'],
  secret: string,
  exchange: Exchange,
  access: GatewaySettings['access'],
): Promise<void> {
  const found = secret === '' ? null : await keys.lookUp(secret);
  if (!found && access === 'open') return;
  if (!found) {
    const message = secret === '' ? 'No key was sent.' : 'The key is not known here.';
    throw new BurnrateError('invalid_key', { message });
  }
  exchange.caller = callerOf(found);
}

function callerOf(key: KeyRecord): Caller {
  return { keyId: key.id, defaults: key.defaults, allowedModels: key.allowedModels, budgets: key.budgets };
}

const bearer = /^bearer\s+/i;

/** The client's key, from wherever any of the SDKs puts one; empty when it sent none. */
function secretOf(exchange: Exchange): string {
  const headers = exchange.req.headers;
  const authorization = headers.authorization ?? '';
  if (bearer.test(authorization)) return authorization.replace(bearer, '').trim();
  return fromKeyHeader(headers) || queryKey(exchange.route.query);
}

function fromKeyHeader(headers: IncomingHttpHeaders): string {
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key']) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** Google's `?key=`. */
function queryKey(query: string): string {
  return query.includes('key=') ? (new URLSearchParams(query).get('key') ?? '') : '';
}

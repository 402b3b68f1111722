import type { Exchange } from '../exchange.ts';
import { setMember } from '../json-bytes.ts';
import type { GatewaySettings } from '../settings.ts';

/**
 * Sends the call to another model, where its wire format allows: at a provider of the same kind, on a path the gateway
 * reads. @returns whether it goes there now
 */
export function switchModel(exchange: Exchange, name: string, settings: Pick<GatewaySettings, 'providers'>): boolean {
  const { route, understanding } = exchange;
  const slash = name.indexOf('/');
  const provider = settings.providers.get(name.slice(0, slash));
  const model = name.slice(slash + 1);
  const { json, operation, facts } = understanding;
  if (!provider || provider.kind !== route.provider.kind || route.untouched || !json) return false;
  if (provider === route.provider && model === facts.model) return false;
  if (route.protocol.outputOf(operation, json) === null) return false;
  if (operation.pathModel === '') setBody(exchange, (bytes) => setMember(bytes, ['model'], JSON.stringify(model)));
  const path = operation.pathModel === '' ? route.path : withModel(route.path, model);
  Object.assign(exchange, { route: { ...route, provider, path } });
  exchange.understanding = { ...exchange.understanding, facts: { ...facts, model } };
  return true;
}

const withModel = (path: string, model: string): string =>
  path.replace(/\/(models|tunedModels)\/[^:]+:/, (_, folder) => `/${folder}/${encodeURIComponent(model)}:`);

/** Changes the bytes that go upstream; a body that came compressed goes out in clear then. */
export function setBody(exchange: Exchange, change: (bytes: Buffer) => Buffer): void {
  const { understanding, body } = exchange;
  const { clear, upstreamBody } = understanding;
  const base = upstreamBody === body ? clear : upstreamBody;
  exchange.understanding = {
    ...understanding,
    upstreamBody: change(base),
    inflated: understanding.inflated || clear !== body,
  };
}

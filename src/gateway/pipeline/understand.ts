import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { BurnrateError } from '../../base/index.ts';
import type { Exchange, Route, Stage, Understanding } from '../exchange.ts';
import { insertMember, replaceSpan, topLevelMember } from '../json-bytes.ts';
import { keptText } from '../kept-text.ts';
import { limits } from '../limits.ts';
import { protocols } from '../protocols/index.ts';
import { modelOfForm } from '../protocols/openai/request.ts';
import { asObject, type JsonObject, type Operation, type RequestFacts } from '../protocols/protocol.ts';
import type { GatewaySettings } from '../settings.ts';

const inflaters = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const;

/**
 * Parses the body once and decides which bytes go upstream.
 * @throws BurnrateError bad_request when a body the gateway must read is not a JSON object
 */
export function understand(settings: Pick<GatewaySettings, 'providers'>): Stage {
  return (exchange) => {
    const coding = exchange.req.headers['content-encoding']?.toLowerCase().trim() ?? 'identity';
    if (coding === 'identity' || exchange.body.length === 0) {
      exchange.understanding = readClear(exchange, exchange.body, false, settings);
      return;
    }
    return readInflated(exchange, coding, settings);
  };
}

async function readInflated(
  exchange: Exchange,
  coding: string,
  settings: Pick<GatewaySettings, 'providers'>,
): Promise<void> {
  const inflater = inflaters[coding.replace(/^x-/, '') as keyof typeof inflaters];
  if (!inflater) {
    exchange.understanding = unread(exchange);
    return;
  }
  try {
    const clear = await inflater(exchange.body, { maxOutputLength: limits.inflatedBytesMax });
    exchange.understanding = readClear(exchange, clear, true, settings);
  } catch (cause) {
    if (cause instanceof BurnrateError) throw cause;
    throw new BurnrateError('bad_request', {
      message: `The body is not valid ${coding}, or too large in clear.`,
      cause,
    });
  }
}

function operationOf(exchange: Exchange): Operation {
  return exchange.route.protocol.operationOf(exchange.req.method ?? 'GET', exchange.route.path);
}

/** A body in a coding that is not read here: it passes through, and only what path and answer tell is known. */
function unread(exchange: Exchange): Understanding {
  const operation = operationOf(exchange);
  const facts = { model: keptText(operation.pathModel), streamed: operation.streamed, user: '' };
  const { body } = exchange;
  return { operation, facts, json: null, clear: body, upstreamBody: body, inflated: false, usageAdded: false };
}

function readClear(
  exchange: Exchange,
  clear: Buffer,
  compressed: boolean,
  settings: Pick<GatewaySettings, 'providers'>,
): Understanding {
  const operation = operationOf(exchange);
  const json = operation.readsJson ? parseObject(clear) : parseIfJson(exchange, clear);
  const facts = factsOf(exchange.route, operation, json, clear);
  const routed = routeByModel(exchange.route, facts, clear, json, settings);
  const asked = askForUsage(routed.route, operation, json, routed.body);
  if (routed.route !== exchange.route) Object.assign(exchange, { route: routed.route });
  const changed = asked.body !== clear;
  return {
    operation: routed.operation ?? operation,
    // The body keeps the name it has; only what is looked up and written down is cut.
    facts: { ...facts, model: keptText(routed.model) },
    json,
    clear,
    upstreamBody: changed ? asked.body : exchange.body,
    inflated: changed && compressed,
    usageAdded: asked.added,
  };
}

function factsOf(route: Route, operation: Operation, json: JsonObject | null, clear: Buffer): RequestFacts {
  if (json) return route.protocol.readRequest(operation, json);
  const model = operation.pathModel || (operation.billing === 'metered' ? modelOfForm(clear) : '');
  return { model, streamed: operation.streamed, user: '' };
}

/** @throws BurnrateError bad_request */
function parseObject(clear: Buffer): JsonObject {
  const json = parse(clear);
  if (json === undefined) throw new BurnrateError('bad_request', { message: 'The body is not valid JSON.' });
  const object = asObject(json);
  if (!object) throw new BurnrateError('bad_request', { message: 'The body is not a JSON object.' });
  return object;
}

/** Bodies of endpoints that only pass through are read when they are small JSON, and never refused. */
function parseIfJson(exchange: Exchange, clear: Buffer): JsonObject | null {
  const isJson = exchange.req.headers['content-type']?.includes('json') ?? false;
  return isJson && clear.length <= limits.plainBytesParsedMax ? asObject(parse(clear)) : null;
}

function parse(clear: Buffer): unknown {
  try {
    return JSON.parse(clear.toString('utf8'));
  } catch {
    return undefined;
  }
}

interface RoutedByModel {
  readonly route: Route;
  readonly model: string;
  readonly body: Buffer;
  readonly operation?: Operation;
}

/**
 * A model named `provider/model` goes to that provider when it speaks the same wire format; the prefix is taken out.
 * @throws BurnrateError bad_request when it speaks another one
 */
function routeByModel(
  route: Route,
  facts: RequestFacts,
  body: Buffer,
  json: JsonObject | null,
  settings: Pick<GatewaySettings, 'providers'>,
): RoutedByModel {
  const slash = facts.model.indexOf('/');
  const named = slash > 0 && !route.untouched ? settings.providers.get(facts.model.slice(0, slash)) : undefined;
  if (!named) return { route, model: facts.model, body };
  if (named.kind !== route.provider.kind) throw otherKind(facts.model, route);
  const model = facts.model.slice(slash + 1);
  const moved = { ...route, provider: named, protocol: protocols[named.kind] };
  const span = json && typeof json.model === 'string' ? topLevelMember(body, 'model') : null;
  if (span) return { route: moved, model, body: replaceSpan(body, span, JSON.stringify(model)) };
  return { route: { ...moved, path: route.path.replace(`/${named.name}/`, '/') }, model, body };
}

function otherKind(model: string, route: Route): BurnrateError {
  const prefix = model.slice(0, model.indexOf('/'));
  return new BurnrateError('bad_request', {
    message:
      `Model "${keptText(model)}" names the provider "${prefix}", which speaks another wire format than this base URL ` +
      `(${route.provider.kind}). Use that provider's own base URL.`,
  });
}

interface AskedForUsage {
  readonly body: Buffer;
  readonly added: boolean;
}

const includeUsage = '{"include_usage":true}';

/** OpenAI's chat and completions streams report usage only when asked to: asks, where the client did not. */
function askForUsage(route: Route, operation: Operation, json: JsonObject | null, body: Buffer): AskedForUsage {
  const streams = operation.name === 'chat' || operation.name === 'completions';
  if (route.protocol.name !== 'openai' || !streams || json?.stream !== true) return { body, added: false };
  const options = asObject(json.stream_options);
  if (options?.include_usage === true) return { body, added: false };
  const span = topLevelMember(body, 'stream_options');
  if (!span) return { body: insertMember(body, 'stream_options', includeUsage), added: true };
  const merged = options ? JSON.stringify({ ...options, include_usage: true }) : includeUsage;
  return { body: replaceSpan(body, span, merged), added: true };
}

import type { IncomingHttpHeaders } from 'node:http';
import { BurnrateError } from '../../base/index.ts';
import { type Attribution, type AttributionName, attributionNames } from '../../tree/index.ts';
import type { Exchange } from '../exchange.ts';
import { keptText } from '../kept-text.ts';
import { limits } from '../limits.ts';
import type { GatewaySettings } from '../settings.ts';
import { readBaggage } from './baggage.ts';

/** `promptVersion` is written `prompt-version` in headers and baggage. */
const wireName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const fields = attributionNames.map((name) => ({ name, wire: wireName(name), header: `burnrate-${wireName(name)}` }));
const wireNames = new Set([...fields.map((field) => field.wire), 'tags']);

type Told = { -readonly [name in AttributionName]?: string } & { tags?: Record<string, string> };

/**
 * What the client says its call belongs to. A header rules over baggage, baggage over the provider's user field, that
 * over the key's defaults, those over the workflow's and the instance's; `traceparent` names the run when nothing else does.
 * @throws BurnrateError bad_request for a value that is too long, unreadable or has an unknown name in our baggage
 */
export function readAttribution(
  exchange: Exchange,
  settings: Pick<GatewaySettings, 'defaults' | 'workflows'>,
): Attribution {
  const { headers } = exchange.req;
  const told: Told = { ...settings.defaults };
  const explicit = readExplicit(headers);
  const user = exchange.understanding.facts.user;
  const workflow = explicit.workflow ?? exchange.caller.defaults.workflow;
  Object.assign(
    told,
    workflow === undefined ? {} : settings.workflows.get(workflow)?.defaults,
    exchange.caller.defaults,
  );
  // A provider's own user field is the provider's to judge: one that is too long for us is cut, not refused.
  if (user !== '') told.user = keptText(user);
  const run = traceRun(headers.traceparent);
  if (run !== '') told.run = run;
  return Object.assign(told, explicit);
}

function readExplicit(headers: IncomingHttpHeaders): Told {
  const baggage = readBaggage(joined(headers.baggage)).own;
  for (const name of baggage.keys()) {
    if (!wireNames.has(name)) throw bad(`"burnrate.${name}" in the baggage header is not a known name.`);
  }
  const told: Told = {};
  for (const { name, wire, header } of fields) {
    const value = joined(headers[header]);
    const given = value === undefined ? baggage.get(wire) : fromHeader(value);
    if (given !== undefined && given !== '') told[name] = checked(given, header);
  }
  const tags = { ...readTags(baggage.get('tags')), ...readTags(fromHeaderIfAny(headers['burnrate-tags'])) };
  if (Object.keys(tags).length > limits.tagsMax) throw bad(`There are more than ${limits.tagsMax} tags.`);
  return Object.keys(tags).length === 0 ? told : { ...told, tags };
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function fromHeaderIfAny(value: string | string[] | undefined): string | undefined {
  const text = joined(value);
  return text === undefined ? undefined : fromHeader(text);
}

/** Node reads header bytes as Latin-1; clients that send more than ASCII send UTF-8. */
function fromHeader(value: string): string {
  const isAscii = /^[\x20-\x7e\t]*$/.test(value);
  return (isAscii ? value : Buffer.from(value, 'latin1').toString('utf8')).trim();
}

const controlCharacter = /\p{Cc}/u;

/** @throws BurnrateError bad_request */
function checked(value: string, name: string, bytesMax: number = limits.attributionValueBytesMax): string {
  if (Buffer.byteLength(value) > bytesMax) throw bad(`"${name}" is longer than ${bytesMax} bytes.`);
  if (controlCharacter.test(value)) throw bad(`"${name}" holds a control character.`);
  return value;
}

/** `k=v,k=v`; spaces around names and values do not count. */
function readTags(text: string | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const pair of (text ?? '').split(',').filter((part) => part.trim() !== '')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals === -1 || name === '')
      throw bad(`"${pair.trim().slice(0, 60)}" in burnrate-tags is not of the form name=value.`);
    tags[checked(name, 'a tag name', limits.tagNameBytesMax)] = checked(pair.slice(equals + 1).trim(), `tag ${name}`);
  }
  return tags;
}

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The trace id of a valid W3C traceparent, else empty: a broken one is the tracing system's business. */
function traceRun(value: string | string[] | undefined): string {
  const match = typeof value === 'string' ? traceparentPattern.exec(value) : null;
  const id = match?.[1] ?? '';
  return /^0*$/.test(id) || value?.slice(0, 2) === 'ff' ? '' : id;
}

function bad(message: string): BurnrateError {
  return new BurnrateError('bad_request', { message });
}

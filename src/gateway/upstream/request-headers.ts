import type { ProviderSettings } from '../settings.ts';
import { connectionHeaders } from './connection-headers.ts';

/** Headers the HTTP client writes itself. */
const written = new Set(['host', 'content-length', 'expect']);
/** Where clients put keys; cookies belong to the dashboard's own host. */
const secrets = new Set(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie']);
const ownPrefix = 'burnrate-';
/** What can be inflated here to read usage. Others (zstd) are not offered to the provider. */
const readableCodings = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'identity']);

export interface RequestHeaderInput {
  readonly rawHeaders: readonly string[];
  readonly provider: ProviderSettings;
  /** The baggage header without our members; undefined leaves it as it came. */
  readonly foreignBaggage: string | undefined;
  /** True when the answer's stream will be rewritten, so it must not be compressed. */
  readonly plainAnswer: boolean;
  /** True when the body goes out inflated. */
  readonly inflated: boolean;
}

/** The header list that goes upstream: the client's own, in its order and spelling, minus what must not pass. */
export function upstreamHeaders(input: RequestHeaderInput): string[] {
  const headers: string[] = [];
  const named = connectionNamed(input.rawHeaders);
  const replaced = new Set(input.provider.headers.map(([name]) => name));
  for (let i = 0; i + 1 < input.rawHeaders.length; i += 2) {
    const name = input.rawHeaders[i] as string;
    const lower = name.toLowerCase();
    if (named.has(lower) || replaced.has(lower) || isDropped(lower, input)) continue;
    const value = rewritten(lower, input.rawHeaders[i + 1] as string, input);
    if (value !== '') headers.push(name, value);
  }
  for (const [name, value] of input.provider.headers) headers.push(name, value);
  pushCredentials(headers, input.provider);
  return headers;
}

function isDropped(name: string, input: RequestHeaderInput): boolean {
  if (connectionHeaders.has(name) || written.has(name) || name.startsWith(ownPrefix)) return true;
  if (name === 'content-encoding') return input.inflated;
  return secrets.has(name) && (input.provider.credentials === 'server' || name === 'cookie');
}

function rewritten(name: string, value: string, input: RequestHeaderInput): string {
  if (name === 'baggage') return input.foreignBaggage ?? value;
  if (name === 'accept-encoding') return input.plainAnswer ? 'identity' : readable(value);
  return value;
}

function readable(accepted: string): string {
  const kept = accepted
    .split(',')
    .filter((item) => readableCodings.has((item.split(';')[0] ?? '').trim().toLowerCase()));
  return kept.length === 0 ? 'identity' : kept.join(',').trim();
}

/** Names the Connection header declares to be of this connection only. */
function connectionNamed(rawHeaders: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'connection') continue;
    for (const name of (rawHeaders[i + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  return names;
}

function pushCredentials(headers: string[], provider: ProviderSettings): void {
  if (provider.credentials === 'client' || provider.apiKey === '') return;
  if (provider.kind === 'anthropic') headers.push('x-api-key', provider.apiKey);
  else if (provider.kind === 'gemini') headers.push('x-goog-api-key', provider.apiKey);
  else headers.push('authorization', `Bearer ${provider.apiKey}`);
}

/** The query that goes upstream: without the client's `key=`, unless its own key is what passes through. */
export function upstreamQuery(query: string, provider: ProviderSettings): string {
  if (provider.credentials === 'client' || !query.includes('key=')) return query;
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => !pair.startsWith('key='));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** The answer's headers for the client: as they came, minus those of the connection and those we write ourselves. */
export function answerHeaders(rawHeaders: readonly Buffer[], drop: ReadonlySet<string>): string[] {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    pairs.push((rawHeaders[i] as Buffer).toString('latin1'), (rawHeaders[i + 1] as Buffer).toString('latin1'));
  }
  const named = connectionNamed(pairs);
  const headers: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const lower = (pairs[i] as string).toLowerCase();
    const own = lower.startsWith(ownPrefix) && lower !== emulatorHeader;
    if (connectionHeaders.has(lower) || named.has(lower) || drop.has(lower) || own) continue;
    headers.push(pairs[i] as string, pairs[i + 1] as string);
  }
  return headers;
}

/** An answer with this header came from the emulator. */
export const emulatorHeader = 'burnrate-emulator';

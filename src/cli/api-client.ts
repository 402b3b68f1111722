import { BurnrateError, type ErrorCode, errorCodes } from '../base/index.ts';
import type { Effects } from './effects.ts';
import { loadSettings } from './load-settings.ts';

/** How a command reaches a running instance. */
export interface InstanceOptions {
  readonly url?: string;
  readonly config?: string;
}

export interface ApiClient {
  readonly url: string;
  get<T>(path: string, query?: readonly [string, string][]): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

const answerMsMax = 60_000;

/** The API of the instance named by --url, BURNRATE_URL, or the configuration's own address. */
export async function apiClient(effects: Effects, options: InstanceOptions): Promise<ApiClient> {
  const url = await instanceUrl(effects, options);
  const { BURNRATE_TOKEN, BURNRATE_ADMIN_TOKEN } = effects.environment;
  const token = BURNRATE_TOKEN || BURNRATE_ADMIN_TOKEN;
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await reach(effects, `${url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    return (await readAnswer(response)) as T;
  };
  return {
    url,
    get: (path, query = []) => ask('GET', query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`),
    send: ask,
  };
}

export async function instanceUrl(effects: Effects, options: InstanceOptions): Promise<string> {
  const named = options.url ?? effects.environment.BURNRATE_URL;
  if (named) return named.replace(/\/+$/, '');
  const { listen } = await loadSettings(effects, options.config);
  return `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`;
}

async function reach(effects: Effects, url: string, init: RequestInit): Promise<Response> {
  try {
    return await effects.fetch(url, init);
  } catch (cause) {
    const { origin } = new URL(url);
    throw new BurnrateError('INSTANCE_UNREACHABLE', { message: `no instance answers at ${origin}`, cause });
  }
}

interface Refusal {
  readonly error?: { readonly code?: string; readonly message?: string };
}

async function readAnswer(response: Response): Promise<unknown> {
  const body = (await response.json().catch(() => null)) as unknown;
  if (response.ok && body !== null) return body;
  const { code, message } = (body as Refusal | null)?.error ?? {};
  const known = code !== undefined && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INSTANCE_UNREACHABLE';
  throw new BurnrateError(known, { message: message ?? `the instance answered ${response.status} without a reason` });
}

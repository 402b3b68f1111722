import { type Config, type Provider, usableProviders } from '../config/index.ts';
import { limits } from './limits.ts';

export type ProviderKind = 'openai' | 'anthropic' | 'gemini' | 'other';

/** What the gateway needs of one configured provider. */
export interface ProviderSettings {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly origin: string;
  /** Path of the base URL, without a trailing slash; empty at the root. */
  readonly basePath: string;
  /** Empty when none is configured. */
  readonly apiKey: string;
  readonly credentials: 'server' | 'client';
  /** Further headers sent upstream: lower-case name, value. */
  readonly headers: readonly (readonly [string, string])[];
  /** From the request sent to the first response header, milliseconds. */
  readonly headersTimeoutMs: number;
  /** Tokens billed beyond what was read of a cut stream; `end` when all of it is billed, null when nobody said. */
  readonly cancelLag: number | 'end' | null;
  /** Limits of models as the file states them. */
  readonly models: Readonly<Record<string, { readonly contextWindow?: number; readonly maxOutputTokens?: number }>>;
}

export interface GatewaySettings {
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  /** The provider behind `/v1`, `/anthropic` and `/gemini`: one that can be called, by preference the one named as its kind. */
  readonly providerOfKind: Readonly<Partial<Record<ProviderKind, ProviderSettings>>>;
  readonly access: 'open' | 'keys';
  /** Host names without port that a request may name. */
  readonly hosts: ReadonlySet<string>;
  /** Whole origins whose pages may call, beside those of `hosts`. */
  readonly origins: ReadonlySet<string>;
  readonly bodyBytesMax: number;
  readonly plainBytesHeldMax: number;
  readonly concurrentCallsMax: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly onDisconnect: 'auto' | 'cancel' | 'finish';
  /** How long a call may wait for money that others hold. */
  readonly budgetWaitMs: number;
  readonly defaults: { readonly environment?: string; readonly release?: string };
  readonly workflows: ReadonlyMap<string, WorkflowSettings>;
}

export interface WorkflowSettings {
  readonly defaults: Readonly<Partial<Record<'team' | 'feature' | 'customer' | 'environment', string>>>;
  /** Time a stage gives one attempt to begin its answer, milliseconds. */
  readonly stageTimeoutMs: ReadonlyMap<string, number>;
  /** Longest answer a stage allows, tokens. */
  readonly stageOutputTokensMax: ReadonlyMap<string, number>;
}

/** The vendors' own addresses, as their SDKs default to. */
const vendorUrls: Readonly<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com',
  other: '',
};

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** Reads what the data plane needs out of the configuration, once. */
export function settingsFrom(config: Config): GatewaySettings {
  const providers = Object.entries(config.providers).map(([name, provider]) => providerFrom(name, provider, config));
  const { server } = config;
  return {
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    providerOfKind: providersByKind(providers, new Set(usableProviders(config))),
    access: config.access,
    hosts: hostsFrom(config),
    origins: new Set(server.allowedOrigins),
    bodyBytesMax: server.maxBodyBytes.bytes,
    plainBytesHeldMax: Math.min(server.maxResponseBufferBytes.bytes, limits.plainBytesHeldMax),
    concurrentCallsMax: server.maxConcurrent,
    connectTimeoutMs: server.connectTimeout.ms,
    idleTimeoutMs: server.streamIdleTimeout.ms,
    onDisconnect: server.onDisconnect,
    budgetWaitMs: server.budgetWait.ms,
    defaults: {
      ...(config.environment === undefined ? {} : { environment: config.environment }),
      ...(config.release === undefined ? {} : { release: config.release }),
    },
    workflows: new Map(Object.entries(config.workflows).map(([name, workflow]) => [name, workflowFrom(workflow)])),
  };
}

function providerFrom(name: string, provider: Provider, config: Config): ProviderSettings {
  const url = new URL(provider.baseUrl ?? vendorUrls[provider.kind]);
  return {
    name,
    kind: provider.kind,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    apiKey: provider.apiKey ?? '',
    credentials: provider.credentials,
    headers: Object.entries(provider.headers).map(([header, value]) => [header.toLowerCase(), value] as const),
    headersTimeoutMs: (provider.timeout ?? config.server.upstreamTimeout).ms,
    cancelLag: provider.cancelLag ?? null,
    models: provider.models ?? {},
  };
}

function providersByKind(
  providers: readonly ProviderSettings[],
  usable: ReadonlySet<string>,
): Partial<Record<ProviderKind, ProviderSettings>> {
  const found: Partial<Record<ProviderKind, ProviderSettings>> = {};
  const rank = (provider: ProviderSettings): number =>
    (usable.has(provider.name) ? 2 : 0) + (provider.name === provider.kind ? 1 : 0);
  for (const provider of providers) {
    const known = found[provider.kind];
    if (!known || rank(provider) > rank(known)) found[provider.kind] = provider;
  }
  return found;
}

/** An address that binds every interface names no host: the operator lists the names clients use. */
function hostsFrom(config: Config): Set<string> {
  const own = config.listen.host.includes(':') ? `[${config.listen.host.replace(/[[\]]/g, '')}]` : config.listen.host;
  const names = [own, ...loopbackHosts, ...config.server.allowedHosts];
  return new Set(names.map((name) => name.toLowerCase()));
}

function workflowFrom(workflow: Config['workflows'][string]): WorkflowSettings {
  const { team, feature, customer, environment } = workflow;
  const timeouts = Object.entries(workflow.stages).flatMap(([name, stage]): [string, number][] =>
    stage.timeout === undefined ? [] : [[name, stage.timeout.ms]],
  );
  const outputs = Object.entries(workflow.stages).flatMap(([name, stage]): [string, number][] =>
    stage.maxOutputTokens === undefined ? [] : [[name, stage.maxOutputTokens]],
  );
  return {
    defaults: {
      ...(team === undefined ? {} : { team }),
      ...(feature === undefined ? {} : { feature }),
      ...(customer === undefined ? {} : { customer }),
      ...(environment === undefined ? {} : { environment }),
    },
    stageTimeoutMs: new Map(timeouts),
    stageOutputTokensMax: new Map(outputs),
  };
}

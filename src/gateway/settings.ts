/** What the gateway needs of one configured provider. */
export interface ProviderSettings {
  readonly name: string;
  readonly kind: 'openai' | 'anthropic' | 'gemini';
  /** What the provider's own SDK takes as base URL, without a trailing slash. */
  readonly baseUrl: string;
  /** Empty when none is configured. */
  readonly apiKey: string;
  /** `gateway` sends the configured key; `client` passes the client's own key through. */
  readonly credentials: 'gateway' | 'client';
  readonly timeouts: Timeouts;
  /** Connections kept to the provider's origin. */
  readonly connectionsMax: number;
}

/** Milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** From the request sent to the first response header. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** From begin to end. */
  readonly totalMs: number;
}

export interface GatewaySettings {
  readonly providers: readonly ProviderSettings[];
  readonly access: 'open' | 'keys';
  /** Host names (no port) a request may name in `Host` and `Origin`; `*` allows every host. */
  readonly hosts: readonly string[];
  readonly bodyBytesMax: number;
  readonly concurrentCallsMax: number;
  /** Attribution a workflow's entry in the configuration gives its calls. */
  readonly workflowDefaults: Readonly<Record<string, { readonly team?: string; readonly feature?: string }>>;
}

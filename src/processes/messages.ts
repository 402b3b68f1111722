import type { Config } from '../config/index.ts';

/** What the control process tells a gateway worker to begin with. It travels over the private channel of a fork, so keys may be in it. */
export interface WorkerStart {
  readonly kind: 'start';
  readonly slot: number;
  readonly config: Config;
  readonly dataFolder: string;
  readonly controlSocket: string;
  readonly ledgerSocket: string;
  readonly booksSocket: string;
  /** Null for the only worker: it agrees with nobody. */
  readonly coordinatorSocket: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  readonly instanceSecret: Uint8Array;
}

export interface LedgerStart {
  readonly kind: 'start';
  readonly file: string;
  readonly socket: string;
  readonly timeZone: string;
}

/** Ask for an orderly end; `drainMs` bounds what is waited for. */
export interface StopRequest {
  readonly kind: 'stop';
  readonly drainMs: number;
}

export interface StatsRequest {
  readonly kind: 'stats';
  readonly id: number;
}

/** Take another configuration for what begins from now on. */
export interface ConfigureRequest {
  readonly kind: 'configure';
  readonly id: number;
  readonly config: Config;
}

export type ToChild = WorkerStart | LedgerStart | StopRequest | StatsRequest | ConfigureRequest;

export type FromChild =
  | { readonly kind: 'awake' }
  | { readonly kind: 'ready'; readonly port: number | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown };

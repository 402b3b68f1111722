import type { IdempotentEnd, RememberedCall } from './coordinator.ts';

/** What a gateway tells without waiting for an answer; told twice it changes nothing. */
export type Tell =
  | { readonly kind: 'paces'; readonly takeId: string; readonly tokens: number }
  | { readonly kind: 'call'; readonly key: string; readonly call: RememberedCall }
  | { readonly kind: 'conversation'; readonly key: string }
  | { readonly kind: 'interaction'; readonly key: string; readonly counted: boolean }
  | { readonly kind: 'idempotent'; readonly id: string; readonly end: IdempotentEnd };

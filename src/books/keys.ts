import type { Attribution } from '../tree/index.ts';

/** What a key says about a call when the call says nothing itself. */
export type KeyDefaults = Pick<Attribution, 'team' | 'feature' | 'customer' | 'plan' | 'environment'>;

/** An access key. The secret is never kept: `hash` is its SHA-256, which is safe because a secret carries 200 random bits. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** Lower-case hexadecimal SHA-256 of the whole secret. */
  readonly hash: string;
  /** The last four characters of the secret, so that people can tell keys apart. */
  readonly hint: string;
  readonly defaults: KeyDefaults;
  /** Models the key may ask for, as `model` or `provider/model`; empty allows every model. */
  readonly allowedModels: readonly string[];
  /** Names of budgets that every call of this key is held against, besides those whose scope matches. */
  readonly budgets: readonly string[];
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
  /** Grows with every change of any key, so that caches can ask for what changed since. */
  readonly version: number;
}

export interface NewKey {
  /** Chosen by the client to make creation repeatable; made here when absent. */
  readonly id?: string;
  readonly name: string;
  readonly defaults?: KeyDefaults;
  readonly allowedModels?: readonly string[];
  readonly budgets?: readonly string[];
}

export type KeyChange = Partial<Omit<NewKey, 'id'>>;

/** The secret is in the answer to the first creation and nowhere else. */
export type CreateKeyResult =
  | { readonly ok: true; readonly key: KeyRecord; readonly secret: string }
  | { readonly ok: false; readonly reason: 'already_exists'; readonly key: KeyRecord };

/** Access keys. Every change is audited under the name of `actor`. */
export interface KeyBooks {
  create(input: NewKey, actor: string): Promise<CreateKeyResult>;
  /** @returns null when there is no such key */
  get(id: string): Promise<KeyRecord | null>;
  findByHash(hash: string): Promise<KeyRecord | null>;
  /** Newest first, at most `limit`; revoked keys are included. */
  list(page?: { readonly limit?: number; readonly beforeId?: string }): Promise<readonly KeyRecord[]>;
  /** Keys whose version is above `version`, ascending by version, at most `limit`. */
  changedSince(version: number, limit: number): Promise<readonly KeyRecord[]>;
  /** @returns the changed key, or null when there is no such key */
  change(id: string, change: KeyChange, actor: string): Promise<KeyRecord | null>;
  /** Repeating it changes nothing. @returns the key, or null when there is no such key */
  revoke(id: string, actor: string): Promise<KeyRecord | null>;
}

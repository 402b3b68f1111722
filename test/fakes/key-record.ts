import type { KeyRecord } from '../../src/books/index.ts';

/** A key without limits or defaults, named by its secret. */
export function keyRecord(secret: string, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    ...{ id: `key_${secret}`, name: secret, hash: '', hint: '', defaults: {}, allowedModels: [], budgets: [] },
    ...{ createdAtMs: 0, revokedAtMs: null, version: 1 },
    ...changes,
  };
}

export type { AuditBooks, AuditEntry, AuditQuery, NewAuditEntry } from './audit.ts';
export type { Books } from './books.ts';
export { type KeyDirectory, type KeyDirectoryLimits, keyDirectory, keyDirectoryLimits } from './key-directory.ts';
export { hashSecret, secretPrefix } from './key-secret.ts';
export type { CreateKeyResult, KeyBooks, KeyChange, KeyDefaults, KeyRecord, NewKey } from './keys.ts';

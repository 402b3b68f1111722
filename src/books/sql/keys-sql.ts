import { hashSecret, newSecret, secretPrefix } from '../key-secret.ts';
import type { CreateKeyResult, KeyBooks, KeyChange, KeyRecord, NewKey } from '../keys.ts';
import { writeAudit } from './audit-sql.ts';
import type { KeyRow } from './schema.ts';
import { type Database, nextSequence, type Store, type Write } from './store.ts';

const keysPerPageMax = 1_000;
const keysPerPageDefault = 100;

export function sqlKeys(store: Store): KeyBooks {
  return {
    create: (input, actor) => store.write((transaction) => create(store, transaction, input, actor)),
    get: (id) => store.read((db) => findKey(db, 'id', id)),
    findByHash: (hash) => store.read((db) => findKey(db, 'hash', hash)),
    list: (page = {}) => list(store, page),
    changedSince: (version, limit) => changedSince(store, version, limit),
    change: (id, change, actor) => store.write((transaction) => changeKey(store, transaction, id, change, actor)),
    revoke: (id, actor) => store.write((transaction) => revoke(store, transaction, id, actor)),
  };
}

async function create(store: Store, transaction: Write, input: NewKey, actor: string): Promise<CreateKeyResult> {
  const existing = input.id === undefined ? null : await findKey(transaction, 'id', input.id);
  if (existing) return { ok: false, reason: 'already_exists', key: existing };
  const secret = newSecret(secretPrefix);
  const key: KeyRecord = {
    id: input.id ?? store.ids.next('key'),
    name: input.name,
    hash: hashSecret(secret),
    hint: secret.slice(-4),
    defaults: input.defaults ?? {},
    allowedModels: input.allowedModels ?? [],
    budgets: input.budgets ?? [],
    createdAtMs: store.clock.nowMs(),
    revokedAtMs: null,
    version: await nextSequence(transaction, 'keys'),
  };
  await transaction.insertInto('keys').values(toRow(key)).execute();
  await writeAudit(store, transaction, auditOf('key.create', actor, null, key));
  return { ok: true, key, secret };
}

async function findKey(db: Database, column: 'id' | 'hash', value: string): Promise<KeyRecord | null> {
  const row = await db.selectFrom('keys').selectAll().where(column, '=', value).executeTakeFirst();
  return row ? fromRow(row) : null;
}

async function list(store: Store, page: { limit?: number; beforeId?: string }): Promise<readonly KeyRecord[]> {
  const rows = await store.read(async (db) => {
    let select = db.selectFrom('keys').selectAll().orderBy('created_at_ms', 'desc').orderBy('id', 'desc');
    const before = page.beforeId === undefined ? null : await findKey(db, 'id', page.beforeId);
    if (before) {
      select = select.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at_ms', 'id'), '<', tuple(before.createdAtMs, before.id)),
      );
    }
    return select.limit(Math.min(page.limit ?? keysPerPageDefault, keysPerPageMax)).execute();
  });
  return rows.map(fromRow);
}

async function changedSince(store: Store, version: number, limit: number): Promise<readonly KeyRecord[]> {
  const rows = await store.read((db) =>
    db.selectFrom('keys').selectAll().where('version', '>', version).orderBy('version').limit(limit).execute(),
  );
  return rows.map(fromRow);
}

async function changeKey(
  store: Store,
  transaction: Write,
  id: string,
  change: KeyChange,
  actor: string,
): Promise<KeyRecord | null> {
  const before = await findKey(transaction, 'id', id);
  if (!before) return null;
  return replaceKey(store, transaction, before, { ...before, ...change }, 'key.change', actor);
}

async function revoke(store: Store, transaction: Write, id: string, actor: string): Promise<KeyRecord | null> {
  const before = await findKey(transaction, 'id', id);
  if (!before || before.revokedAtMs !== null) return before;
  const revoked = { ...before, revokedAtMs: store.clock.nowMs() };
  return replaceKey(store, transaction, before, revoked, 'key.revoke', actor);
}

async function replaceKey(
  store: Store,
  transaction: Write,
  before: KeyRecord,
  changed: KeyRecord,
  action: string,
  actor: string,
): Promise<KeyRecord> {
  const after = { ...changed, version: await nextSequence(transaction, 'keys') };
  await transaction.updateTable('keys').set(toRow(after)).where('id', '=', before.id).execute();
  await writeAudit(store, transaction, auditOf(action, actor, before, after));
  return after;
}

function auditOf(action: string, actor: string, before: KeyRecord | null, after: KeyRecord) {
  return { action, actor, subject: after.id, before: before && withoutHash(before), after: withoutHash(after) };
}

function withoutHash({ hash: _hash, ...rest }: KeyRecord): Omit<KeyRecord, 'hash'> {
  return rest;
}

function toRow(key: KeyRecord): KeyRow {
  return {
    id: key.id,
    name: key.name,
    hash: key.hash,
    hint: key.hint,
    defaults: JSON.stringify(key.defaults),
    allowed_models: JSON.stringify(key.allowedModels),
    budgets: JSON.stringify(key.budgets),
    created_at_ms: key.createdAtMs,
    revoked_at_ms: key.revokedAtMs,
    version: key.version,
  };
}

function fromRow(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    hint: row.hint,
    defaults: JSON.parse(row.defaults),
    allowedModels: JSON.parse(row.allowed_models),
    budgets: JSON.parse(row.budgets),
    createdAtMs: Number(row.created_at_ms),
    revokedAtMs: row.revoked_at_ms === null ? null : Number(row.revoked_at_ms),
    version: Number(row.version),
  };
}

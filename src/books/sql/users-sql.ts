import { hashSecret, newSecret, userTokenPrefix } from '../key-secret.ts';
import {
  type CreateUserResult,
  type NewUser,
  type UserBooks,
  type UserRecord,
  type UserRole,
  usersMax,
} from '../users.ts';
import { writeAudit } from './audit-sql.ts';
import type { UserRow } from './schema.ts';
import type { Database, Store, Write } from './store.ts';

export function sqlUsers(store: Store): UserBooks {
  return {
    create: (input, actor) => store.write((transaction) => create(store, transaction, input, actor)),
    get: (name) => store.read((db) => findUser(db, 'name', name)),
    findByHash: (hash) => store.read((db) => findUser(db, 'hash', hash)),
    list: () => list(store),
    setRole: (name, role, actor) => change(store, name, actor, 'user.change', () => ({ role })),
    revoke: (name, actor) =>
      change(store, name, actor, 'user.revoke', (user) => ({
        revokedAtMs: user.revokedAtMs ?? store.clock.nowMs(),
      })),
  };
}

async function create(store: Store, transaction: Write, input: NewUser, actor: string): Promise<CreateUserResult> {
  const existing = await findUser(transaction, 'name', input.name);
  if (existing && existing.revokedAtMs === null) return { ok: false, reason: 'already_exists', user: existing };
  const token = newSecret(userTokenPrefix);
  const user: UserRecord = {
    ...input,
    hash: hashSecret(token),
    hint: token.slice(-4),
    createdAtMs: store.clock.nowMs(),
    revokedAtMs: null,
  };
  await transaction.deleteFrom('users').where('name', '=', user.name).execute();
  await transaction.insertInto('users').values(toRow(user)).execute();
  await note(store, transaction, 'user.create', actor, existing, user);
  return { ok: true, user, token };
}

async function findUser(db: Database, column: 'name' | 'hash', value: string): Promise<UserRecord | null> {
  const row = await db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst();
  return row ? fromRow(row) : null;
}

async function list(store: Store): Promise<readonly UserRecord[]> {
  const rows = await store.read((db) => db.selectFrom('users').selectAll().orderBy('name').limit(usersMax).execute());
  return rows.map(fromRow);
}

function change(
  store: Store,
  name: string,
  actor: string,
  action: string,
  changeOf: (user: UserRecord) => Partial<UserRecord>,
): Promise<UserRecord | null> {
  return store.write(async (transaction) => {
    const before = await findUser(transaction, 'name', name);
    if (!before) return null;
    const after = { ...before, ...changeOf(before) };
    if (after.role === before.role && after.revokedAtMs === before.revokedAtMs) return before;
    await transaction.updateTable('users').set(toRow(after)).where('name', '=', name).execute();
    await note(store, transaction, action, actor, before, after);
    return after;
  });
}

async function note(
  store: Store,
  transaction: Write,
  action: string,
  actor: string,
  before: UserRecord | null,
  after: UserRecord,
): Promise<void> {
  const told = { action, actor, subject: after.name, before: before && withoutHash(before), after: withoutHash(after) };
  await writeAudit(store, transaction, told);
}

function withoutHash({ hash: _hash, ...rest }: UserRecord): Omit<UserRecord, 'hash'> {
  return rest;
}

function toRow({ name, role, hash, hint, createdAtMs, revokedAtMs }: UserRecord): UserRow {
  return { name, role, hash, hint, created_at_ms: createdAtMs, revoked_at_ms: revokedAtMs };
}

function fromRow(row: UserRow): UserRecord {
  return {
    name: row.name,
    role: row.role as UserRole,
    hash: row.hash,
    hint: row.hint,
    createdAtMs: Number(row.created_at_ms),
    revokedAtMs: row.revoked_at_ms === null ? null : Number(row.revoked_at_ms),
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeApi, refusal } from '../../test/cases/fake-api.ts';
import { idSource } from '../base/index.ts';
import type { Books, UserRole } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { tokenSignIn } from './index.ts';
import { createdUserSchema, usersSchema } from './schemas-users.ts';

const on = fakeApi();
const asAdmin = { authorization: 'Bearer the-token' };
let books: Books;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'users-'));
  const { clock } = on.opened;
  books = await openSqliteBooks({ path: join(folder, 'books.db'), clock, ids: idSource(clock) });
  const signIn = tokenSignIn({ adminToken: 'the-token', sessionSecret: 'secret', users: books.users, clock });
  on.restart({ ...signIn, books });
});

afterEach(async () => {
  await books.close();
  rmSync(folder, { recursive: true });
});

async function make(name: string, role: UserRole) {
  return createdUserSchema.parse(await (await on.post('/api/users', { name, role }, asAdmin)).json());
}

const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  on.fetch(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const bearer = (token: string | null) => ({ authorization: `Bearer ${token}` });

describe('users', () => {
  test('sign in with their token, as themselves', async () => {
    const { token } = await make('Ada Lovelace', 'operator');
    const instance = await (await on.get('/api/instance', bearer(token))).json();
    expect(instance).toMatchObject({ you: { name: 'Ada Lovelace', role: 'operator' } });
    expect((await on.get('/api/keys', bearer(token))).status).toBe(200);
    expect(await refusal(on.get('/api/users', bearer(token)))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refusal(on.post('/api/keys', { name: 'x' }, bearer(token)))).toMatchObject({ code: 'forbidden' });
  });

  test('hold the role they are given, at once', async () => {
    const { token } = await make('ada', 'viewer');
    expect((await on.get('/api/audit', bearer(token))).status).toBe(403);
    expect((await send('PUT', '/api/users/ada', asAdmin, { role: 'admin' })).status).toBe(200);
    expect((await on.get('/api/audit', bearer(token))).status).toBe(200);
    await on.post('/api/keys', { id: 'key_1', name: 'hers' }, bearer(token));
    const { entries } = (await (await on.get('/api/audit', asAdmin)).json()) as { entries: Record<string, unknown>[] };
    expect(entries.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['ada', 'key.create', 'key_1'],
      ['admin', 'user.change', 'ada'],
      ['admin', 'user.create', 'ada'],
    ]);
  });

  test('have sessions that end with their token', async () => {
    const { token } = await make('ada', 'viewer');
    const signedIn = await on.post('/api/session', { token });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(await (await on.get('/api/instance', { cookie })).json()).toMatchObject({ you: { name: 'ada' } });
    expect((await send('DELETE', '/api/users/ada', asAdmin)).status).toBe(200);
    expect((await on.get('/api/instance', { cookie })).status).toBe(401);
    expect((await on.get('/api/instance', bearer(token))).status).toBe(401);
    const anew = await make('ada', 'viewer');
    expect((await on.get('/api/instance', { cookie })).status).toBe(401);
    expect((await on.get('/api/instance', bearer(anew.token))).status).toBe(200);
  });

  test('cannot make a session of another name', async () => {
    const { token } = await make('ada', 'viewer');
    await make('bob', 'admin');
    const set = (await on.post('/api/session', { token })).headers.get('set-cookie') ?? '';
    const [, expires = '', seal = ''] = (set.split(';')[0] ?? '').split('.');
    for (const name of ['bob', '']) {
      const forged = `burnrate_session=${Buffer.from(name).toString('base64url')}.${expires}.${seal}`;
      expect((await on.get('/api/instance', { cookie: forged })).status).toBe(401);
    }
  });

  test('are made once: the same again shows no token, another role is refused', async () => {
    const first = await make('ada', 'finance');
    expect(first.token).toMatch(/^bru_/);
    expect(await make('ada', 'finance')).toEqual({ user: first.user, token: null });
    expect(await refusal(on.post('/api/users', { name: 'ada', role: 'admin' }, asAdmin))).toMatchObject({
      status: 409,
      code: 'already_exists',
    });
    const listed = usersSchema.parse(await (await on.get('/api/users', asAdmin)).json());
    expect(listed.users).toEqual([first.user]);
    expect(JSON.stringify(listed)).not.toContain('hash');
  });

  test.each([
    [{ name: 'admin', role: 'viewer' }],
    [{ name: 'local', role: 'viewer' }],
    [{ name: '', role: 'viewer' }],
    [{ name: ' ada', role: 'viewer' }],
    [{ name: 'a\nb', role: 'viewer' }],
    [{ name: 'ada', role: 'owner' }],
    [{ name: 'ada' }],
  ])('%j is refused', async (body) => {
    expect(await refusal(on.post('/api/users', body, asAdmin))).toMatchObject({
      status: 422,
      code: 'validation_failed',
    });
  });

  test('nobody is found', async () => {
    expect((await send('PUT', '/api/users/x', asAdmin, { role: 'admin' })).status).toBe(404);
    expect((await send('DELETE', '/api/users/x', asAdmin)).status).toBe(404);
  });
});

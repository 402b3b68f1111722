import { describe, expect } from 'vitest';
import { type BooksHarness, booksTest, contractStartMs } from './books.contract.ts';
import { hashSecret } from './key-secret.ts';

/** What the books promise about people who sign in. */
export function usersContract(engine: string, createHarness: () => BooksHarness): void {
  describe(`users in books on ${engine}`, () => {
    const test = booksTest(createHarness);

    test('a token is given once and found by its hash', async ({ books }) => {
      const made = await books.users.create({ name: 'ada', role: 'finance' }, 'admin');
      if (!made.ok) throw new Error('not made');
      expect(made.token).toMatch(/^bru_[0-9a-z]{40}$/);
      expect(await books.users.findByHash(hashSecret(made.token))).toEqual(made.user);
      expect(made.user).toMatchObject({
        name: 'ada',
        role: 'finance',
        createdAtMs: contractStartMs,
        revokedAtMs: null,
      });
      expect(made.token.endsWith(made.user.hint)).toBe(true);
      const [entry] = await books.audit.list();
      expect(entry).toMatchObject({ action: 'user.create', actor: 'admin', subject: 'ada' });
      expect(JSON.stringify(entry)).not.toContain(made.user.hash);
    });

    test('a name is taken as long as it may sign in', async ({ books, clock }) => {
      const first = await books.users.create({ name: 'ada', role: 'viewer' }, 'admin');
      const again = await books.users.create({ name: 'ada', role: 'admin' }, 'admin');
      expect(again).toEqual({ ok: false, reason: 'already_exists', user: first.user });
      clock.advance(5);
      const revoked = await books.users.revoke('ada', 'admin');
      expect(revoked?.revokedAtMs).toBe(contractStartMs + 5);
      clock.advance(5);
      expect(await books.users.revoke('ada', 'bob')).toEqual(revoked);
      const anew = await books.users.create({ name: 'ada', role: 'operator' }, 'admin');
      if (!anew.ok) throw new Error('not made anew');
      expect(await books.users.findByHash(first.user.hash)).toBeNull();
      expect(await books.users.list()).toEqual([anew.user]);
    });

    test('a role is changed and audited; the same again is no change', async ({ books }) => {
      await books.users.create({ name: 'ada', role: 'viewer' }, 'admin');
      const changed = await books.users.setRole('ada', 'operator', 'admin');
      expect(changed?.role).toBe('operator');
      expect(await books.users.setRole('ada', 'operator', 'admin')).toEqual(changed);
      expect((await books.audit.list()).map(({ action }) => action)).toEqual(['user.change', 'user.create']);
      expect(await books.users.get('ada')).toEqual(changed);
    });

    test('nobody is nobody', async ({ books }) => {
      expect(await books.users.get('x')).toBeNull();
      expect(await books.users.setRole('x', 'admin', 'admin')).toBeNull();
      expect(await books.users.revoke('x', 'admin')).toBeNull();
      expect(await books.users.list()).toEqual([]);
    });
  });
}

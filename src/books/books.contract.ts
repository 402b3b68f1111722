import { describe, expect, test as plainTest } from 'vitest';
import { type ManualClock, manualClock } from '../base/index.ts';
import type { Books } from './books.ts';
import { hashSecret } from './key-secret.ts';

/** What an engine's test provides: fresh books on every `open`, and a second connection to the same books. */
export interface BooksHarness {
  open(clock: ManualClock): Promise<Books>;
  reopen(clock: ManualClock): Promise<Books>;
  cleanUp(): Promise<void>;
}

export const contractStartMs = Date.UTC(2026, 2, 10, 12);

/** `test` whose functions may ask for fresh `books`, their `clock` and the `harness` that opened them. */
export function booksTest(createHarness: () => BooksHarness) {
  return plainTest
    .extend('clock', () => manualClock(contractStartMs))
    .extend('harness', () => createHarness())
    .extend('books', async ({ harness, clock }, { onCleanup }) => {
      const books = await harness.open(clock);
      onCleanup(async () => {
        await books.close();
        await harness.cleanUp();
      });
      return books;
    });
}

/** Runs everything the books promise against one engine. */
export function booksContract(engine: string, createHarness: () => BooksHarness): void {
  describe(`books on ${engine}`, () => {
    const test = booksTest(createHarness);

    describe('keys', () => {
      test('a secret is given once and found by its hash', async ({ books }) => {
        const created = await books.keys.create(
          { name: 'ci', defaults: { team: 'core' }, allowedModels: ['openai/gpt-5-nano'], budgets: ['b'] },
          'ada',
        );
        if (!created.ok) throw new Error('not created');
        expect(created.secret).toMatch(/^br_[0-9a-z]{40}$/);
        const found = await books.keys.findByHash(hashSecret(created.secret));
        expect(found).toEqual(created.key);
        expect(JSON.stringify(found)).not.toContain(created.secret);
        expect(created.key).toMatchObject({ name: 'ci', defaults: { team: 'core' }, createdAtMs: contractStartMs });
        expect(created.secret.endsWith(created.key.hint)).toBe(true);
      });

      test('creating with the same id again gives the key without a secret', async ({ books }) => {
        const first = await books.keys.create({ id: 'key_1', name: 'a' }, 'ada');
        const second = await books.keys.create({ id: 'key_1', name: 'b' }, 'ada');
        expect(second).toEqual({ ok: false, reason: 'already_exists', key: first.key });
        expect(await books.audit.list()).toHaveLength(1);
      });

      test('a revoked key stays listed, and revoking it again changes nothing', async ({ books, clock }) => {
        const { key } = await books.keys.create({ name: 'a' }, 'ada');
        clock.advance(5);
        const revoked = await books.keys.revoke(key.id, 'bob');
        expect(revoked?.revokedAtMs).toBe(contractStartMs + 5);
        clock.advance(5);
        expect(await books.keys.revoke(key.id, 'bob')).toEqual(revoked);
        expect(await books.keys.list()).toEqual([revoked]);
        expect(await books.keys.revoke('nobody', 'bob')).toBeNull();
      });

      test('changes are numbered, so that a cache can ask for what it missed', async ({ books }) => {
        const a = await books.keys.create({ name: 'a' }, 'ada');
        const b = await books.keys.create({ name: 'b' }, 'ada');
        await books.keys.change(a.key.id, { name: 'a2' }, 'ada');
        const changed = await books.keys.changedSince(b.key.version, 10);
        expect(changed.map((key) => key.name)).toEqual(['a2']);
        expect((await books.keys.changedSince(0, 10)).map((key) => key.name)).toEqual(['b', 'a2']);
        expect(await books.keys.change('nobody', { name: 'x' }, 'ada')).toBeNull();
      });

      test('the list is newest first and pages', async ({ books, clock }) => {
        for (const name of ['a', 'b', 'c']) {
          await books.keys.create({ name }, 'ada');
          clock.advance(1);
        }
        const first = await books.keys.list({ limit: 2 });
        expect(first.map((key) => key.name)).toEqual(['c', 'b']);
        const rest = await books.keys.list({ limit: 2, beforeId: first[1]?.id ?? '' });
        expect(rest.map((key) => key.name)).toEqual(['a']);
      });

      test('another connection sees what was committed', async ({ books, clock, harness }) => {
        const { key } = await books.keys.create({ name: 'a' }, 'ada');
        const other = await harness.reopen(clock);
        expect(await other.keys.get(key.id)).toEqual(key);
        await other.close();
      });

      test('connections creating at the same time lose nothing', async ({ books, clock, harness }) => {
        const other = await harness.reopen(clock);
        const work = Array.from({ length: 20 }, (_, i) => (i % 2 ? other : books).keys.create({ name: `${i}` }, 'ada'));
        const keys = await Promise.all(work);
        expect(new Set(keys.map((created) => created.key.version)).size).toBe(20);
        expect(await books.keys.list()).toHaveLength(20);
        await other.close();
      });
    });

    describe('audit', () => {
      test('every change of a key leaves who, what, before and after, and no hash', async ({ books }) => {
        const { key } = await books.keys.create({ name: 'a' }, 'ada');
        await books.keys.change(key.id, { name: 'b' }, 'bob');
        await books.keys.revoke(key.id, 'eve');
        const entries = await books.audit.list({ subject: key.id });
        expect(entries.map((entry) => [entry.actor, entry.action])).toEqual([
          ['eve', 'key.revoke'],
          ['bob', 'key.change'],
          ['ada', 'key.create'],
        ]);
        expect(entries[1]).toMatchObject({ before: { name: 'a' }, after: { name: 'b' }, atMs: contractStartMs });
        expect(JSON.stringify(entries)).not.toContain(key.hash);
      });

      test('entries of others are appended and paged', async ({ books }) => {
        for (const subject of ['x', 'y', 'z']) {
          await books.audit.append({ actor: 'ada', action: 'price.change', subject, before: null, after: { a: 1 } });
        }
        const first = await books.audit.list({ limit: 2, actionPrefix: 'price.' });
        expect(first.map((entry) => entry.subject)).toEqual(['z', 'y']);
        const rest = await books.audit.list({ beforeSequence: first[1]?.sequence ?? 0 });
        expect(rest.map((entry) => entry.subject)).toEqual(['x']);
        expect(await books.audit.list({ actionPrefix: 'key.' })).toEqual([]);
      });
    });
  });
}

import { afterEach, describe, expect, test } from 'vitest';
import { keyRecord } from '../../test/fakes/key-record.ts';
import { BurnrateError, manualClock } from '../base/index.ts';
import { type KeyDirectory, type KeyRecord, keyDirectory } from './index.ts';
import { keyDirectoryLimits } from './key-directory.ts';
import { hashSecret } from './key-secret.ts';

const record = (secret: string, more: Partial<KeyRecord> = {}): KeyRecord =>
  keyRecord(secret, { hash: hashSecret(secret), ...more });

/** Books that count what they are asked and can be broken. */
function countingBooks(keys: KeyRecord[]) {
  const asked = { lookUps: 0, fetches: 0, broken: false };
  const refuse = () => {
    if (asked.broken) throw new BurnrateError('books_unavailable', { message: 'broken' });
  };
  return {
    asked,
    keys,
    async findByHash(hash: string) {
      asked.lookUps += 1;
      refuse();
      return keys.find((key) => key.hash === hash) ?? null;
    },
    async changedSince(version: number, limit: number) {
      asked.fetches += 1;
      refuse();
      return keys
        .filter((key) => key.version > version)
        .sort((a, b) => a.version - b.version)
        .slice(0, limit);
    },
  };
}

describe('keyDirectory', () => {
  let directory: KeyDirectory;
  const clock = manualClock(0);
  afterEach(() => directory.close());

  test('identifies what a refresh brought, without I/O', async () => {
    const books = countingBooks([record('br_a')]);
    directory = keyDirectory(books, clock);
    expect(directory.identify('br_a')).toBeNull();
    await directory.refresh();
    expect(directory.identify('br_a')?.id).toBe('key_br_a');
    expect(books.asked.lookUps).toBe(0);
  });

  test('a new key works at once through a look-up', async () => {
    const books = countingBooks([record('br_a')]);
    directory = keyDirectory(books, clock);
    expect((await directory.lookUp('br_a'))?.id).toBe('key_br_a');
    expect(directory.identify('br_a')?.id).toBe('key_br_a');
  });

  test('a wrong secret asks the books once until the miss expires', async () => {
    const books = countingBooks([]);
    directory = keyDirectory(books, clock);
    await Promise.all([directory.lookUp('br_x'), directory.lookUp('br_x')]);
    await directory.lookUp('br_x');
    expect(books.asked.lookUps).toBe(1);
    clock.advance(keyDirectoryLimits.missMs + 1);
    await directory.lookUp('br_x');
    expect(books.asked.lookUps).toBe(2);
  });

  test('what is no secret of ours never reaches the books', async () => {
    const books = countingBooks([]);
    directory = keyDirectory(books, clock);
    expect(await directory.lookUp('sk-proj-1')).toBeNull();
    expect(books.asked.lookUps).toBe(0);
  });

  test('a revoked key stops with the next refresh, and a late look-up does not bring it back', async () => {
    const books = countingBooks([record('br_a')]);
    directory = keyDirectory(books, clock);
    await directory.refresh();
    const stale = directory.lookUp('br_a');
    books.keys[0] = record('br_a', { revokedAtMs: 1, version: 2 });
    await directory.refresh();
    await stale;
    expect(directory.identify('br_a')).toBeNull();
    expect(await directory.lookUp('br_a')).toBeNull();
  });

  test('many wrong secrets at once are told to come back', async () => {
    const books = countingBooks([]);
    directory = keyDirectory(books, clock, { ...keyDirectoryLimits, lookUpsMax: 2 });
    const waiting = [directory.lookUp('br_1'), directory.lookUp('br_2')];
    await expect(directory.lookUp('br_3')).rejects.toMatchObject({ code: 'overloaded' });
    await Promise.all(waiting);
  });

  test('memory stays bounded', async () => {
    const books = countingBooks(Array.from({ length: 50 }, (_, i) => record(`br_${i}`, { version: i + 1 })));
    directory = keyDirectory(books, clock, { ...keyDirectoryLimits, keysMax: 10, missesMax: 1 });
    await directory.refresh();
    const known = books.keys.filter((key) => directory.identify(key.name));
    expect(known).toHaveLength(10);
    expect((await directory.lookUp('br_0'))?.name).toBe('br_0');
  });

  test('known keys outlive a loss of the books, but not for ever', async () => {
    const books = countingBooks([record('br_a')]);
    directory = keyDirectory(books, clock);
    await directory.refresh();
    books.asked.broken = true;
    await expect(directory.refresh()).rejects.toMatchObject({ code: 'books_unavailable' });
    clock.advance(keyDirectoryLimits.staleMsMax);
    expect(directory.identify('br_a')).not.toBeNull();
    clock.advance(1);
    expect(directory.identify('br_a')).toBeNull();
    await expect(directory.lookUp('br_a')).rejects.toMatchObject({ code: 'books_unavailable' });
  });
});

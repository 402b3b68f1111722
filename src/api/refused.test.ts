import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeApi } from '../../test/cases/fake-api.ts';
import { idSource } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import { aRefusedCall } from '../books/refused-calls.contract.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { openIdentify } from './index.ts';

const on = fakeApi();
let books: Books;

beforeEach(async () => {
  const { clock } = on.opened;
  books = await openSqliteBooks({ path: ':memory:', clock, ids: idSource(clock) });
  on.restart({ identify: openIdentify, books });
});
afterEach(() => books.close());

const asked = async (query: string) => {
  const { refused } = (await (await on.fetch(`/api/refused${query}`)).json()) as { refused: { id: string }[] };
  return refused;
};

test('refused calls are told as the books know them, newest first, by user and by budget', async () => {
  const ofBob = aRefusedCall(3, { attribution: { user: 'bob' }, budget: null, code: 'rate_limited' });
  await books.refusedCalls.keep([aRefusedCall(1), aRefusedCall(2), ofBob]);
  const { atMs: _, ...told } = ofBob;
  expect(await asked('')).toMatchObject([{ ...told, at: '1970-01-01T00:00:00.003Z' }, { callId: 'call_2' }, {}]);
  expect(await asked('?user=bob')).toHaveLength(1);
  expect((await asked('?budget=company&limit=1')).map(({ id }) => id)).toEqual(['refused_000002']);
});

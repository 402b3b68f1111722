import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BurnrateError, systemClock } from '../../base/index.ts';
import { dailyBudget } from '../budgets.contract.ts';
import { exchange } from '../exchange.ts';
import { BudgetAccount, budgetAccountLimits } from './budget-account.ts';
import { MemoryTables } from './memory-tables.ts';
import type { PotRef } from './pot.ts';

const pot: PotRef = { budget: 'daily', instance: '', unit: 'usd', hard: true, failOpen: false, limit: 100n };
const fixed = (amount: bigint) => () => ({ need: { usd: amount }, expected: { usd: amount } });
const limits = { ...budgetAccountLimits, tickMs: 5 };

describe('BudgetAccount', () => {
  let tables: MemoryTables;
  let lost = false;
  let turn: Promise<unknown> = Promise.resolve();
  let ids = 0;
  const accounts: BudgetAccount[] = [];

  const open = (holder: string) => {
    const account = new BudgetAccount({
      holder,
      nextLeaseId: () => `l${++ids}`,
      clock: systemClock,
      limits,
      books: {
        exchange: async (request) => {
          if (lost) throw new BurnrateError('books_unavailable', { message: 'lost' });
          // One after the other, as the write transactions of an engine are.
          const answer = turn.then(() => exchange(tables, request, systemClock.nowMs()));
          turn = answer.catch(() => undefined);
          return answer;
        },
      },
    });
    accounts.push(account);
    return account;
  };
  const ask = (holdId: string, amount: bigint, more: { pots?: PotRef[]; waitMsMax?: number } = {}) => ({
    holdId,
    pots: [pot],
    size: fixed(amount),
    admitted: false,
    waitMsMax: 2_000,
    ...more,
  });
  const balance = () => [...tables.balances.values()].map(({ posted, leased }) => ({ posted, leased }));
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  beforeEach(() => {
    tables = new MemoryTables();
    tables.definitions.set('daily', dailyBudget());
    lost = false;
  });
  afterEach(async () => {
    lost = false;
    for (const account of accounts.splice(0)) await account.close();
  });

  test('a call that would take more than is here gets the least it needs, without a word to the books', async () => {
    const account = open('j1');
    await account.hold(ask('a', 40n));
    account.void('a');
    const elastic = (headroom: bigint | null) => fixed(headroom !== null && headroom > 40n ? 80n : 40n)();
    expect(await account.hold({ ...ask('b', 0n), size: elastic })).toMatchObject({ ok: true });
  });

  test('the first call fetches money, what is spent is posted, and the rest goes back', async () => {
    const account = open('j1');
    const outcome = await account.hold(ask('a', 40n));
    expect(outcome).toMatchObject({ ok: true, entry: { kind: 'hold', shares: [{ amount: 40n, budget: 'daily' }] } });
    expect(account.post('a', { usd: 25n }, false)).toMatchObject({ kind: 'post', shares: [{ amount: 25n }] });
    expect(account.post('a', { usd: 25n }, false)).toBeNull();
    await until(() => balance().some((row) => row.posted === 25n && row.leased === 0n));
    expect(account.state.openHolds).toBe(0);
  });

  test('a call waits for money another process holds, first come first served', async () => {
    const one = open('j1');
    const two = open('j2');
    await one.hold(ask('a', 80n));
    const order: string[] = [];
    const waits = ['b', 'c'].map((id) => two.hold(ask(id, 50n)).then(() => order.push(id)));
    await until(() => two.waiting === 2);
    expect(two.tryHold(ask('d', 1n))).toBeNull();
    one.void('a');
    await Promise.all(waits);
    expect(order).toEqual(['b', 'c']);
  });

  test('a small call does not slip past one that waits for the same money', async () => {
    const account = open('j1');
    await account.hold(ask('a', 60n));
    await account.hold(ask('b', 30n));
    const waiting = account.hold(ask('c', 90n));
    account.void('b');
    expect(account.tryHold(ask('d', 5n))).toBeNull();
    account.void('a');
    expect(await waiting).toMatchObject({ ok: true });
  });

  test('what is held by others ends as contended, what is posted as exceeded', async () => {
    const one = open('j1');
    await one.hold(ask('a', 80n));
    const two = open('j2');
    expect(await two.hold(ask('b', 50n, { waitMsMax: 50 }))).toMatchObject({
      reason: 'contended',
      refusal: { budget: 'daily', limit: 100n, leased: 80n },
    });
    one.post('a', { usd: 80n }, false);
    await until(() => balance().some((row) => row.posted === 80n));
    expect(await two.hold(ask('c', 50n))).toMatchObject({ reason: 'exceeded', refusal: { spent: 80n } });
    expect(await two.hold(ask('d', 20n))).toMatchObject({ ok: true });
  });

  test('without the books a hard budget fails closed, and one that may stay open counts later', async () => {
    lost = true;
    const account = open('j1');
    await expect(account.hold(ask('a', 1n, { waitMsMax: 30 }))).rejects.toMatchObject({ code: 'books_unavailable' });
    const lenient = { ...pot, failOpen: true };
    expect(await account.hold(ask('b', 30n, { pots: [lenient] }))).toMatchObject({ ok: true });
    account.post('b', { usd: 30n }, false);
    lost = false;
    await until(() => balance().some((row) => row.posted === 30n));
  });

  test('a soft budget never waits', async () => {
    tables.definitions.set('daily', dailyBudget({ hard: false }));
    const account = open('j1');
    expect(account.tryHold(ask('a', 500n, { pots: [{ ...pot, hard: false }] }))).not.toBeNull();
    account.post('a', { usd: 500n }, false);
    await until(() => balance().some((row) => row.posted === 500n));
  });

  test('an extension takes its slice, waits for more, and gives up when there is none', async () => {
    const account = open('j1');
    await account.hold(ask('a', 40n));
    expect(await account.extend('a', { usd: 50n }, [pot], 1_000)).toMatchObject({ kind: 'extend' });
    expect(account.state.heldFor('a', 'usd')).toBe(90n);
    expect(await account.extend('a', { usd: 50n }, [pot], 40)).toBeNull();
    account.post('a', { usd: 1n }, false);
    expect(await account.extend('a', { usd: 1n }, [pot], 40)).toBeNull();
  });

  test('what admitted calls are expected to need is kept for them, so that they finish', async () => {
    const account = open('j1');
    const sized = (need: bigint, expected: bigint) => () => ({ need: { usd: need }, expected: { usd: expected } });
    expect(await account.hold({ ...ask('a', 20n), size: sized(20n, 60n) })).toMatchObject({ ok: true });
    expect(await account.hold({ ...ask('b', 20n, { waitMsMax: 40 }), size: sized(20n, 50n) })).toMatchObject({
      reason: 'contended',
    });
    expect(await account.hold({ ...ask('c', 20n), size: sized(20n, 40n) })).toMatchObject({ ok: true });
    expect(account.tryExtend('a', { usd: 40n })).not.toBeNull();
    expect(account.tryExtend('c', { usd: 20n })).not.toBeNull();
    expect(account.tryExtend('c', { usd: 1n })).toBeNull();
  });

  test('a caller that goes away leaves the line', async () => {
    const one = open('j1');
    await one.hold(ask('a', 100n));
    const controller = new AbortController();
    const waiting = open('j2').hold(ask('b', 50n), controller.signal);
    controller.abort();
    expect(await waiting).toEqual({ ok: false, reason: 'aborted' });
  });

  test('the line is bounded', async () => {
    lost = true;
    const account = new BudgetAccount({
      holder: 'j9',
      nextLeaseId: () => `l${++ids}`,
      clock: systemClock,
      limits: { ...limits, waitersMax: 1 },
      books: { exchange: () => new Promise(() => {}) },
    });
    const first = account.hold(ask('a', 1n, { waitMsMax: 20 })).catch((cause) => cause.code);
    await expect(account.hold(ask('b', 1n))).rejects.toMatchObject({ code: 'overloaded' });
    expect(await first).toBe('books_unavailable');
  });

  test('five hundred calls for two hundred calls of money: all of it is used and none of it twice', async () => {
    tables.definitions.set('daily', dailyBudget({ limit: 20_000n }));
    const workers = [open('j1'), open('j2'), open('j3'), open('j4')];
    let spent = 0n;
    let admitted = 0;
    const call = async (index: number) => {
      const account = workers[index % workers.length];
      const outcome = await account?.hold(
        ask(`h${index}`, 150n, { waitMsMax: 4_000, pots: [{ ...pot, limit: 20_000n }] }),
      );
      if (!outcome?.ok) return;
      admitted += 1;
      await new Promise((resolve) => setTimeout(resolve, index % 7));
      const bill = BigInt(60 + (index % 81));
      spent += bill;
      account?.post(`h${index}`, { usd: bill }, false);
    };
    await Promise.all(Array.from({ length: 500 }, (_, index) => call(index)));
    expect(spent).toBeLessThanOrEqual(20_000n);
    expect(spent).toBeGreaterThanOrEqual(19_400n);
    expect(admitted).toBeGreaterThan(190);
    await until(() => balance().some((row) => row.posted === spent && row.leased === 0n));
  });
});

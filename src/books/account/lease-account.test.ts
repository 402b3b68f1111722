import { beforeEach, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../base/index.ts';
import type { HoldEntry } from '../../tree/index.ts';
import { dailyBudget } from '../budgets.contract.ts';
import { exchange } from '../exchange.ts';
import { leaseTtlMs } from '../lease.ts';
import { accountLimits } from './account-limits.ts';
import type { HoldRequest } from './hold.ts';
import { LeaseAccount } from './lease-account.ts';
import { MemoryTables } from './memory-tables.ts';
import type { PotRef } from './pot.ts';
import { recoverLeases } from './recover.ts';

const pot: PotRef = { budget: 'daily', instance: '', unit: 'usd', hard: true, failOpen: false, limit: 100n };
const request = (holdId: string, amount: bigint, more: Partial<HoldRequest> = {}): HoldRequest => ({
  holdId,
  pots: [pot],
  need: { usd: amount },
  expected: { usd: amount },
  admitted: false,
  ...more,
});

/** Longer than a pot may be idle before it gives everything back. */
const quietMs = 4_000;

describe('LeaseAccount', () => {
  let tables: MemoryTables;
  let clock: ManualClock;
  let account: LeaseAccount;
  let ids = 0;

  beforeEach(() => {
    tables = new MemoryTables();
    tables.definitions.set('daily', dailyBudget());
    clock = manualClock(Date.UTC(2026, 2, 10, 12));
    account = new LeaseAccount({ holder: 'j1', nextLeaseId: () => `l${++ids}`, clock });
  });

  const talk = async (waiting: readonly HoldRequest[] = [], delayMs = 0) => {
    const message = account.nextExchange(waiting);
    if (!message) return [];
    const answer = await exchange(tables, message, clock.nowMs());
    clock.advance(delayMs);
    return account.apply(answer);
  };
  const balances = () => [...tables.balances.values()].map(({ posted, leased }) => [posted, leased]);

  test('nothing new is held once the books may have let the lease expire', async () => {
    await talk([request('a', 50n)]);
    clock.advance(leaseTtlMs - 1);
    expect(account.tryHold(request('a', 10n)).ok).toBe(true);
    clock.advance(1);
    expect(account.tryHold(request('b', 10n)).ok).toBe(false);
    expect(account.extend('a', { usd: 10n }).ok).toBe(false);
    await talk();
    expect(account.tryHold(request('b', 10n)).ok).toBe(true);
  });

  test('the time of a lease counts from before it was asked for', async () => {
    await talk([request('a', 50n)], 5_000);
    clock.advance(leaseTtlMs - 5_000);
    expect(account.tryHold(request('a', 10n)).ok).toBe(false);
  });

  test('the end of a period counts from before it was asked for, too', async () => {
    clock = manualClock(Date.UTC(2026, 2, 10, 23, 59, 50));
    account = new LeaseAccount({ holder: 'j1', nextLeaseId: () => `l${++ids}`, clock });
    await talk([request('a', 50n)], 4_000);
    clock.advance(5_999);
    expect(account.tryHold(request('a', 10n)).ok).toBe(true);
    clock.advance(1);
    expect(account.tryHold(request('b', 10n)).ok).toBe(false);
  });

  test('a call that runs over the end of its period extends from the new one, and each part is posted where it was held', async () => {
    clock = manualClock(Date.UTC(2026, 2, 10, 23, 59, 50));
    account = new LeaseAccount({ holder: 'j1', nextLeaseId: () => `l${++ids}`, clock });
    await talk([request('a', 50n)]);
    account.tryHold(request('a', 50n));
    clock.advance(20_000);
    expect(account.extend('a', { usd: 30n }).ok).toBe(false);
    await talk([request('a', 30n, { admitted: true })]);
    expect(account.extend('a', { usd: 30n }).ok).toBe(true);
    account.post('a', { usd: 70n }, false);
    clock.advance(quietMs);
    await talk();
    await talk();
    expect(balances()).toEqual([
      [50n, 0n],
      [20n, 0n],
    ]);
  });

  test('in the moment a period ends the next lease is of the new one', async () => {
    clock = manualClock(Date.UTC(2026, 2, 10, 23, 59, 50));
    account = new LeaseAccount({ holder: 'j1', nextLeaseId: () => `l${++ids}`, clock });
    await talk([request('a', 50n)]);
    clock.advance(10_000);
    await talk([request('b', 80n)]);
    expect(account.tryHold(request('b', 80n)).ok).toBe(true);
  });

  test('who has nothing to say is silent until it is time to name all leases again', async () => {
    clock.advance(accountLimits.listAllMs);
    await talk();
    clock.advance(accountLimits.listAllMs - 1);
    expect(account.nextExchange([])).toBeNull();
    clock.advance(1);
    expect(account.nextExchange([])).not.toBeNull();
  });

  test('a failed message is told again', async () => {
    await talk([request('a', 50n)]);
    account.tryHold(request('a', 50n));
    account.post('a', { usd: 30n }, false);
    expect(account.nextExchange([])).not.toBeNull();
    account.fail();
    expect(account.booksLost).toBe(true);
    clock.advance(quietMs);
    await talk();
    expect(balances()).toEqual([[30n, 0n]]);
  });

  test('idle money goes back while calls are in flight, at once when others wait for it', async () => {
    await talk([request('a', 90n)]);
    account.tryHold(request('a', 10n));
    const ask = { leaseId: 'other', budget: 'daily', instance: '', sequence: 1, need: 80n, want: 80n, size: 80n };
    const other = { holder: 'j2', settlements: [], asks: [[ask]] };
    expect((await exchange(tables, other, clock.nowMs())).refusals).toMatchObject([{ reason: 'contended' }]);
    await talk();
    expect(balances()).toEqual([[0n, 10n]]);
    expect((await exchange(tables, other, clock.nowMs())).leases).toHaveLength(1);
  });

  test('what calls like those of late set aside is kept for the next ones, and goes back when they stay away', async () => {
    await talk([request('a', 40n)]);
    account.tryHold(request('a', 40n));
    account.post('a', { usd: 1n }, false);
    await talk();
    expect(balances()).toEqual([[1n, 39n]]);
    for (let i = 0; i < 14; i++) {
      clock.advance(200);
      await talk();
    }
    const [[, leased] = []] = balances();
    expect(leased).toBeLessThan(20n);
    clock.advance(quietMs);
    await talk();
    expect(balances()).toEqual([[1n, 0n]]);
  });

  test('a lease opened by an answer that got lost is found and ended', async () => {
    await exchange(
      tables,
      {
        holder: 'j1',
        settlements: [],
        asks: [[{ leaseId: 'ghost', budget: 'daily', instance: '', sequence: 1, need: 40n, want: 40n, size: 40n }]],
      },
      clock.nowMs(),
    );
    clock.advance(10_000);
    await talk();
    await talk();
    expect(balances()).toEqual([[0n, 0n]]);
  });

  test('a unit the call does not name is not counted', () => {
    const quota = { ...pot, unit: 'interactions' as const };
    expect(account.tryHold(request('a', 1n, { pots: [quota] })).ok).toBe(true);
    expect(account.post('a', { usd: 1n }, false)).toMatchObject({ shares: [] });
  });

  test('a checkpoint stands for everything before it', async () => {
    const entries: HoldEntry[] = [];
    const hold = (id: string, amount: bigint) => {
      const held = account.tryHold(request(id, amount));
      if (held.ok) entries.push(held.entry);
    };
    await talk([request('a', 90n)]);
    hold('a', 30n);
    hold('b', 20n);
    entries.push(account.post('a', { usd: 25n }, false) as HoldEntry);
    const fromAll = recoverLeases(entries);
    expect(fromAll.finals).toMatchObject([{ budget: 'daily', spent: 45n }]);
    expect(fromAll.openHolds).toMatchObject([{ holdId: 'b' }]);
    expect(recoverLeases([account.checkpoint()])).toEqual(fromAll);
    expect(recoverLeases([...entries, account.checkpoint(), ...entries.slice(-1)]).finals).toMatchObject([
      { spent: 45n },
    ]);
  });

  test('a resolution repeated in a journal counts once', () => {
    const shares = [{ leaseId: 'l', budget: 'daily', instance: '', amount: 10n }];
    const post: HoldEntry = { kind: 'post', holdId: 'a', shares, estimated: false };
    expect(recoverLeases([{ kind: 'hold', holdId: 'a', shares }, post, post]).finals).toMatchObject([{ spent: 10n }]);
    expect(
      recoverLeases([
        { kind: 'hold', holdId: 'a', shares },
        { kind: 'void', holdId: 'a' },
      ]).finals,
    ).toMatchObject([{ spent: 0n }]);
  });
});

import { describe, expect } from 'vitest';
import type { BudgetDefinition } from '../tree/index.ts';
import { type BooksHarness, booksTest, contractStartMs } from './books.contract.ts';
import { type LeaseAsk, leaseTtlMs, type Settlement } from './lease.ts';

export const dailyBudget = (more: Partial<BudgetDefinition> = {}): BudgetDefinition => ({
  name: 'daily',
  scope: {},
  per: [],
  unit: 'usd',
  limit: 100n,
  period: { kind: 'day', timeZone: 'UTC', rolling: false },
  hard: true,
  failOpen: false,
  brake: [],
  ...more,
});

const ask = (leaseId: string, need: bigint, more: Partial<LeaseAsk> = {}): LeaseAsk => ({
  leaseId,
  budget: 'daily',
  instance: '',
  sequence: 1,
  need,
  want: need,
  size: need,
  ...more,
});

const settlement = (leaseId: string, sequence: number, spent: bigint, more: Partial<Settlement> = {}): Settlement => ({
  leaseId,
  budget: 'daily',
  instance: '',
  sequence,
  spent,
  returned: 0n,
  close: false,
  ...more,
});

/** What the books promise about budgets and leases, against one engine. */
export function budgetsContract(engine: string, createHarness: () => BooksHarness): void {
  describe(`budgets on ${engine}`, () => {
    const test = booksTest(createHarness)
      .extend('books', async ({ books }) => {
        await books.budgets.put(dailyBudget(), 'ada');
        return books;
      })
      .extend('lease', ({ books }) => (holder: string, ...asks: LeaseAsk[]) => {
        return books.budgets.exchange({ holder, settlements: [], asks: [asks] });
      })
      .extend('settle', ({ books }) => (holder: string, ...settlements: Settlement[]) => {
        return books.budgets.exchange({ holder, settlements, asks: [] });
      })
      .extend('balance', ({ books, clock }) => async () => {
        const rows = await books.budgets.balances({ budget: 'daily', countingAtMs: clock.nowMs() });
        return rows.map(({ posted, estimated, leased }) => ({ posted, estimated, leased }));
      });

    describe('definitions', () => {
      test('changes are audited and numbered; the same definition again changes nothing', async ({ books }) => {
        expect(await books.budgets.put(dailyBudget(), 'ada')).toMatchObject({ ok: true, changed: false });
        await books.budgets.put(dailyBudget({ limit: 10n ** 30n }), 'bob');
        const record = await books.budgets.get('daily');
        expect(record?.definition.limit).toBe(10n ** 30n);
        expect(await books.budgets.changedSince((record?.version ?? 0) - 1, 10)).toEqual([record]);
        const entries = await books.audit.list({ subject: 'daily' });
        expect(entries.map((entry) => [entry.actor, entry.action])).toEqual([
          ['bob', 'budget.change'],
          ['ada', 'budget.create'],
        ]);
      });

      test('the file owns its budgets; what it no longer names is removed', async ({ books }) => {
        const file = [dailyBudget({ name: 'a' }), dailyBudget({ name: 'b' })];
        expect(await books.budgets.adoptFile(file, 'file')).toBe(2);
        expect(await books.budgets.adoptFile(file, 'file')).toBe(0);
        expect(await books.budgets.put(dailyBudget({ name: 'a', limit: 1n }), 'ada')).toMatchObject({
          ok: false,
          reason: 'owned_by_file',
        });
        expect(await books.budgets.remove('a', 'ada')).toBeNull();
        expect(await books.budgets.adoptFile([dailyBudget({ name: 'b' })], 'file')).toBe(1);
        expect((await books.budgets.list()).map((record) => record.definition.name)).toEqual(['b', 'daily']);
        expect((await books.budgets.changedSince(0, 10)).map((record) => record.removedAtMs !== null)).toContain(true);
      });

      test('an API budget is removed once', async ({ books, lease }) => {
        expect((await books.budgets.remove('daily', 'ada'))?.removedAtMs).toBe(contractStartMs);
        expect(await books.budgets.remove('daily', 'ada')).toBeNull();
        const refused = await lease('j1', ask('l1', 1n));
        expect(refused.refusals).toMatchObject([{ reason: 'no_budget' }]);
      });
    });

    describe('leases', () => {
      test('grants what is needed, and of what is wanted only a part of what would be left', async ({
        lease,
        balance,
      }) => {
        const answer = await lease('j1', ask('l1', 20n, { want: 90n }));
        expect(answer.leases).toMatchObject([{ leaseId: 'l1', state: 'open', granted: 30n, room: 70n, limit: 100n }]);
        expect(answer.leases[0]?.periodEndsInMs).toBe(12 * 3_600_000);
        expect(await balance()).toEqual([{ posted: 0n, estimated: 0n, leased: 30n }]);
      });

      test('an ask repeated grants nothing twice', async ({ lease, balance }) => {
        await lease('j1', ask('l1', 60n));
        await lease('j1', ask('l1', 60n));
        expect(await balance()).toEqual([{ posted: 0n, estimated: 0n, leased: 60n }]);
      });

      test('refuses as contended what others hold, and as exceeded what is posted', async ({ lease, settle }) => {
        await lease('j1', ask('l1', 60n));
        const contended = await lease('j2', ask('l2', 50n));
        expect(contended).toMatchObject({ leases: [], refusals: [{ reason: 'contended', leased: 60n, spent: 0n }] });
        const told = await settle('j1', settlement('l1', 2, 60n, { close: true }));
        expect(told.leases).toMatchObject([{ contended: true, room: 40n }]);
        const exceeded = await lease('j2', ask('l2', 50n));
        expect(exceeded.refusals).toMatchObject([
          { reason: 'exceeded', spent: 60n, leased: 0n, limit: 100n, resetsInMs: 12 * 3_600_000, unit: 'usd' },
        ]);
      });

      test('several budgets are granted all or none', async ({ books, lease, balance }) => {
        await books.budgets.put(dailyBudget({ name: 'small', limit: 5n }), 'ada');
        const both = await lease('j1', ask('l1', 10n), ask('l2', 10n, { budget: 'small' }));
        expect(both.refusals).toMatchObject([{ budget: 'small', reason: 'exceeded' }]);
        expect(await balance()).toEqual([]);
        const fitting = await lease('j1', ask('l1', 5n), ask('l2', 5n, { budget: 'small' }));
        expect(fitting.leases.map((view) => view.granted)).toEqual([5n, 5n]);
      });

      test('settlements are totals: repeated and overtaken ones change nothing', async ({ lease, settle, balance }) => {
        await lease('j1', ask('l1', 50n));
        await settle('j1', settlement('l1', 3, 20n));
        await settle('j1', settlement('l1', 3, 20n), settlement('l1', 2, 10n));
        expect(await balance()).toEqual([{ posted: 20n, estimated: 0n, leased: 30n }]);
        await settle('j1', settlement('l1', 4, 25n, { returned: 5n }));
        expect(await balance()).toEqual([{ posted: 25n, estimated: 0n, leased: 20n }]);
        await settle('j1', settlement('l1', 5, 30n, { returned: 5n, close: true }));
        await settle('j1', settlement('l1', 6, 40n, { returned: 5n }));
        expect(await balance()).toEqual([{ posted: 30n, estimated: 0n, leased: 0n }]);
      });

      test('nobody else settles a lease or draws from it', async ({ lease, settle, balance }) => {
        await lease('j1', ask('l1', 50n));
        await settle('thief', settlement('l1', 9, 50n));
        expect((await lease('thief', ask('l1', 60n))).refusals).toMatchObject([{ reason: 'lease_ended' }]);
        expect(await balance()).toEqual([{ posted: 0n, estimated: 0n, leased: 50n }]);
      });

      test('more than was granted is posted in full and closes the budget', async ({ lease, settle }) => {
        await lease('j1', ask('l1', 100n));
        const answer = await settle('j1', settlement('l1', 2, 130n));
        expect(answer.leases).toMatchObject([{ room: -30n, spent: 130n }]);
        expect((await lease('j2', ask('l2', 1n))).refusals).toMatchObject([{ reason: 'exceeded', spent: 130n }]);
      });

      test('a soft budget is spent first and told later', async ({ books, lease, settle }) => {
        await books.budgets.put(dailyBudget({ hard: false }), 'ada');
        const answer = await settle('j1', settlement('l1', 1, 130n));
        expect(answer.leases).toMatchObject([{ state: 'open', room: -30n }]);
        expect((await lease('j1', ask('l2', 40n))).leases).toMatchObject([{ granted: 40n }]);
      });

      test('a holder that asks gets to see leases it forgot', async ({ books, lease }) => {
        await lease('j1', ask('l1', 10n));
        const answer = await books.budgets.exchange({ holder: 'j1', settlements: [], asks: [], listAll: true });
        expect(answer.leases.map((view) => view.leaseId)).toEqual(['l1']);
        const other = await books.budgets.exchange({ holder: 'j2', settlements: [], asks: [], listAll: true });
        expect(other.leases).toEqual([]);
      });

      test('two connections never grant more than the limit', async ({ books, clock, harness, balance }) => {
        const other = await harness.reopen(clock);
        const asks = Array.from({ length: 30 }, (_, i) =>
          (i % 2 ? other : books).budgets.exchange({
            holder: `j${i}`,
            settlements: [],
            asks: [[ask(`l${i}`, 9n)]],
          }),
        );
        const answers = await Promise.all(asks);
        expect(answers.filter((answer) => answer.leases.length === 1)).toHaveLength(11);
        expect(await balance()).toEqual([{ posted: 0n, estimated: 0n, leased: 99n }]);
        await other.close();
      });
    });

    describe('expiry, release and takeover', () => {
      test('a lease expires into estimated spent, never into available; its holder can bring it back', async ({
        books,
        clock,
        lease,
        settle,
        balance,
      }) => {
        await lease('j1', ask('l1', 60n));
        clock.advance(leaseTtlMs + 1);
        expect(await books.budgets.expireOverdue()).toBe(1);
        expect(await balance()).toEqual([{ posted: 0n, estimated: 60n, leased: 0n }]);
        expect((await lease('j2', ask('l2', 50n))).refusals).toMatchObject([{ reason: 'exceeded', spent: 60n }]);
        const back = await settle('j1', settlement('l1', 2, 10n));
        expect(back.leases).toMatchObject([{ state: 'open', expiresInMs: leaseTtlMs }]);
        expect(await balance()).toEqual([{ posted: 10n, estimated: 0n, leased: 50n }]);
      });

      test('only an expired lease can be released, on record; what its holder still spends is posted', async ({
        books,
        clock,
        lease,
        settle,
      }) => {
        await lease('j1', ask('l1', 60n));
        expect(await books.budgets.release('l1', 'host burned', 'ada')).toMatchObject({ reason: 'not_expired' });
        expect(await books.budgets.release('nope', 'x', 'ada')).toEqual({ ok: false, reason: 'not_found' });
        clock.advance(leaseTtlMs + 1);
        await books.budgets.expireOverdue();
        expect(await books.budgets.release('l1', 'host burned', 'ada')).toMatchObject({ ok: true, released: 60n });
        const [entry] = await books.audit.list({ actionPrefix: 'lease.' });
        expect(entry).toMatchObject({ actor: 'ada', subject: 'l1', after: { amount: '60', reason: 'host burned' } });
        expect((await lease('j2', ask('l2', 100n))).leases).toHaveLength(1);
        const late = await settle('j1', settlement('l1', 2, 15n));
        expect(late.leases).toMatchObject([{ state: 'released', room: -15n }]);
        expect((await lease('j1', ask('l1', 70n, { sequence: 3 }))).refusals).toMatchObject([
          { reason: 'lease_ended' },
        ]);
      });

      test.for([
        [true, { posted: 25n, estimated: 0n, leased: 0n }],
        [false, { posted: 60n, estimated: 0n, leased: 0n }],
      ] as const)(
        'a takeover (journal intact: %s) ends the leases by what the journal says',
        async ([intact, expected], { books, lease, settle, balance }) => {
          await lease('j1', ask('l1', 60n));
          await settle('j1', settlement('l1', 2, 10n));
          const finals = [{ leaseId: 'l1', budget: 'daily', instance: '', spent: 25n, open: 5n }];
          expect(await books.budgets.takeOver({ holder: 'j1', finals, intact }, 'j2')).toHaveLength(1);
          expect(await books.budgets.takeOver({ holder: 'j1', finals, intact }, 'j3')).toHaveLength(0);
          await settle('j1', settlement('l1', 9, 60n));
          expect(await balance()).toEqual([expected]);
        },
      );

      test('holds left open in a journal that lost its end spend no more than was granted', async ({
        books,
        lease,
        settle,
        balance,
      }) => {
        await lease('j1', ask('l1', 60n));
        await settle('j1', settlement('l1', 2, 50n));
        const finals = [{ leaseId: 'l1', budget: 'daily', instance: '', spent: 90n, open: 45n }];
        await books.budgets.takeOver({ holder: 'j1', finals, intact: false }, 'j2');
        expect(await balance()).toEqual([{ posted: 60n, estimated: 0n, leased: 0n }]);
      });

      test('a takeover posts what the books never heard of', async ({ books, balance }) => {
        const finals = [{ leaseId: 'l1', budget: 'daily', instance: '', spent: 25n, open: 5n }];
        await books.budgets.takeOver({ holder: 'j1', finals, intact: true }, 'j2');
        await books.budgets.takeOver({ holder: 'j1', finals, intact: true }, 'j2');
        expect(await balance()).toEqual([{ posted: 25n, estimated: 0n, leased: 0n }]);
      });

      test('what a dead holder said before its takeover opens nothing when it arrives after', async ({
        books,
        balance,
      }) => {
        const late = [settlement('soft', 1, 5n)];
        await books.budgets.takeOver({ holder: 'j1', finals: [], intact: true }, 'j2');
        const answer = await books.budgets.exchange({ holder: 'j1', settlements: late, asks: [[ask('l1', 80n)]] });
        expect(answer).toMatchObject({ leases: [], refusals: [{ group: 0, leaseId: 'l1', reason: 'lease_ended' }] });
        expect(await balance()).toEqual([]);
      });
    });

    describe('periods and changes', () => {
      test('a new period has its own count; what was held in the old one is posted there', async ({
        clock,
        lease,
        settle,
        balance,
      }) => {
        await lease('j1', ask('l1', 80n));
        clock.advance(12 * 3_600_000);
        expect((await lease('j1', ask('l1', 90n))).refusals).toMatchObject([{ reason: 'period_over' }]);
        expect((await lease('j1', ask('l2', 90n))).leases).toHaveLength(1);
        const answer = await settle('j1', settlement('l1', 5, 70n));
        expect(answer.leases).toMatchObject([{ periodEndsInMs: 0 }]);
        expect(await balance()).toEqual([{ posted: 0n, estimated: 0n, leased: 90n }]);
      });

      test('a clock set back does not reopen a period', async ({ clock, lease }) => {
        await lease('j1', ask('l1', 80n));
        clock.advance(12 * 3_600_000);
        await lease('j1', ask('l2', 90n));
        clock.stepWall(-3_600_000);
        expect((await lease('j1', ask('l3', 20n))).refusals).toMatchObject([{ reason: 'contended', leased: 90n }]);
        // What the latest period has left can be spent all the same.
        expect((await lease('j1', ask('l4', 10n))).leases).toMatchObject([{ granted: 10n, room: 0n }]);
      });

      test('a rolling window counts the buckets before', async ({ books, clock, lease, settle }) => {
        await books.budgets.put(dailyBudget({ period: { kind: 'hour', timeZone: 'UTC', rolling: true } }), 'ada');
        await lease('j1', ask('l1', 80n));
        await settle('j1', settlement('l1', 2, 80n, { close: true }));
        clock.advance(59 * 60_000);
        expect((await lease('j1', ask('l2', 30n))).refusals).toMatchObject([{ reason: 'exceeded', spent: 80n }]);
        clock.advance(3 * 60_000);
        expect((await lease('j1', ask('l3', 30n))).leases).toHaveLength(1);
      });

      test('a lowered limit takes effect at once', async ({ books, lease, settle }) => {
        await lease('j1', ask('l1', 80n));
        await books.budgets.put(dailyBudget({ limit: 50n }), 'ada');
        expect((await settle('j1', settlement('l1', 2, 0n))).leases).toMatchObject([{ limit: 50n, room: -30n }]);
        expect((await lease('j1', ask('l1', 81n, { sequence: 3 }))).refusals).toHaveLength(1);
        await books.budgets.put(dailyBudget({ limit: 500n }), 'ada');
        expect((await lease('j1', ask('l1', 81n, { sequence: 4 }))).leases).toHaveLength(1);
      });

      test('a changed period starts a count of its own, and leases of the old rule end', async ({
        books,
        lease,
        settle,
      }) => {
        await lease('j1', ask('l1', 80n));
        await books.budgets.put(dailyBudget({ period: { kind: 'month', timeZone: 'UTC', rolling: false } }), 'ada');
        expect((await settle('j1', settlement('l1', 2, 0n))).leases).toMatchObject([{ periodEndsInMs: 0, room: 0n }]);
        expect((await lease('j1', ask('l1', 90n, { sequence: 3 }))).refusals).toMatchObject([
          { reason: 'period_over' },
        ]);
        expect((await lease('j1', ask('l2', 100n))).leases).toHaveLength(1);
      });

      test('instances are counted apart', async ({ books, lease }) => {
        await books.budgets.put(dailyBudget({ per: ['user'] }), 'ada');
        await lease('j1', ask('l1', 100n, { instance: 'user=a' }));
        expect((await lease('j1', ask('l2', 100n, { instance: 'user=b' }))).leases).toHaveLength(1);
        expect(await books.budgets.balances({ instance: 'user=b' })).toHaveLength(1);
        const [first] = await books.budgets.balances({ limit: 1 });
        const rest = await books.budgets.balances(
          first ? { after: { account: first.account, periodStartMs: first.period.startMs } } : {},
        );
        expect(rest.map((row) => row.account.instance)).toEqual(['user=b']);
      });

      test('pruning keeps what still counts, what is leased, and the newest of each account', async ({
        books,
        clock,
        lease,
        settle,
      }) => {
        await lease('j1', ask('l1', 80n));
        await settle('j1', settlement('l1', 2, 10n, { close: true }));
        clock.advance(24 * 3_600_000);
        await lease('j1', ask('l2', 80n));
        clock.advance(10 * 24 * 3_600_000);
        expect(await books.budgets.prune(clock.nowMs())).toEqual({ balances: 1, leases: 1 });
        expect(await books.budgets.prune(clock.nowMs())).toEqual({ balances: 0, leases: 0 });
        expect(await books.budgets.leases({ state: 'open', holder: 'j1', budget: 'daily' })).toHaveLength(1);
      });
    });
  });
}

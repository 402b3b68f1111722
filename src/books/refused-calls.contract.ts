import { describe, expect } from 'vitest';
import type { RefusedCall } from '../tree/index.ts';
import { type BooksHarness, booksTest } from './books.contract.ts';
import { refusedCallLimits } from './refused-calls.ts';

export function aRefusedCall(number: number, changes: Partial<RefusedCall> = {}): RefusedCall {
  return {
    ...{ id: `refused_${String(number).padStart(6, '0')}`, callId: `call_${number}`, atMs: number, run: 'run_1' },
    ...{ code: 'budget_exceeded', message: 'Nothing is left.', keyId: 'key_1', attribution: { user: 'ada' } },
    ...{ provider: 'openai', model: 'gpt-5-nano' },
    budget: {
      ...{ name: 'company', instance: '', unit: 'usd', limit: '1', remaining: '0', held: '0', resetsAt: null },
    },
    holds: [{ callId: 'call_0', attemptId: 'att_0', user: null, amount: '0.5' }],
    holdsInAll: 1,
    ...changes,
  };
}

/** What the books promise about calls that were refused. */
export function refusedCallsContract(engine: string, createHarness: () => BooksHarness): void {
  describe(`refused calls in books on ${engine}`, () => {
    const test = booksTest(createHarness);
    const of = (user: string, numbers: readonly number[]) =>
      numbers.map((number) => aRefusedCall(number, { attribution: { user } }));
    const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

    test('they outlive a restart, newest first', async ({ books, harness, clock }) => {
      await books.refusedCalls.keep([aRefusedCall(1), aRefusedCall(2, { budget: null, attribution: {} })]);
      const again = await harness.reopen(clock);
      const known = await again.refusedCalls.list({ limit: 10 });
      await again.close();
      expect(known).toEqual([aRefusedCall(2, { budget: null, attribution: {} }), aRefusedCall(1)]);
    });

    test('what is told twice is kept once', async ({ books }) => {
      await books.refusedCalls.keep([aRefusedCall(1), aRefusedCall(2)]);
      await books.refusedCalls.keep([aRefusedCall(2), aRefusedCall(3)]);
      await books.refusedCalls.keep([]);
      expect(await books.refusedCalls.list({ limit: 10 })).toHaveLength(3);
    });

    test('of one user, of one budget, no more than asked for', async ({ books }) => {
      const others = aRefusedCall(9, { budget: null, attribution: { user: 'bob' } });
      await books.refusedCalls.keep([aRefusedCall(1), aRefusedCall(2), others]);
      expect(await books.refusedCalls.list({ user: 'bob', limit: 10 })).toEqual([others]);
      expect(await books.refusedCalls.list({ budget: 'company', limit: 1 })).toEqual([aRefusedCall(2)]);
      expect(await books.refusedCalls.list({ user: 'bob', budget: 'company', limit: 1 })).toEqual([]);
    });

    test('a caller who tries again and again hides nobody else', async ({ books }) => {
      await books.refusedCalls.keep(of('ada', [1]));
      for (let at = 2; at < 400; at += 100) await books.refusedCalls.keep(of('bob', range(at, 100)));
      const known = await books.refusedCalls.list({ limit: 1_000 });
      expect(known.filter(({ attribution }) => attribution.user === 'ada')).toHaveLength(1);
      const bobs = known.filter(({ attribution }) => attribution.user === 'bob');
      expect(bobs.map(({ atMs }) => atMs)).toEqual(range(382, refusedCallLimits.perCallerMax).toReversed());
    });

    test('the oldest of all are forgotten beyond the limit, and what is too old', async ({ books }) => {
      const { keptMax, atOnceMax } = refusedCallLimits;
      for (let at = 0; at < keptMax + atOnceMax; at += atOnceMax) {
        const batch = range(at, atOnceMax).map((number) =>
          aRefusedCall(number, { attribution: { user: `u${number}` } }),
        );
        await books.refusedCalls.keep(batch);
      }
      const known = await books.refusedCalls.list({ limit: keptMax + 1 });
      expect([known.length, known.at(-1)?.atMs]).toEqual([keptMax, atOnceMax]);
      expect(await books.refusedCalls.prune(keptMax)).toBe(keptMax - atOnceMax);
      expect(await books.refusedCalls.list({ limit: keptMax })).toHaveLength(atOnceMax);
    });
  });
}

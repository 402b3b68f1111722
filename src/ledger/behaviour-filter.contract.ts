import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import type { Attempt } from '../tree/index.ts';
import type { BehaviourFilter } from './ledger.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';

const weekMs = 7 * 86_400_000;
const mondayMs = Date.UTC(2026, 2, 2);

const call = (id: string, atMs: number, changes: Partial<Attempt>) =>
  caseAttempt(id, { startedAtMs: caseStartMs + atMs, ...changes });

/** Ada comes in the first week with a session of two interactions, one of them drafted twice; Bob in the second. */
const attempts: readonly Attempt[] = [
  call('1', 0, { user: 'ada', session: 's1', interaction: 'i1', fingerprint: 'f1' }),
  call('2', 1_000, { user: 'ada', session: 's1', interaction: 'i1', fingerprint: 'f2' }),
  call('3', 2_000, { user: 'ada', session: 's1', interaction: 'i2', fingerprint: 'f3', durationMs: 5_000 }),
  call('4', weekMs, { user: 'bob', session: 's2', interaction: 'i3', fingerprint: 'f4', team: 'blue' }),
  call('5', 2 * weekMs, { user: 'ada', session: 's3', interaction: 'i4', fingerprint: 'f3' }),
  call('6', 3_000, { user: 'ada', fingerprint: 'f3' }),
  call('7', 20_000, { user: 'ada', fingerprint: 'f3' }),
];

/** From the second week on. */
const later = { fromMs: mondayMs + weekMs, toMs: march.toMs };

const cohort = (week: number, range = march) => ({ range, of: 'cohort', weekMs: mondayMs + week * weekMs }) as const;
const many = (of: 'depth' | 'chain', count: number, orMore = false) => ({ range: march, of, count, orMore }) as const;
const repeat = (how: 'overlapping' | 'soonAfter' | 'either') =>
  ({ range: march, of: 'repeat', how, soonMs: 30_000 }) as const;

/** What every ledger engine lists behind a figure of behaviour. */
export function behaviourFilterContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`filters by behaviour: ${name}`, () => {
    const under = useLedger(open);

    test.each<[string, BehaviourFilter, string[]]>([
      ['users of the first week', cohort(0), ['1', '2', '3', '5', '6', '7']],
      ['users of the second week', cohort(1), ['4']],
      ['users of a week in which only known ones came', cohort(2), []],
      ['users new in the third week to who looks from the second on', cohort(2, later), ['1', '2', '3', '5', '6', '7']],
      ['sessions of one interaction', many('depth', 1), ['4', '5']],
      ['sessions of two and more', many('depth', 2, true), ['1', '2', '3']],
      ['interactions of two runs', many('chain', 2), ['1', '2']],
      ['requests sent again while the first ran', repeat('overlapping'), ['6']],
      ['requests sent again soon after', repeat('soonAfter'), ['7']],
      ['both', repeat('either'), ['6', '7']],
    ])('%s', async (_, behaved, ids) => {
      await under.append(...attempts);
      const found = await under.ledger.newestCalls({ range: march, where: {}, behaved }, { limit: 100 });
      expect(found.map(({ callId }) => callId.replace('call_', '')).sort()).toEqual(ids);
      const mine = attempts.filter(({ attemptId }) => ids.includes(attemptId.replace('att_', '')));
      const { total } = await under.costs([], { behaved });
      expect([total.attempts, total.cost]).toEqual([ids.length, cost(mine)]);
      const byLine = await under.costs(['line'], { behaved });
      expect(byLine.total.cost).toEqual(cost(mine));
    });

    test('it is told of what the other filters leave, of a part of the range, and of runs', async () => {
      await under.append(...attempts);
      const blue = { range: march, where: { team: ['blue'] }, behaved: cohort(0) };
      expect((await under.ledger.costs({ ...blue, by: [] })).total.attempts).toBe(0);
      const thirdWeek = { fromMs: mondayMs + 2 * weekMs, toMs: march.toMs };
      const later = await under.costs(['user'], { range: thirdWeek, behaved: cohort(0) });
      expect(later.rows.map((row) => [row.dimensions.user, row.calls])).toEqual([['ada', 1]]);
      const runs = await under.ledger.newestRuns({ range: march, where: {}, behaved: cohort(1) }, { limit: 10 });
      expect(runs.map(({ run }) => run)).toEqual(['run_4']);
    });

    test('users who were seen are known though their first attempts are gone', async () => {
      await under.append(...attempts);
      await under.ledger.applyRetention({ keepAttemptsMs: 10 * 86_400_000 }, mondayMs + 2 * weekMs + 86_400_000);
      const found = await under.ledger.newestCalls({ range: march, where: {}, behaved: cohort(0) }, { limit: 100 });
      expect(found.map(({ callId }) => callId)).toEqual(['call_5']);
    });
  });
}

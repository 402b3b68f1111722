import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { toDecimal } from '../../money/index.ts';
import { readBehaviour } from './behaviour.ts';
import { concentration } from './concentration.ts';

describe('concentration', () => {
  test.each([
    ['all alike', [1, 1, 1, 1], 0, 0.2],
    ['one makes all', [0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 0.9, 1],
    ['1 to 4', [1, 2, 3, 4], 0.25, 0.32],
    ['nobody', [], 0, 0.2],
  ])('%s', (_, costs, gini, topFifth) => {
    const found = concentration(costs);
    expect(found.gini).toBeCloseTo(gini, 10);
    expect(found.top.find((each) => each.users === 0.2)?.cost).toBeCloseTo(topFifth, 10);
  });

  test('the curve rises from 0 to 1 and never above the diagonal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), (costs) => {
        const { lorenz, gini } = concentration(costs);
        expect([lorenz[0]?.cost, lorenz.at(-1)?.cost]).toEqual([0, 1]);
        for (const { users, cost } of lorenz) expect(cost).toBeLessThanOrEqual(users + 1e-9);
        expect(gini).toBeGreaterThanOrEqual(-1e-9);
        expect(gini).toBeLessThan(1);
      }),
    );
  });
});

describe('on a ledger', () => {
  const on = economicLedger();
  const weekMs = 7 * 86_400_000;

  test('depth, chains, and cohorts with new and steady users', async () => {
    const call = (id: string, user: string, interaction: string, week = 0) =>
      caseAttempt(id, { user, session: `s_${user}_${week}`, interaction, startedAtMs: caseStartMs + week * weekMs });
    await on.append([
      call('1', 'u1', 'i1'),
      call('2', 'u1', 'i1'),
      call('3', 'u1', 'i2'),
      call('4', 'u1', 'i3', 1),
      call('5', 'u2', 'i4', 1),
      call('6', 'u2', 'i5', 1),
      call('7', 'u2', 'i6', 2),
      caseAttempt('8'),
    ]);
    const found = await readBehaviour(on.ledger, { range: march, timeZone: 'UTC', where: {} });
    expect(found.depth).toEqual([
      { value: 1, orMore: false, count: 2 },
      { value: 2, orMore: false, count: 2 },
    ]);
    expect(found.chains).toEqual([
      { value: 1, orMore: false, count: 5 },
      { value: 2, orMore: false, count: 1 },
    ]);
    expect(found.cohorts.map(({ week, users, weeks }) => [week, users, weeks.map((each) => each.week)])).toEqual([
      ['2026-03-02', 1, ['2026-03-02', '2026-03-09']],
      ['2026-03-09', 1, ['2026-03-09', '2026-03-16']],
    ]);
    // u2 made two calls in the first week and one in the next; u1's first week may not have been the first.
    expect([found.newUserWeek, found.steadyUserWeek].map((cost) => cost && toDecimal(cost))).toEqual([
      '0.00855',
      '0.004275',
    ]);
    expect(found.concentration.users).toBe(2);
  });
});

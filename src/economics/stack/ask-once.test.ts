import { expect, test, vi } from 'vitest';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { askOnce } from './ask-once.ts';

const under = economicLedger();

test('equal questions of one request are one question, others are not', async () => {
  const costs = vi.spyOn(under.ledger, 'costsBy');
  const asked = askOnce(under.ledger);
  const query = { range: march, where: {}, by: [] };
  const [first, second] = await Promise.all([asked.costs(query), asked.costs({ by: [], where: {}, range: march })]);
  expect(second).toBe(first);
  await asked.costs({ ...query, by: ['team'] });
  await askOnce(under.ledger).costs(query);
  expect(costs).toHaveBeenCalledTimes(3);
});

test('groupings of one question that are asked at once are asked together, each once', async () => {
  const users = vi.spyOn(under.ledger, 'users');
  const asked = askOnce(under.ledger);
  const query = { range: march, where: {} };
  const [both, again] = await Promise.all([
    asked.users(query, [[], ['plan']]),
    askOnce(asked).users({ where: {}, range: march }, [['plan'], ['team']]),
  ]);
  expect(again[0]).toBe(both[1]);
  expect(await asked.users(query, [['team']])).toEqual([again[1]]);
  expect(users.mock.calls).toEqual([[query, [[], ['plan'], ['team']]]]);
});

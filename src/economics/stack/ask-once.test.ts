import { expect, test, vi } from 'vitest';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { askOnce } from './ask-once.ts';

const under = economicLedger();

test('equal questions of one request are one question, others are not', async () => {
  const costs = vi.spyOn(under.ledger, 'costs');
  const asked = askOnce(under.ledger);
  const query = { range: march, where: {}, by: [] };
  const [first, second] = await Promise.all([asked.costs(query), asked.costs({ by: [], where: {}, range: march })]);
  expect(second).toBe(first);
  await asked.costs({ ...query, by: ['team'] });
  await askOnce(under.ledger).costs(query);
  expect(costs).toHaveBeenCalledTimes(3);
});

import { describe, expect, test } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { fileBudgets } from './file-budgets.ts';

const read = (text: string) => fileBudgets(parseConfig(`version: 1\n${text}`, { file: 'f', environment: {} }));

describe('budgets of the file', () => {
  test('a budget keeps its scope, count, period and brakes', () => {
    const [budget] = read(`
timeZone: Europe/Berlin
plans: { free: {} }
budgets:
  - name: free-users
    scope: { plan: free, tags: { region: eu } }
    per: user
    limitUsd: 0.25
    period: day
    hard: true
    whenBooksAreLost: open
    brake: [ { at: 70%, maxOutputTokens: 200 }, { at: 95%, cooldown: 30s }, { at: 99%, queue: 5s } ]
`);
    expect(budget).toEqual({
      name: 'free-users',
      scope: { plan: ['free'], 'tag.region': ['eu'] },
      per: ['user'],
      unit: 'usd',
      limit: 250_000_000_000n,
      period: { kind: 'day', timeZone: 'Europe/Berlin', rolling: false },
      hard: true,
      failOpen: true,
      brake: [
        { atShare: 0.7, maxOutputTokens: 200 },
        { atShare: 0.95, cooldownMs: 30_000 },
        { atShare: 0.99, queueMs: 5_000 },
      ],
    });
  });

  test.each([
    ['interactionsPerDay: 10', 'plan:free:interactions-per-day', 'interactions', 10n],
    ['interactionsPerMonth: 40', 'plan:free:interactions-per-month', 'interactions', 40n],
    ['tokensPerDay: 1000', 'plan:free:tokens-per-day', 'tokens', 1_000n],
    ['tokensPerMonth: 9000', 'plan:free:tokens-per-month', 'tokens', 9_000n],
    ['usdPerDay: 0.5', 'plan:free:usd-per-day', 'usd', 500_000_000_000n],
    ['usdPerMonth: 2', 'plan:free:usd-per-month', 'usd', 2_000_000_000_000n],
  ])('a plan with %s is a hard budget per user', (quota, name, unit, limit) => {
    const of = { scope: { plan: ['free'] }, per: ['user'], hard: true };
    expect(read(`plans: { free: { ${quota} } }`)).toMatchObject([{ name, unit, limit, ...of }]);
  });
});

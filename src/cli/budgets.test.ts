import { describe, expect, test } from 'vitest';
import { fakeTerminal } from '../../test/fakes/fake-terminal.ts';

const standing = {
  ...{ instance: 'user=bob', of: { user: 'bob' }, posted: '0.2', estimated: '0', held: '0.01', leasedIdle: '0.02' },
  ...{ available: '0.02', usedShare: 0.84, resetsAt: '2026-03-02T00:00:00.000Z' },
};
const budget = {
  ...{ name: 'free-users', source: 'api', unit: 'usd', limit: '0.25', period: 'day', window: 'calendar', hard: true },
  ...{ per: ['user'], instances: 2, fullest: standing },
};

async function run(answer: unknown, ...words: string[]) {
  const environment = { BURNRATE_URL: 'http://127.0.0.1:4700' };
  const terminal = fakeTerminal({ environment, columns: 120, answer: () => answer });
  const code = await terminal.run(...words);
  const asked = terminal.asked.map(({ method, url, body }) => ({ method, path: url.pathname, body }));
  return { code, out: terminal.out, err: terminal.err, asked };
}

describe('budgets', () => {
  test('the list shows how full each is', async () => {
    const { code, out } = await run({ budgets: [budget], partial: false }, 'budgets', 'list');
    expect(code).toBe(0);
    for (const part of ['free-users', '$0.25 / day', '84.0 %', '$0.02', '2026-03-02 00:00'])
      expect(out).toContain(part);
  });

  test('one is shown with its instances, or as JSON', async () => {
    const page = { budget, standings: [standing], partial: true };
    const { out, asked } = await run(page, 'budgets', 'show', 'free-users');
    expect(asked).toEqual([{ method: 'GET', path: '/api/budgets/free-users', body: undefined }]);
    expect(out).toContain('user=bob');
    expect(out).toContain('more instances');
    expect(JSON.parse((await run(page, 'budgets', 'show', 'free-users', '--json')).out)).toEqual(page);
  });

  test('one is set with all it can have, and removed', async () => {
    const words = ['--limit', '0.25', '--period', 'day', '--scope', 'plan=free', 'plan=trial', '--per', 'user'];
    const set = await run({ budget, changed: true }, 'budgets', 'set', 'free-users', ...words, '--soft', '--rolling');
    expect(set.asked).toEqual([
      {
        method: 'PUT',
        path: '/api/budgets/free-users',
        body: {
          ...{ limit: '0.25', period: 'day', unit: 'usd', scope: { plan: ['free', 'trial'] }, per: ['user'] },
          ...{ window: 'rolling', hard: false, whenBooksAreLost: 'closed' },
        },
      },
    ]);
    expect(set.out).toContain('free-users: $0.25 a day');
    const removed = await run(budget, 'budgets', 'remove', 'free-users');
    expect(removed.asked).toMatchObject([{ method: 'DELETE', path: '/api/budgets/free-users' }]);
  });

  test.each([
    [['budgets', 'set', 'b', '--period', 'day'], '--limit'],
    [['budgets', 'set', 'b', '--limit', '1', '--period', 'dya'], 'day'],
    [['budgets', 'set', 'b', '--limit', '1', '--period', 'day', '--scope', 'free'], 'dimension=value'],
  ])('%j is wrong use', async (words, message) => {
    const { code, err } = await run({}, ...words);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

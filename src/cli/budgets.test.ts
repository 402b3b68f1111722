import { describe, expect, test } from 'vitest';
import { idSource, manualClock, seededRandom } from '../base/index.ts';
import { type Effects, runCli } from './index.ts';

const standing = {
  ...{ instance: 'user=bob', of: { user: 'bob' }, posted: '0.2', estimated: '0', held: '0.01', leasedIdle: '0.02' },
  ...{ available: '0.02', usedShare: 0.84, resetsAt: '2026-03-02T00:00:00.000Z' },
};
const budget = {
  ...{ name: 'free-users', source: 'api', unit: 'usd', limit: '0.25', period: 'day', window: 'calendar', hard: true },
  ...{ per: ['user'], instances: 2, fullest: standing },
};

async function run(answer: unknown, ...words: string[]) {
  const clock = manualClock(0);
  const said = { out: '', err: '', asked: [] as { method: string; path: string; body: unknown }[] };
  const effects = {
    stdout: { write: (text: string) => (said.out += text), columns: 120 },
    stderr: { write: (text: string) => (said.err += text) },
    environment: { BURNRATE_URL: 'http://127.0.0.1:4700' },
    workingFolder: '/nowhere',
    version: '1.2.3',
    clock,
    random: seededRandom(1),
    ids: idSource(clock),
    exists: () => false,
    fetch: async (url: string, init: RequestInit) => {
      const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
      said.asked.push({ method: init.method ?? 'GET', path: new URL(url).pathname, body });
      return Response.json(answer);
    },
  } as unknown as Effects;
  return { code: await runCli(words, effects), ...said };
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

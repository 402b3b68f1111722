import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainInstance, plainPorts } from '../../test/fakes/plain-api.ts';
import { idSource, type ManualClock, manualClock } from '../base/index.ts';
import type { Books, LeaseAsk } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { parseConfig } from '../config/index.ts';
import { planBudgets } from '../policy/index.ts';
import { type ControlPlane, createApi, type HeldMoney, type Standing } from './index.ts';
import { budgetPageSchema, budgetsSchema, planPageSchema, plansSchema } from './schemas-budgets.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
const dollar = 1_000_000_000_000n;
const plans = 'version: 1\nplans: { free: { interactionsPerDay: 10, priceUsd: 0 } }';

let folder: string;
let clock: ManualClock;
let books: Books;
let held: HeldMoney[];
let api: ControlPlane;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'budgets-'));
  clock = manualClock(noonMs);
  books = await openSqliteBooks({ path: join(folder, 'books.db'), clock, ids: idSource(clock) });
  held = [];
  api = createApi(
    plainPorts({
      ...{ clock, books, heldMoney: async () => held },
      config: parseConfig(plans, { file: 'f', environment: {} }),
      instance: { ...plainInstance, timeZone: 'Europe/Berlin' },
    }),
  );
});
afterEach(async () => {
  api.close();
  await books.close();
  rmSync(folder, { recursive: true });
});

const ask = async (method: string, path: string, body?: unknown) => {
  const headers = { 'content-type': 'application/json', host: '127.0.0.1:4700' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await api.fetch(new Request(`http://127.0.0.1:4700${path}`, init));
  return { status: response.status, code: response.headers.get('burnrate-error-code'), json: await response.json() };
};

const daily = { name: 'daily', limit: '10', period: 'day', hard: true };

/** Takes money as a gateway does. */
async function lease(budget: string, instance: string, need: bigint, spent: bigint): Promise<void> {
  const leaseId = `${budget}-${instance}`;
  const open: LeaseAsk = { leaseId, budget, instance, sequence: 1, need, want: need, size: need };
  await books.budgets.exchange({ holder: 'j', settlements: [], asks: [[open]] });
  const settlement = { leaseId, budget, instance, sequence: 2, spent, returned: 0n, close: false };
  await books.budgets.exchange({ holder: 'j', settlements: [settlement], asks: [] });
}

describe('budgets', () => {
  test('one is made, repeated, refused with other content, changed and removed', async () => {
    expect((await ask('POST', '/api/budgets', daily)).json).toMatchObject({ changed: true, budget: { name: 'daily' } });
    expect((await ask('POST', '/api/budgets', daily)).json).toMatchObject({ changed: false });
    expect(await ask('POST', '/api/budgets', { ...daily, limit: 11 })).toMatchObject({ code: 'already_exists' });
    const raised = await ask('PUT', '/api/budgets/daily', { limit: '12.5', period: 'day' });
    expect(raised.json).toMatchObject({ changed: true, budget: { limit: '12.5', timeZone: 'Europe/Berlin' } });
    expect((await ask('DELETE', '/api/budgets/daily')).json).toMatchObject({ name: 'daily' });
    expect(await ask('DELETE', '/api/budgets/daily')).toMatchObject({ code: 'not_found' });
    const { entries } = (await ask('GET', '/api/audit?subject=daily')).json as { entries: { action: string }[] };
    expect(entries.map((entry) => entry.action)).toEqual(['budget.remove', 'budget.change', 'budget.create']);
  });

  test('what is posted, held, idle and available adds up to the limit', async () => {
    await ask('POST', '/api/budgets', daily);
    await lease('daily', '', 4n * dollar, dollar);
    held = [{ budget: 'daily', instance: '', held: dollar / 2n }];
    const { json } = await ask('GET', '/api/budgets');
    expect(budgetsSchema.parse(json).budgets).toMatchObject([
      {
        limit: '10',
        instances: 1,
        fullest: {
          posted: '1',
          estimated: '0',
          held: '0.5',
          leasedIdle: expect.stringMatching(/^[0-9.]+$/),
          usedShare: 0.15,
          resetsAt: '2026-03-01T23:00:00.000Z',
        },
      },
    ]);
    const [budget] = budgetsSchema.parse(json).budgets;
    const {
      posted,
      held: set,
      leasedIdle,
      available,
    } = budget?.fullest ?? ({} as never as Record<keyof Standing, string>);
    expect(Number(posted) + Number(set) + Number(leasedIdle) + Number(available)).toBeCloseTo(10, 9);
  });

  test('a budget per user shows its instances, the fullest first, and what a lost gateway may have spent', async () => {
    await ask('POST', '/api/budgets', { ...daily, per: ['user'], scope: { plan: ['free'] } });
    await lease('daily', 'user=al%20ice', dollar, dollar);
    await lease('daily', 'user=bob', 9n * dollar, 8n * dollar);
    clock.advance(60_000);
    await books.budgets.expireOverdue();
    const page = budgetPageSchema.parse((await ask('GET', '/api/budgets/daily')).json);
    expect(page.standings.map(({ of, posted }) => [of.user, posted])).toEqual([
      ['bob', '8'],
      ['al ice', '1'],
    ]);
    expect(Number(page.standings[0]?.estimated)).toBeGreaterThan(0);
    const { leases } = (await ask('GET', '/api/leases?state=expired')).json as { leases: { id: string }[] };
    expect(leases.map(({ id }) => id).sort()).toEqual(['daily-user=al%20ice', 'daily-user=bob']);
    const path = `/api/leases/${encodeURIComponent('daily-user=bob')}/release`;
    expect((await ask('POST', path, { reason: 'the machine is gone' })).status).toBe(200);
    expect(await ask('POST', path, { reason: 'again' })).toMatchObject({ code: 'lease_in_use' });
    const after = budgetPageSchema.parse((await ask('GET', '/api/budgets/daily?instance=user%3Dbob')).json);
    expect(after.standings).toMatchObject([{ estimated: '0', posted: '8', available: '2' }]);
  });

  test.each([
    ['a negative limit', { limit: '-1' }, 'limit'],
    ['half a token', { unit: 'tokens', limit: '1.5' }, 'limit'],
    ['a zone that is none', { timeZone: 'Mars/Base' }, 'timeZone'],
    ['rolling for ever', { period: 'total', window: 'rolling' }, 'window'],
    ['falling brakes', { brake: [{ at: 0.9 }, { at: 0.5 }] }, 'brake'],
    ['an unknown dimension', { per: ['planet'] }, 'per'],
  ])('%s is refused by name', async (_, change, field) => {
    const refused = await ask('PUT', '/api/budgets/b', { limit: '1', period: 'day', ...change });
    expect(refused).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(JSON.stringify(refused.json)).toContain(field);
  });

  test('what the file owns is changed there', async () => {
    const quotas = planBudgets('free', [{ unit: 'interactions', period: 'day', limit: 10n }], 'UTC');
    await books.budgets.adoptFile(quotas, 'file');
    const path = `/api/budgets/${encodeURIComponent(quotas[0]?.name ?? '')}`;
    expect(await ask('PUT', path, { limit: '1', period: 'day' })).toMatchObject({ code: 'owned_by_file' });
    expect(await ask('DELETE', path)).toMatchObject({ code: 'owned_by_file' });
  });
});

test('a plan shows its quotas and how each user stands', async () => {
  const quotas = planBudgets('free', [{ unit: 'interactions', period: 'day', limit: 10n }], 'Europe/Berlin');
  await books.budgets.adoptFile(quotas, 'file');
  await lease('plan:free:interactions-per-day', 'user=bob', 3n, 3n);
  expect(plansSchema.parse((await ask('GET', '/api/plans')).json).plans).toMatchObject([
    { name: 'free', priceUsd: '0', quotas: [{ unit: 'interactions', limit: '10', instances: 1 }] },
  ]);
  const page = planPageSchema.parse((await ask('GET', '/api/plans/free?user=bob')).json);
  expect(page.users).toMatchObject([{ standing: { of: { user: 'bob' }, posted: '3', usedShare: 0.3 } }]);
  expect((await ask('GET', '/api/budgets')).json).toMatchObject({ budgets: [] });
  expect(await ask('GET', '/api/plans/gold')).toMatchObject({ code: 'not_found' });
});

test('a live view hears how budgets stand', async () => {
  await ask('POST', '/api/budgets', daily);
  const response = await api.fetch(new Request('http://127.0.0.1:4700/api/live'));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('event: budgets')) text += Buffer.from((await reader.read()).value ?? []).toString();
  expect(text).toContain('"name":"daily"');
  await reader.cancel();
});

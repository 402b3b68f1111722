/** Calls and services used elsewhere are told to the built product, once, and show in every figure. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asked, expectOneTotal } from '../cases/every-report.ts';
import { ask } from './ask.ts';
import { type Stack, startStack } from './stack.ts';

const settings = `
services: { vector-search: { perCallUsd: 0.0004, line: retrieval } }
overheads: { infrastructure: [{ name: platform, monthlyUsd: 310, allocateBy: calls }] }
`;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ settings });
}, 60_000);
afterAll(() => stack?.stop());

const labels = { workflow: 'support', stage: 'answer', team: 'care', customer: 'acme' };
const event = (id: string, type: string, data: Record<string, unknown>) => ({
  ...{ specversion: '1.0', id, source: '/crm', type: `burnrate.${type}`, data: { labels, ...data } },
});
const events = [
  event('1', 'call', {
    ...{ provider: 'openai', model: 'gpt-4o-mini', run: 'run-1' },
    usage: { prompt_tokens: 1_000, completion_tokens: 500 },
  }),
  event('2', 'call', { provider: 'acme', model: 'own-model', costUsd: '0.0123', run: 'run-1' }),
  event('3', 'service', { service: 'vector-search', quantity: 25, labels: { workflow: 'search', stage: 'find' } }),
  event('4', 'service', { service: 'nobody-knows', quantity: 1 }),
];

interface Costs {
  readonly totalUsd: string;
  readonly rows: readonly { readonly line: string; readonly costUsd: string }[];
  readonly total: { readonly attempts: number; readonly calls: number; readonly unknownPriceAttempts: number };
}
const costs = () => ask<Costs>(stack.origin, 'GET', '/api/costs?by=line');
const tell = (told: unknown, status = 200) => ask(stack.origin, 'POST', '/api/usage', told, status);

test('usage told counts once and adds up wherever money is shown', async () => {
  const fromMs = Date.now() - 3_600_000;
  expect(await tell(events)).toEqual({ recorded: 4, repeated: 0, unknownPrice: 1 });
  const first = await costs();
  // 1,000 × 0.15 + 500 × 0.60 USD for a million tokens; 0.0123 as told; 25 × 0.0004.
  expect(first.totalUsd).toBe('0.02275');
  const byLine = Object.fromEntries(first.rows.map(({ line, costUsd }) => [line, costUsd]));
  expect(byLine).toMatchObject({ inference: '0.01275', retrieval: '0.01' });
  expect(first.total).toMatchObject({ attempts: 4, unknownPriceAttempts: 1 });

  expect(await tell([...events, event('5', 'call', { provider: 'acme', model: 'own-model', costUsd: 1 })])).toEqual({
    ...{ recorded: 1, repeated: 4, unknownPrice: 1 },
  });
  expect(await tell(event('5', 'call', { provider: 'acme', model: 'own-model', costUsd: 2 }), 409)).toMatchObject({
    error: { code: 'usage_conflict' },
  });
  await stack.burnrate.stop();
  await stack.restart();
  expect(await tell(events)).toMatchObject({ recorded: 0, repeated: 4 });
  expect(await costs()).toMatchObject({ totalUsd: '1.02275', total: { attempts: 5 } });

  const rig = {
    fetch: (path: string, init?: RequestInit) => fetch(stack.origin + path, init),
    ask: async (method: string, path: string) => {
      const response = await fetch(stack.origin + path, { method });
      return { status: response.status, body: await response.json() };
    },
  } as Asked;
  const range = { fromMs, toMs: fromMs + 7_200_000 };
  const { calls, full } = await expectOneTotal(rig, range, ['support', 'search']);
  expect(calls).toBe('1.02275');
  expect(Number(full)).toBeGreaterThan(Number(calls));
}, 90_000);

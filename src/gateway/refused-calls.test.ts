import { afterEach, expect, test } from 'vitest';
import { type BudgetRig, budget, openBudgetRig } from '../../test/cases/budget-rig.ts';
import { answerWith, ask, until } from './test-rig.ts';

let open: BudgetRig;
afterEach(() => open.close());

const body = JSON.stringify({
  model: 'test-model',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
});
const chat = (user: string) =>
  ask(open.rig.port, { path: '/v1/chat/completions', body, headers: { 'burnrate-user': user, 'burnrate-stage': 's' } });

test('a refusal is kept with who asked, how the budget stood and which call in flight held it', async () => {
  open = await openBudgetRig([budget('company', 2_000_000_000n)]);
  const release: (() => void)[] = [];
  open.rig.script = (req, res, received) => void release.push(() => answerWith('{}')(req, res, received));
  const first = chat('first');
  await until(() => release.length === 1);
  expect((await chat('second')).status).toBe(429);
  const [refused, ...more] = open.rig.refused;
  expect(more).toEqual([]);
  expect(refused).toMatchObject({
    code: 'budget_contended',
    attribution: { user: 'second', stage: 's' },
    model: 'test-model',
    budget: { name: 'company', limit: '0.002' },
    holds: [
      { callId: open.rig.journal.begun[0]?.callId, attemptId: open.rig.journal.begun[0]?.attemptId, user: 'first' },
    ],
    holdsInAll: 1,
  });
  expect(Number(refused?.holds[0]?.amount)).toBeGreaterThan(0);
  release[0]?.();
  await first;
});

test('a call that cannot be read is not one that budgets refused', async () => {
  open = await openBudgetRig([budget('company', 1n)]);
  await ask(open.rig.port, { path: '/v1/chat/completions', body: '{' });
  expect(open.rig.refused).toEqual([]);
});

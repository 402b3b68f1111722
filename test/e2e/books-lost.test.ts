/** The process that owns the books stands still: what hard budgets do then is each budget's own choice. */
import { afterEach, expect, test } from 'vitest';
import { proofModel, proofScenario } from './budget-check.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack | undefined;

afterEach(async () => {
  if (stack) process.kill(stack.burnrate.child.pid ?? 0, 'SIGCONT');
  await stack?.stop();
  stack = undefined;
});

const settings = `server: { budgetWait: 2s }
budgets:
  - { name: closed, scope: { team: careful }, limitUsd: 5, period: total, hard: true }
  - { name: open, scope: { team: bold }, limitUsd: 5, period: total, hard: true, whenBooksAreLost: open }
`;

async function call(origin: string, team: string) {
  const body = { model: proofModel, max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'burnrate-team': team },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return { status: answer.status, code: answer.headers.get('burnrate-error-code') };
}

test('while the books do not answer, one budget refuses and the other counts on; afterwards both know everything', async () => {
  stack = await startStack({ scenario: proofScenario('stops', 20, 1), settings });
  const { origin } = stack;
  const control = stack.burnrate.child.pid ?? 0;
  process.kill(control, 'SIGSTOP');
  expect(await call(origin, 'careful')).toEqual({ status: 503, code: 'books_unavailable' });
  // The loss shows once an exchange got no answer in five seconds.
  await expect.poll(() => call(origin, 'bold'), { timeout: 20_000 }).toEqual({ status: 200, code: null });
  expect(await call(origin, 'careful')).toEqual({ status: 503, code: 'books_unavailable' });
  process.kill(control, 'SIGCONT');
  await expect.poll(() => call(origin, 'careful'), { timeout: 20_000 }).toEqual({ status: 200, code: null });
  for (const name of ['open', 'closed']) {
    const page = await stack.until<{ standings: { posted: string; held: string }[] }>(
      `/api/budgets/${name}`,
      ({ standings }) => standings.length === 1 && Number(standings[0]?.posted) > 0 && Number(standings[0]?.held) === 0,
    );
    expect(page.standings).toHaveLength(1);
  }
}, 90_000);

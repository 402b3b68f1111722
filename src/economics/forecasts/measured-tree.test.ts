import { expect, test } from 'vitest';
import { configured, economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { anAttempt } from '../../../test/fakes/attempt.ts';
import { addUsd, toDecimal, zeroUsd } from '../../money/index.ts';
import { totalOf } from '../../tree/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import { readMeasuredTree } from './measured-tree.ts';
import { readMonthFacts } from './month-facts.ts';

const facts = economicLedger();
const config = configured(`version: 1
people: { agent: { hourlyUsd: 30 }, editor: { hourlyUsd: 60 } }
services: { search: { perCallUsd: 0.001, line: retrieval } }
overheads: { infrastructure: [{ name: gateway, monthlyUsd: 310 }] }
workflows:
  desk:
    start: embed
    stages:
      embed: { model: openai/text-embedding-3-small, next: find }
      find: { service: search, next: answer }
      answer: { model: openai/gpt-5, next: { escalate: 0.1, done: 0.9 } }
      escalate: { human: { role: agent, minutes: 6 } }
`);

const dayMs = 86_400_000;
const at = (day: number) => march.fromMs + day * dayMs;
const attempt = (id: string, changes: Parameters<typeof anAttempt>[0]) =>
  anAttempt({ attemptId: id, callId: id, run: `run_${id}`, workflow: 'desk', startedAtMs: at(3), ...changes });

test('what was measured stands where the forecast expects it', async () => {
  await facts.append([
    attempt('a', { stage: 'embed', operation: 'embeddings' }),
    attempt('b', { stage: 'answer' }),
    attempt('c', { stage: 'answer', workflow: 'other' }),
  ]);
  await facts.end('run_b', 'escalated', { humanMinutes: 10, role: 'agent' });
  const tree = await readMeasuredTree(facts.ledger, config, 'desk', march);
  const seen = Object.fromEntries(
    (tree?.children ?? []).map(({ name, lines }) => [name, lines.map(({ line, cost }) => [line, toDecimal(cost)])]),
  );
  expect(seen).toMatchObject({
    embed: [['inference', '0.00225']],
    answer: [['inference', '0.00225']],
    escalate: [['human', '5']],
  });
  expect(seen.find?.[0]?.[0]).toBe('retrieval');
  expect(await readMeasuredTree(facts.ledger, config, 'nobody', march)).toBeNull();
});

test('lines of a month sum to its full cost, whatever calls are for', async () => {
  await facts.append([attempt('a', { stage: 'embed', operation: 'embeddings' }), attempt('b', { stage: 'answer' })]);
  const month = { month: '2026-03', ...march };
  const { total, lines, complete } = await readMonthFacts({ ledger: facts.ledger, config, nowMs: march.toMs }, month);
  const stack = await readCostStack(facts.ledger, { range: march, by: ['workflow'], timeZone: 'UTC' }, config);
  expect([total, complete]).toEqual([stack.total, true]);
  expect(Object.values(lines).reduce(addUsd, zeroUsd)).toEqual(total);
  expect(toDecimal(lines.infrastructure ?? zeroUsd)).toBe('310');
  expect(totalOf((await readMeasuredTree(facts.ledger, config, 'desk', march))!).picos).toBeLessThan(total.picos);
});

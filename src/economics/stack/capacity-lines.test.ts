import { expect, test } from 'vitest';
import { caseAttempt } from '../../../test/cases/attempts.ts';
import { configured, economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import type { Dimension } from '../../ledger/index.ts';
import { sumUsd, toDecimal, usd } from '../../money/index.ts';
import { readCostStack } from './cost-stack.ts';

const under = economicLedger();

const pool = (more = '') =>
  `local: { kind: openai, baseUrl: "http://127.0.0.1:8000/v1", gpu: { hourlyUsd: 3, count: 2, throughput: [ { input: 1000, output: 1000, outputTokensPerSecond: 4000 } ]${more} } }`;
const workflows = 'workflows: { support: { stages: { answer: { model: local/llama } } } }';

const stackOf = (providers: string, by: readonly Dimension[] = ['workflow'], more = workflows) =>
  readCostStack(
    under.ledger,
    { range: march, by, timeZone: 'UTC' },
    configured(`{ version: 1, providers: { ${providers} }, ${more} }`),
  );

/** A call whose share of the pool's time is worth so much. */
const worked = (id: string, dollars: string, workflow: string) => {
  const cost = usd(dollars);
  const line = { line: 'inference', bucket: 'output', unit: 'tokens', quantity: 1, rate: cost.picos, cost } as const;
  const usage = { input: 1_000, output: 500 };
  return caseAttempt(id, { provider: 'local', modelServed: 'llama', workflow, usage, lines: [line], cost });
};

/** Two GPUs at 3 USD for the 744 hours of March. */
const whole = 4_464;

test('a self-hosted pool costs its hours, worked and idle', async () => {
  await under.append([
    worked('1', '1000', 'support'),
    worked('2', '464', 'search'),
    caseAttempt('3', { workflow: 'search' }),
  ]);
  for (const by of [['workflow'], ['workflow', 'model'], ['run']] as Dimension[][]) {
    const { lines } = await stackOf(pool(), by);
    const idle = lines.find(({ name }) => name === 'local idle');
    expect(idle).toMatchObject({ line: 'capacity', rule: 'tokens', unit: 'hours', quantity: 1_000, estimated: false });
    expect(toDecimal(idle?.cost ?? usd(0))).toBe(String(whole - 1_464));
    expect(sumUsd(idle?.parts ?? [])).toEqual(idle?.cost);
  }
  const { lines, groups } = await stackOf(pool());
  const parts = lines.find(({ name }) => name === 'local idle')?.parts ?? [];
  const borne = groups.map(({ dimensions }, index) => [dimensions.workflow, toDecimal(parts[index] ?? usd(0))]);
  expect(Object.fromEntries(borne)).toEqual({ support: '1500', search: '1500' });
});

test.each([
  ['nobody called it, but a stage would', [], '', workflows, String(whole), false],
  [
    'it only waits to be compared',
    [],
    '',
    'workflows: { support: { stages: { answer: { model: openai/gpt-5 } } } }',
    null,
    null,
  ],
  [
    'it works for half of the month it is paid',
    ['500'],
    ', from: 2026-03-17',
    workflows,
    String(15 * 24 * 6 - 500),
    false,
  ],
  ['it is not paid yet', [], ', from: 2026-04-01', workflows, null, null],
  ['more was done than one pool can', ['5000'], '', workflows, String(2 * whole - 5_000), true],
  ['its use is stated', ['400'], ', utilisation: 0.4', workflows, '600', true],
])('%s', async (_, costs, more, stages, expected, estimated) => {
  if (costs.length > 0) await under.append(costs.map((cost, index) => worked(`${index}`, cost, 'support')));
  const idle = (await stackOf(pool(more), ['workflow'], stages)).lines.find(({ name }) => name === 'local idle');
  expect(idle ? [toDecimal(idle.cost), idle.estimated] : [null, null]).toEqual([expected, estimated]);
});

test.each([
  [
    'openai: { kind: openai, apiKey: k, reserved: [ { monthlyUsd: 310, from: 2026-03-22 } ] }',
    '',
    'openai reservation',
    '100',
  ],
  [
    'openai: { kind: openai, apiKey: k }',
    'services: { search: { monthlyUsd: 310, until: 2026-03-11 } }',
    'search',
    '100',
  ],
])('what is held or rented is paid between its dates: %s %s', async (providers, more, name, expected) => {
  await under.append([caseAttempt('1', { workflow: 'support' })]);
  const { lines } = await stackOf(providers, ['workflow'], more);
  expect(lines.filter((line) => line.name === name).map(({ cost }) => toDecimal(cost))).toEqual([expected]);
});

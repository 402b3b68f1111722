/** The real traces, through gateway and emulator, to the token and to the picodollar. Fails where they are missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { expectSurvivesKills } from '../e2e/crash-check.ts';
import {
  type CostsJson,
  expectedPicos,
  expectSumsByAnyDimension,
  readAzureTotals,
  replay,
  totalPicos,
} from '../e2e/replay-check.ts';
import { repository, type Stack, startStack } from '../e2e/stack.ts';

const workloads = join(repository, '..', 'shared', 'workloads');
const azure = join(workloads, 'azure-conversation-2023.csv');
const dimensions = ['workflow', 'model', 'provider', 'user', 'session', 'minute', 'status', 'usageSource', 'bucket'];

let stack: Stack | undefined;

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

test.each([
  'azure-conversation-2023.csv',
  'mooncake-conversation.jsonl',
  'ragpulse.jsonl',
  'servegen-m-large-10min.csv',
])('%s is there', (name) => {
  expect(existsSync(join(workloads, name))).toBe(true);
});

test('azure at 60 times its speed: every token and every picodollar is accounted for', async () => {
  stack = await startStack();
  const trace = readAzureTotals(azure);
  expect(trace.records).toBe(19_366);
  const summary = await replay(stack, azure, 60);
  expect(summary).toMatchObject({ records: trace.records, completed: trace.records, failed: 0 });
  const costs = await stack.until<CostsJson>('/api/costs', (answer) => answer.total.attempts >= trace.records);
  expect(costs.total).toMatchObject({
    calls: trace.records,
    attempts: trace.records,
    inputTokens: trace.inputTokens,
    outputTokens: trace.outputTokens,
    estimatedAttempts: 0,
    unknownPriceAttempts: 0,
  });
  expect(totalPicos(costs)).toBe(expectedPicos(costs.total));
  await expectSumsByAnyDimension(stack, dimensions);
});

test('azure again, with kill −9 of gateway and ledger on the way', async () => {
  stack = await startStack({ scenario: { latency: { firstTokenMs: 40, perTokenMs: 0 } } });
  await expectSurvivesKills(stack, azure, 120);
});

test.each([
  ['mooncake-conversation.jsonl', 1_500, 600],
  ['ragpulse.jsonl', 7_106, 30_000],
])('%s: what is received is what the ledger holds', async (name, records, speed) => {
  stack = await startStack();
  const summary = await replay(stack, join(workloads, name), speed, async () => {}, ['--limit', String(records)]);
  expect(summary).toMatchObject({ records, completed: records, failed: 0 });
  const costs = await stack.until<CostsJson>('/api/costs', (answer) => answer.total.attempts >= records);
  const { input, output } = summary.tokensReceived;
  expect(costs.total).toMatchObject({ attempts: records, inputTokens: input, outputTokens: output });
  expect(totalPicos(costs)).toBe(expectedPicos(costs.total));
  await expectSumsByAnyDimension(stack, ['session', 'model', 'stage', 'run']);
});

/** kill −9 of the gateway, then of the ledger process, in mid-replay: the same totals, nothing lost, nothing twice. */
import { join } from 'node:path';
import { afterEach, test } from 'vitest';
import { expectSurvivesKills, writeTrace } from './crash-check.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack | undefined;

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

test.each([1, 2])('a replay survives kill −9 of gateway and ledger, with %i workers', async (workers) => {
  const scenario = { latency: { firstTokenMs: 40, perTokenMs: 0 } };
  stack = await startStack({ scenario, settings: `workers: ${workers}\n` });
  const trace = join(stack.folder, 'trace.csv');
  writeTrace(trace, 3_000, 6_000);
  await expectSurvivesKills(stack, trace, 1);
});

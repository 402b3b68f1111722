/**
 * The guarantee in full size, on the built product: 500 callers for the money of 200 calls, under every way a provider
 * may bill; then plain calls on four workers while callers leave and workers are killed. Prints what was used, what
 * completed and what the provider billed; ends with 1 when it billed more than the budget.
 */
import { writeFileSync } from 'node:fs';
import {
  billings,
  budgetYaml,
  type ProofOptions,
  type ProofResult,
  proofScenario,
  proveBudget,
} from '../test/e2e/budget-check.ts';
import { startStack } from '../test/e2e/stack.ts';

const streamed: ProofOptions = {
  ...{ callers: 500, fits: 200, outputTokens: 300, stream: true, slowShare: 0.1, leaveShare: 0 },
  ...{ killEveryMs: 0, durationMsMax: 120_000 },
};
const plain: ProofOptions = {
  ...{ callers: 200, fits: 2_000, outputTokens: 300, stream: false, slowShare: 0, leaveShare: 0.1 },
  ...{ killEveryMs: 2_000, durationMsMax: 60_000 },
};

const rows: (ProofResult & { readonly shape: string })[] = [];
for (const billing of billings) await run(`streamed, bills ${JSON.stringify(billing)}`, billing, streamed, '');
await run('plain, four workers, kills', { lagTokens: 40 }, plain, 'workers: 4\n');
console.table(rows, ['shape', 'calls', 'admitted', 'completed', 'cutShort', 'left', 'broken', 'kills']);
console.table(rows, ['shape', 'limitUsd', 'billedUsd', 'usedShare', 'completedShare', 'estimatedUsd', 'heldAfter']);
if (process.env.BENCH_OUT) writeFileSync(process.env.BENCH_OUT, JSON.stringify(rows, null, 2));
process.exit(rows.every((row) => row.billedUsd <= row.limitUsd) ? 0 : 1);

async function run(shape: string, billing: (typeof billings)[number], options: ProofOptions, settings: string) {
  const scenario = proofScenario(billing, options.outputTokens, 5);
  const stack = await startStack({ scenario, settings: settings + budgetYaml(options) });
  try {
    rows.push({ shape, ...(await proveBudget(stack, options)) });
    console.log(JSON.stringify(rows.at(-1)));
  } finally {
    await stack.stop();
  }
}

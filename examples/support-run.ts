/**
 * One run of a support workflow through a running Burnrate: two calls, an outcome, and what the run cost.
 *
 *   npm start                      # in one terminal
 *   npx tsx examples/support-run.ts
 *
 * BURNRATE_URL says where it runs; http://127.0.0.1:4700 if absent.
 */
import { recordOutcome, runHeaders } from 'burnrate/client';
import OpenAI from 'openai';

const url = process.env.BURNRATE_URL ?? 'http://127.0.0.1:4700';
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env.BURNRATE_KEY ?? 'anything' });
const run = `example-${crypto.randomUUID()}`;
const context = { workflow: 'support-assistant', run, user: 'user-7', plan: 'pro', team: 'support' };

const intent = await openai.chat.completions.create(
  { model: 'gpt-5-nano', messages: [{ role: 'user', content: 'Billing or technical? "I was charged twice."' }] },
  { headers: runHeaders({ ...context, stage: 'classify' }) },
);
const answer = await openai.chat.completions.create(
  { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'I was charged twice in March. Why?' }] },
  { headers: runHeaders({ ...context, stage: 'answer' }) },
);
await recordOutcome({ run, outcome: 'success', valueUsd: '4.50' }, { url });

console.log(`classified with ${intent.usage?.total_tokens} tokens, answered with ${answer.usage?.total_tokens}`);
console.log(`the run cost $${await costOf(run, 2)}: ${url}/runs/${run}`);

/** Calls reach the ledger within about a second of their answer. */
async function costOf(id: string, calls: number): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const response = await fetch(`${url}/api/runs/${id}`);
    const found = response.ok ? ((await response.json()) as { costUsd: string; calls: unknown[] }) : null;
    if (found && found.calls.length >= calls) return found.costUsd;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the run ${id} did not reach the ledger within 5 seconds`);
}

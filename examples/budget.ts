/**
 * A hard budget for one user, made while Burnrate runs, and what an application sees when it is used up.
 *
 *   npm start                      # in one terminal
 *   npx tsx examples/budget.ts
 *
 * BURNRATE_URL says where it runs; http://127.0.0.1:4700 if absent.
 */
import { runHeaders } from 'burnrate/client';
import OpenAI, { APIError } from 'openai';

const url = process.env.BURNRATE_URL ?? 'http://127.0.0.1:4700';
const user = `example-${crypto.randomUUID()}`;
const name = `${user}-budget`;

const made = await fetch(`${url}/api/budgets`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name, scope: { user: [user] }, unit: 'usd', limit: '0.002', period: 'day', hard: true }),
});
if (!made.ok) throw new Error(`the budget was not made: ${await made.text()}`);

// Retries are the application's decision here, not the SDK's.
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env.BURNRATE_KEY ?? 'anything', maxRetries: 0 });
const headers = runHeaders({ workflow: 'support-assistant', stage: 'answer', run: crypto.randomUUID(), user });
const callsMax = 200;
// Budgets made over the API hold for calls that begin a second later.
await new Promise((resolve) => setTimeout(resolve, 2_000));

for (let call = 1; call <= callsMax; call++) {
  try {
    const request = {
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user' as const, content: 'Why was I charged twice?' }],
    };
    const { data, response } = await openai.chat.completions.create(request, { headers }).withResponse();
    const left = response.headers.get('burnrate-budget-remaining-usd');
    console.log(`call ${call}: ${data.usage?.completion_tokens} tokens, $${left} left`);
  } catch (error) {
    if (!(error instanceof APIError) || error.status !== 402) throw error;
    console.log(`call ${call} was refused: ${error.message}`);
    break;
  }
}

/**
 * Attribution by W3C headers alone: a service that hands on `traceparent` and `baggage` needs to know nothing of
 * Burnrate. The trace id becomes the run.
 *
 *   npx tsx examples/trace-context.ts
 */
import Anthropic from '@anthropic-ai/sdk';
import { runBaggage } from 'burnrate/client';

const url = process.env.BURNRATE_URL ?? 'http://127.0.0.1:4700';
const traceId = crypto.randomUUID().replaceAll('-', '');
const traceparent = `00-${traceId}-${traceId.slice(0, 16)}-01`;
const baggage = runBaggage({ workflow: 'report-drafting', stage: 'draft', customer: 'Müller & Söhne' }, 'shop=berlin');

const anthropic = new Anthropic({ baseURL: `${url}/anthropic`, apiKey: process.env.BURNRATE_KEY ?? 'anything' });
const message = await anthropic.messages.create(
  { model: 'claude-haiku-4-5', max_tokens: 200, messages: [{ role: 'user', content: 'Draft a two-line summary.' }] },
  { headers: { traceparent, baggage } },
);
console.log(`${message.usage.output_tokens} tokens written; the run is ${traceId}`);

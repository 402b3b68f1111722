import { z } from '@hono/zod-openapi';
import { refusedCallLimits } from '../books/index.ts';
import type { RefusedCall } from '../tree/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { timeJson } from './range.ts';
import { countSchema, maybeTimeSchema, timeSchema } from './schemas.ts';

const refusedCallSchema = z
  .object({
    id: z.string(),
    callId: z.string(),
    at: timeSchema,
    code: z.string(),
    message: z.string(),
    keyId: z.string(),
    attribution: z.record(z.string(), z.string()),
    run: z.string(),
    provider: z.string(),
    model: z.string(),
    budget: z
      .object({
        name: z.string(),
        instance: z.string(),
        unit: z.string(),
        limit: z.string(),
        remaining: z.string().openapi({ description: 'Of the limit, before what calls in flight hold.' }),
        held: z.string().openapi({ description: 'Held by calls in flight, of all gateways.' }),
        resetsAt: maybeTimeSchema,
      })
      .nullable()
      .openapi({ description: 'How the budget that refused it stood then; null when none did.' }),
    holds: z
      .array(z.object({ callId: z.string(), attemptId: z.string(), user: z.string().nullable(), amount: z.string() }))
      .openapi({ description: 'What calls in flight of that gateway held of it then, the largest first.' }),
    holdsInAll: countSchema,
  })
  .openapi('RefusedCall');

export const refusedCallsSchema = z.object({ refused: z.array(refusedCallSchema) }).openapi('RefusedCalls');

const dayMs = 86_400_000;

/** Calls that never went out: budgets, limits and plans refused them. */
export const refusedEndpoints: Endpoints = (api, ports) => {
  const word = z.string().max(256).optional();
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/refused',
      tag: 'Budgets',
      summary: 'Calls refused by budgets, limits and plans, newest first, with the holds at that moment',
      description:
        `Of the last ${refusedCallLimits.keepMs / dayMs} days, ${refusedCallLimits.keptMax} of all gateways and ` +
        `${refusedCallLimits.perCallerMax} of each caller. A refusal is here within about a second.`,
      request: {
        query: z.strictObject({
          user: word,
          budget: word,
          limit: z.coerce.number().int().min(1).max(apiLimits.callsMax).optional(),
        }),
      },
      answer: refusedCallsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { user, budget, limit = apiLimits.callsDefault } = context.req.valid('query');
    const asked = { limit, ...(user === undefined ? {} : { user }), ...(budget === undefined ? {} : { budget }) };
    const refused = await ports.books.refusedCalls.list(asked);
    return context.json({ refused: refused.map(refusedJson) }, 200);
  });
};

function refusedJson({ atMs, attribution, holds, budget, ...call }: RefusedCall): z.infer<typeof refusedCallSchema> {
  const names = Object.entries(attribution).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...call, budget, at: timeJson(atMs), attribution: Object.fromEntries(names), holds: [...holds] };
}

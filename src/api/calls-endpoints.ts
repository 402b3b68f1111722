import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { Attempt } from '../tree/index.ts';
import { callJson, runJson } from './attempt-json.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { callSchema, runSchema } from './schemas-calls.ts';

const byId = { params: z.object({ id: z.string().min(1).max(512) }) };

export const callsEndpoints: Endpoints = (api, ports) => {
  showCall(api, ports);
  showRun(api, ports);
};

const showCall: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/calls/{id}',
      tag: 'Calls and runs',
      summary: 'One call: what was sent upstream for it, and what each attempt cost',
      description: 'A call appears within about a second of its end.',
      request: byId,
      answer: callSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const attempts = await ports.ledger.call(id);
    if (attempts.length === 0) throw new BurnrateError('not_found', { message: `No call "${id}" is in the ledger.` });
    return context.json(callJson(attempts as [Attempt, ...Attempt[]]), 200);
  });
};

const showRun: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/runs/{id}',
      tag: 'Calls and runs',
      summary: 'One run: its calls in order, and how it ended',
      request: byId,
      answer: runSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const facts = await ports.ledger.run(id);
    if (facts === null) throw new BurnrateError('not_found', { message: `No run "${id}" is in the ledger.` });
    return context.json(runJson(facts), 200);
  });
};

import type { z } from '@hono/zod-openapi';
import { readWhatIf, stagePolicies, type WhatIf } from '../economics/index.ts';
import { toDecimal } from '../money/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { bookOf } from './prices-endpoints.ts';
import { rangeJson, readRange } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import { whatIfRequestSchema, whatIfSchema } from './schemas-what-if.ts';

export const whatIfEndpoints: Endpoints = (api, ports) => {
  const prices = bookOf(ports.config);
  const route = endpoint(
    'viewer',
    {
      method: 'post',
      path: '/api/whatif',
      tag: 'Economics',
      summary: 'What recorded history would have cost under another policy',
      description:
        'It asks, and changes nothing. Quality is not judged: `effects` counts what would have been different.',
      request: { body: { required: true, content: { 'application/json': { schema: whatIfRequestSchema } } } },
      answer: whatIfSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { policy, ...asked } = context.req.valid('json');
    const policies = stagePolicies(policy);
    if (policies.length === 0) throw new FieldsRefused([{ field: 'policy', message: 'names no stage' }]);
    const range = readRange(asked, ports.clock.nowMs());
    return context.json(whatIfJson(await readWhatIf(ports.ledger, range, policies, prices)), 200);
  });
};

export function whatIfJson(result: WhatIf): z.infer<typeof whatIfSchema> {
  const { runs, attempts, ofAttempts, effects } = result;
  return {
    range: rangeJson(result.range),
    recordedUsd: toDecimal(result.recorded),
    wouldUsd: toDecimal(result.would),
    savingUsd: toDecimal(result.saving),
    lowUsd: toDecimal(result.low),
    highUsd: toDecimal(result.high),
    share: { ...result.share },
    ...{ runs, attempts, ofAttempts, effects: { ...effects } },
  };
}

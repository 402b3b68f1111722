import { createHash } from 'node:crypto';
import { BurnrateError } from '../base/index.ts';
import type { ToldUsage } from '../ledger/index.ts';
import { auditOnce } from './audit-once.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { bookOf } from './prices-endpoints.ts';
import { recordedUsageSchema, usageEventsSchema } from './schemas-usage.ts';
import { readUsageEvents } from './told-usage.ts';

/** Ids named in a refusal; a batch may hold many. */
const idsNamedMax = 10;

export const usageEndpoints: Endpoints = (api, ports) => {
  const prices = bookOf(ports.config);
  const events = { schema: usageEventsSchema };
  const content = {
    ...{ 'application/json': events, 'application/cloudevents+json': events },
    'application/cloudevents-batch+json': events,
  };
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/usage', tag: 'Usage', answer: recordedUsageSchema },
      summary: 'Records calls and services used elsewhere, as CloudEvents',
      description:
        'One event or a batch, all of it or nothing. Source and id tell events apart: sending one again changes nothing, ' +
        'with other content it is refused with `usage_conflict`. Budgets are not charged: the money is spent already.',
      request: { body: { required: true, content } },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const told = readUsageEvents(context.req.valid('json'), {
      ...{ config: ports.config, prices, nowMs: ports.clock.nowMs() },
    });
    const result = await ports.ledger.recordUsage(told);
    if (!result.ok) throw conflict(told, result.conflicts);
    const { recorded, repeated } = result;
    const unknownPrice = told.filter(({ attempt }) => attempt.cost === null).length;
    const answer = { recorded, repeated, unknownPrice };
    const { actor } = context.get('principal');
    const entry = { actor, action: 'usage.record', subject: batchId(told), before: null, after: answer };
    await auditOnce(ports, entry, recorded === 0);
    return context.json(answer, 200);
  });
};

/** The same batch has the same id. */
function batchId(told: readonly ToldUsage[]): string {
  const digest = createHash('sha256').update(told.map(({ id }) => id).join());
  return `usage_${digest.digest('hex').slice(0, 32)}`;
}

function conflict(told: readonly ToldUsage[], conflicts: readonly string[]): BurnrateError {
  const ids = told.filter(({ id }) => conflicts.includes(id)).map(({ attempt }) => attempt.providerRequestId);
  const named = ids.slice(0, idsNamedMax).map((id) => `"${id}"`);
  const message = `Told before with other content: ${named.join(', ')}${ids.length > idsNamedMax ? ', …' : ''}.`;
  return new BurnrateError('usage_conflict', { message, facts: { events: conflicts.length } });
}

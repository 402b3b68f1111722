import type { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { Ledger, OutcomeResult } from '../ledger/index.ts';
import type { Outcome } from '../tree/index.ts';
import { outcomeJson } from './attempt-json.ts';
import { auditOnce } from './audit-once.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { readMoment, readTold } from './read-told.ts';
import { outcomeRequestSchema, recordedOutcomeSchema } from './schemas-outcomes.ts';

export const outcomesEndpoints: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      method: 'post',
      path: '/api/outcomes',
      tag: 'Outcomes',
      summary: 'Records how a run ended',
      description:
        'It may come late, before the calls of its run, or for a run nobody knows. Of several outcomes of one run the ' +
        'latest by `at` counts. Repeating an id with equal content changes nothing; with other content it is refused ' +
        'with `outcome_conflict`. An `at` more than 5 minutes ahead of this clock is refused.',
      request: { body: { required: true, content: { 'application/json': { schema: outcomeRequestSchema } } } },
      answer: recordedOutcomeSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const request = context.req.valid('json');
    const result = await record(readOutcome(request, ports), request.at !== undefined, ports.ledger);
    await auditOutcome(result, context.get('principal').actor, ports);
    const { repeated, runKnown } = result;
    return context.json({ outcome: outcomeJson(result.outcome), repeated, runKnown }, 200);
  });
};

/**
 * Repeating a request that named no time must not conflict with itself because time went on: it then means the time
 * that was recorded first.
 * @throws BurnrateError outcome_conflict
 */
async function record(outcome: Outcome, timeGiven: boolean, ledger: Pick<Ledger, 'recordOutcome'>) {
  const first = await ledger.recordOutcome(outcome);
  if (first.ok) return first;
  if (timeGiven) throw conflict(outcome);
  const again = await ledger.recordOutcome({ ...outcome, atMs: first.recorded.atMs });
  if (!again.ok) throw conflict(outcome);
  return again;
}

function conflict(outcome: Outcome): BurnrateError {
  return new BurnrateError('outcome_conflict', {
    message: `The outcome "${outcome.id}" was recorded before with other content.`,
    facts: { id: outcome.id },
  });
}

type Recorded = Extract<OutcomeResult, { ok: true }>;

async function auditOutcome({ outcome, repeated }: Recorded, actor: string, ports: ApiPorts): Promise<void> {
  const after = outcomeJson(outcome);
  await auditOnce(ports, { actor, action: 'outcome.record', subject: outcome.id, before: null, after }, repeated);
}

type OutcomeRequest = z.infer<typeof outcomeRequestSchema>;

function readOutcome(request: OutcomeRequest, { clock, ids }: Pick<ApiPorts, 'clock' | 'ids'>): Outcome {
  const nowMs = clock.nowMs();
  return {
    id: request.id ?? ids.next('out'),
    run: request.run,
    outcome: request.outcome,
    value: request.valueUsd === undefined ? null : readTold(request.valueUsd, 'valueUsd', apiLimits.outcomeValueUsdMax),
    humanMinutes: request.humanMinutes ?? null,
    role: request.role ?? null,
    csat: request.csat ?? null,
    atMs: request.at === undefined ? nowMs : readMoment(request.at, nowMs, 'at'),
    recordedAtMs: nowMs,
  };
}

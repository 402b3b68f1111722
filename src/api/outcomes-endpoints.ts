import type { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { compareUsd, type Usd, usd, zeroUsd } from '../money/index.ts';
import type { Outcome } from '../tree/index.ts';
import { outcomeJson } from './attempt-json.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { FieldsRefused } from './refusals.ts';
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
    if (!result.repeated) await audit(result.outcome, context.get('principal').actor, ports);
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

async function audit(outcome: Outcome, actor: string, ports: ApiPorts): Promise<void> {
  const after = outcomeJson(outcome);
  await ports.books.audit.append({ actor, action: 'outcome.record', subject: outcome.id, before: null, after });
}

type OutcomeRequest = z.infer<typeof outcomeRequestSchema>;

function readOutcome(request: OutcomeRequest, { clock, ids }: Pick<ApiPorts, 'clock' | 'ids'>): Outcome {
  const nowMs = clock.nowMs();
  return {
    id: request.id ?? ids.next('out'),
    run: request.run,
    outcome: request.outcome,
    value: request.valueUsd === undefined ? null : readValue(request.valueUsd),
    humanMinutes: request.humanMinutes ?? null,
    role: request.role ?? null,
    csat: request.csat ?? null,
    atMs: request.at === undefined ? nowMs : readAt(request.at, nowMs),
    recordedAtMs: nowMs,
  };
}

/** A time ahead of ours by more than clocks usually differ would hide every later outcome of its run. */
function readAt(at: string, nowMs: number): number {
  const atMs = Date.parse(at);
  if (atMs <= nowMs + apiLimits.clockSkewMsMax) return atMs;
  const aheadSeconds = Math.round((atMs - nowMs) / 1_000);
  throw new FieldsRefused([
    { field: 'at', message: `is ${aheadSeconds} s ahead of this server's clock (300 s at most)` },
  ]);
}

/** A JSON number is a double; one of up to 15 significant digits is still exactly the decimal that was written. */
const exactDigitsMax = 15;

function readValue(value: string | number): Usd {
  if (typeof value === 'number' && significantDigits(value) > exactDigitsMax) {
    throw refusedValue(`has more than ${exactDigitsMax} significant digits; send it as a string`);
  }
  const amount = parseUsd(value);
  if (compareUsd(amount, zeroUsd) < 0) throw refusedValue('must not be negative');
  if (compareUsd(amount, usd(apiLimits.outcomeValueUsdMax)) > 0) {
    throw refusedValue(`must be at most ${apiLimits.outcomeValueUsdMax}`);
  }
  return amount;
}

function significantDigits(value: number): number {
  const digits = value.toExponential().split('e')[0] ?? '';
  return digits.replace(/[-.]/g, '').length;
}

function parseUsd(value: string | number): Usd {
  try {
    return usd(value);
  } catch (error) {
    if (error instanceof BurnrateError) throw refusedValue(error.message);
    throw error;
  }
}

function refusedValue(message: string): FieldsRefused {
  return new FieldsRefused([{ field: 'valueUsd', message }]);
}

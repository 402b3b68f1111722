import { createRoute } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { BurnrateError, type Clock } from '../base/index.ts';
import type { LedgerPulse } from '../ledger/index.ts';
import { toDecimal } from '../money/index.ts';
import { type BudgetWatch, budgetWatch } from './budget-watch.ts';
import { type Api, refusals } from './endpoint.ts';
import { needs } from './guard.ts';
import type { LiveHub, LiveSubscription } from './live-hub.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { timeJson } from './range.ts';
import { pulseSchema } from './schemas-instance.ts';

export function liveEndpoints(api: Api, ports: ApiPorts, hub: LiveHub): void {
  const watch = budgetWatch(ports);
  const route = createRoute({
    method: 'get',
    path: '/api/live',
    tags: ['Live'],
    summary:
      'Server-sent events: `pulse` when the ledger changed, `budgets` when money moved, at most one a second each',
    description:
      'Events are `pulse`; `heartbeat` when nothing changes for 15 seconds; `away` when the ledger does not answer, ' +
      'repeated every 15 seconds until a `pulse` says that it does again; `budgets` with the answer of `GET /api/budgets`, ' +
      'quotas of plans among them, the fullest hundred first. The first events come at once.',
    'x-burnrate-role': 'viewer',
    security: [{ token: [] }, { session: [] }],
    middleware: needs('viewer', ports),
    responses: {
      200: { description: 'A stream of events', content: { 'text/event-stream': { schema: pulseSchema } } },
      ...refusals,
    },
  });
  api.openapi(route, (context) => {
    const seat = hub.join();
    if (seat === null) throw full();
    context.header('x-accel-buffering', 'no');
    return streamSSE(context, async (stream) => {
      await Promise.all([relay(stream, seat, ports.clock), relayBudgets(stream, seat, watch)]);
    }) as never;
  });
}

function full(): BurnrateError {
  const message = `All ${apiLimits.liveSubscribersMax} places for live views are taken.`;
  return new BurnrateError('overloaded', { message, retryAfterMs: apiLimits.liveHeartbeatMs });
}

async function relay(stream: SSEStreamingApi, seat: LiveSubscription, clock: Clock): Promise<void> {
  stream.onAbort(() => seat.leave());
  while (!stream.aborted && !seat.closed) {
    const pulse = await seat.next(apiLimits.liveHeartbeatMs);
    if (stream.aborted || seat.closed) break;
    if (pulse === 'away') await stream.writeSSE({ event: 'away', data: '' });
    else if (pulse === null) await stream.writeSSE({ event: 'heartbeat', data: '' });
    else await stream.writeSSE({ event: 'pulse', data: JSON.stringify(pulseJson(pulse, clock.nowMs())) });
  }
  seat.leave();
}

/** Sends how budgets stand whenever that changed. */
async function relayBudgets(stream: SSEStreamingApi, seat: LiveSubscription, watch: BudgetWatch): Promise<void> {
  let sent: string | null = null;
  while (!stream.aborted && !seat.closed) {
    const newest = await watch.newest();
    if (stream.aborted || seat.closed) return;
    if (newest !== null && newest !== sent) await stream.writeSSE({ event: 'budgets', data: newest });
    sent = newest ?? sent;
    await pause(apiLimits.livePollMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function pulseJson(pulse: LedgerPulse, nowMs: number) {
  return {
    version: pulse.version,
    attempts: pulse.attempts,
    costUsd: toDecimal(pulse.cost),
    lastAppendedAt: pulse.lastAppendedAtMs === null ? null : timeJson(pulse.lastAppendedAtMs),
    at: timeJson(nowMs),
  };
}

import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { AlertRecord } from '../books/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { timeJson } from './range.ts';
import { alertSchema, alertsSchema, silenceSchema } from './schemas-alerts.ts';

const tag = 'Alerts';
const idParams = z.object({ id: z.string().min(1).max(256) });
const hourMs = 3_600_000;

export const alertsEndpoints: Endpoints = (api, ports) => {
  listAlerts(api, ports);
  silenceAlert(api, ports);
  acknowledgeAlert(api, ports);
};

const listAlerts: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/alerts', tag, answer: alertsSchema },
      summary: 'Alerts, newest first, with the figures each rests on',
      request: {
        query: z.strictObject({
          state: z.enum(['firing', 'resolved']).optional(),
          kind: z.string().max(64).optional(),
          limit: z.coerce.number().int().min(1).max(apiLimits.alertsMax).optional(),
          before: z.string().max(256).optional().openapi({ description: 'Only alerts before this id, for paging.' }),
        }),
      },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { state, kind, limit, before } = context.req.valid('query');
    const alerts = await ports.books.alerts.list({
      limit: limit ?? apiLimits.alertsDefault,
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
      ...(before === undefined ? {} : { beforeId: before }),
    });
    return context.json({ alerts: alerts.map((alert) => alertJson(alert, ports.clock.nowMs())) }, 200);
  });
};

const silenceAlert: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/alerts/{id}/silence', tag, answer: alertSchema },
      summary: 'Tells nobody of an alert for some hours; repeating it begins them anew',
      request: {
        params: idParams,
        body: { required: true, content: { 'application/json': { schema: silenceSchema } } },
      },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { hours } = context.req.valid('json');
    const nowMs = ports.clock.nowMs();
    const untilMs = hours === 0 ? 0 : Math.round(nowMs + hours * hourMs);
    const alert = await ports.books.alerts.silence(id, untilMs, context.get('principal').actor);
    return context.json(alertJson(found(alert, id), nowMs), 200);
  });
};

const acknowledgeAlert: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      ...{ method: 'post', path: '/api/alerts/{id}/acknowledge', tag, answer: alertSchema },
      summary: 'Says that somebody looks after an alert; repeating it changes who',
      request: { params: idParams },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const alert = await ports.books.alerts.acknowledge(id, context.get('principal').actor);
    return context.json(alertJson(found(alert, id), ports.clock.nowMs()), 200);
  });
};

/** @throws BurnrateError not_found */
function found(alert: AlertRecord | null, id: string): AlertRecord {
  if (!alert) throw new BurnrateError('not_found', { message: `There is no alert "${id}".` });
  return alert;
}

function alertJson(alert: AlertRecord, nowMs: number): z.infer<typeof alertSchema> {
  const { id, rule, kind, severity, subject, summary, evidence, link, acknowledgedBy } = alert;
  const silenced = alert.state === 'firing' && alert.silencedUntilMs > nowMs;
  return {
    ...{ id, rule, kind, severity, summary, link, acknowledgedBy, subject: { ...subject }, evidence: { ...evidence } },
    state: silenced ? 'silenced' : alert.state,
    startedAt: timeJson(alert.startedAtMs),
    lastSeenAt: timeJson(alert.lastSeenAtMs),
    resolvedAt: alert.resolvedAtMs === null ? null : timeJson(alert.resolvedAtMs),
    silencedUntil: alert.silencedUntilMs === 0 ? null : timeJson(alert.silencedUntilMs),
  };
}

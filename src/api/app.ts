import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { BurnrateError } from '../base/index.ts';
import { adviceEndpoints } from './advice-endpoints.ts';
import { alertsEndpoints } from './alerts-endpoints.ts';
import { serveAssets } from './assets-endpoint.ts';
import { behaviourEndpoints } from './behaviour-endpoints.ts';
import { budgetsEndpoints } from './budgets-endpoints.ts';
import { callsEndpoints } from './calls-endpoints.ts';
import { costsEndpoints } from './costs-endpoints.ts';
import { economicsEndpoints } from './economics-endpoints.ts';
import { type Api, openToAll, refusals } from './endpoint.ts';
import { forecastsEndpoints } from './forecasts-endpoints.ts';
import { type ApiEnv, jsonOnly, sameOrigin, strictHeaders } from './guard.ts';
import { instanceEndpoints } from './instance-endpoints.ts';
import { keysEndpoints } from './keys-endpoints.ts';
import { liveEndpoints } from './live-endpoints.ts';
import { type LiveHub, liveHub } from './live-hub.ts';
import { newestEndpoints } from './newest-endpoints.ts';
import { openApiDocument } from './openapi.ts';
import { operationsEndpoints } from './operations-endpoints.ts';
import { outcomesEndpoints } from './outcomes-endpoints.ts';
import { plansEndpoints } from './plans-endpoints.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { pricesEndpoints } from './prices-endpoints.ts';
import { refuse, refuseInvalid, refuseThrown } from './refusals.ts';
import { refusedEndpoints } from './refused-endpoints.ts';
import { releasesEndpoints } from './releases-endpoints.ts';
import { reportsEndpoints } from './reports-endpoints.ts';
import { reservationsEndpoints } from './reservations-endpoints.ts';
import { reviewsEndpoints } from './reviews-endpoints.ts';
import { usageEndpoints } from './usage-endpoints.ts';
import { usersEndpoints } from './users-endpoints.ts';
import { whatIfEndpoints } from './what-if-endpoints.ts';
import { workflowsEndpoints } from './workflows-endpoints.ts';

/** The control plane over HTTP: the API, its document, probes, metrics and the dashboard. */
export interface ControlPlane {
  fetch(request: Request): Response | Promise<Response>;
  /** The OpenAPI 3.1 document, as GET /api/openapi.json gives it. */
  document(): ReturnType<typeof openApiDocument>;
  /** Ends live streams, so that the server can close. */
  close(): void;
}

export function createApi(ports: ApiPorts): ControlPlane {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  const hub = liveHub(ports);
  api.onError(refuseThrown(ports));
  api.use(strictHeaders, sameOrigin, jsonOnly, limitedBody);
  addEndpoints(api, ports, hub);
  const document = () => openApiDocument(api, ports.instance.version);
  addDocument(api, document);
  api.get('*', serveAssets(ports.assets));
  api.notFound((context) => refuse(context, unknownPath(api, context)));
  return { fetch: (request) => api.fetch(request), document, close: () => hub.close() };
}

function addEndpoints(api: Api, ports: ApiPorts, hub: LiveHub): void {
  for (const add of [
    outcomesEndpoints,
    usageEndpoints,
    costsEndpoints,
    workflowsEndpoints,
    economicsEndpoints,
    reportsEndpoints,
    releasesEndpoints,
    reservationsEndpoints,
    whatIfEndpoints,
    adviceEndpoints,
    behaviourEndpoints,
    newestEndpoints,
    callsEndpoints,
    operationsEndpoints,
    pricesEndpoints,
    budgetsEndpoints,
    refusedEndpoints,
    alertsEndpoints,
    plansEndpoints,
    forecastsEndpoints,
    reviewsEndpoints,
    keysEndpoints,
    usersEndpoints,
    instanceEndpoints,
  ]) {
    add(api, ports);
  }
  liveEndpoints(api, ports, hub);
}

function addDocument(api: Api, document: ControlPlane['document']): void {
  const content = { 'application/json': { schema: z.object({ openapi: z.string() }).loose() } };
  const route = createRoute({
    method: 'get',
    path: '/api/openapi.json',
    tags: ['Instance'],
    summary: 'This API as an OpenAPI 3.1 document',
    ...openToAll,
    responses: { 200: { description: 'The document', content }, ...refusals },
  });
  api.openapi(route, (context) => context.json(document() as never, 200));
}

const limitedBody = bodyLimit({
  maxSize: apiLimits.bodyBytesMax,
  onError: () => {
    throw new BurnrateError('body_too_large', { message: `The body is over ${apiLimits.bodyBytesMax} bytes.` });
  },
});

/** A path that exists under another method is refused as such, with the methods that it has. */
function unknownPath(api: Api, context: Context<ApiEnv>): BurnrateError {
  const { method, path } = context.req;
  const methods = methodsOf(api, path);
  if (methods.length === 0) return new BurnrateError('not_found', { message: `There is nothing at ${path}.` });
  context.header('allow', methods.join(', '));
  return new BurnrateError('method_not_allowed', { message: `${path} takes ${methods.join(', ')}, not ${method}.` });
}

function methodsOf(api: Api, path: string): string[] {
  const matching = api.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' && pathPattern(definition.route.path).test(path)
      ? [definition.route.method.toUpperCase()]
      : [],
  );
  return [...new Set(matching)];
}

function pathPattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

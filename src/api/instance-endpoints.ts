import { createRoute, z } from '@hono/zod-openapi';
import { deleteCookie, setCookie } from 'hono/cookie';
import { BurnrateError } from '../base/index.ts';
import { type Api, type Endpoints, endpoint, openToAll, refusals } from './endpoint.ts';
import { needs } from './guard.ts';
import type { ApiPorts, InstanceFacts, ReadinessCheck } from './ports.ts';
import { timeJson } from './range.ts';
import type { Principal } from './roles.ts';
import { sessionCookie, sessionMsMax } from './roles.ts';
import {
  configReloadSchema,
  healthSchema,
  instanceSchema,
  readinessSchema,
  sessionRequestSchema,
  sessionSchema,
} from './schemas-instance.ts';

export const instanceEndpoints: Endpoints = (api, ports) => {
  showInstance(api, ports);
  reloadConfig(api, ports);
  for (const prefix of ['', '/api']) {
    showHealth(api, `${prefix}/healthz`);
    showReadiness(api, `${prefix}/readyz`, ports);
  }
  showMetrics(api, ports);
  openSession(api, ports);
  endSession(api);
};

const showInstance: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/instance',
      tag: 'Instance',
      summary: 'What this instance is: version, addresses, time zone, what is simulated, what it can do',
      answer: instanceSchema,
    },
    ports,
  );
  api.openapi(route, (context) =>
    context.json(instanceJson(ports.instance, ports.clock.nowMs(), context.get('principal')), 200),
  );
};

const reloadConfig: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      ...{ method: 'post', path: '/api/config/reload', tag: 'Instance', answer: configReloadSchema },
      summary: 'Reads burnrate.yaml anew; calls in flight keep what they began with',
      description:
        'A file with mistakes is refused with `config_refused`, and what was in force stays so. Variables of the environment are those of the start.',
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { changed, restartNeeded, workers } = await ports.reloadConfig(context.get('principal').actor);
    return context.json({ changed: [...changed], restartNeeded: [...restartNeeded], workers }, 200);
  });
};

function instanceJson(facts: InstanceFacts, nowMs: number, { actor, role }: Principal): z.infer<typeof instanceSchema> {
  const { startedAtMs, providers, workflows, features, ...plain } = facts;
  return {
    name: 'burnrate',
    ...plain,
    startedAt: timeJson(startedAtMs),
    now: timeJson(nowMs),
    you: { name: actor, role },
    workflows: [...workflows],
    features: { ...features },
    dataPlane: {
      openai: `${facts.url}/v1`,
      anthropic: `${facts.url}/anthropic`,
      gemini: `${facts.url}/gemini`,
      providers: providers.map(({ name, kind }) => ({ name, kind, url: `${facts.url}/p/${name}` })),
    },
  };
}

function showHealth(api: Api, path: string): void {
  const answer = { description: 'It is', content: { 'application/json': { schema: healthSchema } } };
  const route = createRoute({
    method: 'get',
    path,
    tags: ['Instance'],
    summary: 'Whether the process answers at all',
    ...openToAll,
    responses: { 200: answer, ...refusals },
  });
  api.openapi(route, (context) => context.json({ status: 'ok' as const }, 200));
}

function showReadiness(api: Api, path: string, ports: ApiPorts): void {
  const content = { 'application/json': { schema: readinessSchema } };
  const route = createRoute({
    method: 'get',
    path,
    tags: ['Instance'],
    summary: 'Whether traffic is welcome: each thing that must work, and how it is',
    ...openToAll,
    responses: {
      200: { description: 'Ready', content },
      503: { description: 'Not ready; `checks` says why', content },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const checks = await Promise.all(ports.readiness.map(runCheck));
    if (checks.every((check) => check.ok)) return context.json({ status: 'ready' as const, checks }, 200);
    return context.json({ status: 'not_ready' as const, checks }, 503);
  });
}

async function runCheck({ name, check }: ReadinessCheck) {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function showMetrics(api: Api, ports: ApiPorts): void {
  const route = createRoute({
    method: 'get',
    path: '/metrics',
    tags: ['Instance'],
    summary: 'Prometheus metrics of every process of this instance',
    'x-burnrate-role': 'viewer',
    security: [{ token: [] }, { session: [] }],
    middleware: needs('viewer', ports),
    responses: {
      200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const { contentType, text } = await ports.metrics();
    return context.text(text, 200, { 'content-type': contentType });
  });
}

function openSession(api: Api, ports: ApiPorts): void {
  const route = createRoute({
    method: 'post',
    path: '/api/session',
    tags: ['Sign-in'],
    summary: 'Signs a browser in: exchanges the admin token, or that of a user, for a cookie',
    ...openToAll,
    request: { body: { required: true, content: { 'application/json': { schema: sessionRequestSchema } } } },
    responses: {
      200: { description: 'Signed in', content: { 'application/json': { schema: sessionSchema } } },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const session = await ports.openSession(context.req.valid('json').token);
    if (session === null) throw new BurnrateError('sign_in_required', { message: 'The token is not right.' });
    setCookie(context, sessionCookie, session, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: ports.instance.url.startsWith('https:'),
      path: '/',
      maxAge: sessionMsMax / 1_000,
    });
    return context.json({ signedIn: true }, 200);
  });
}

function endSession(api: Api): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/session',
    tags: ['Sign-in'],
    summary: 'Signs a browser out',
    ...openToAll,
    responses: {
      200: { description: 'Signed out', content: { 'application/json': { schema: sessionSchema } } },
      ...refusals,
    },
  });
  api.openapi(route, (context) => {
    deleteCookie(context, sessionCookie, { path: '/' });
    return context.json({ signedIn: false }, 200);
  });
}

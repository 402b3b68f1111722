import { createRoute, type OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import { type ApiEnv, needs } from './guard.ts';
import type { ApiPorts } from './ports.ts';
import type { Role } from './roles.ts';
import { errorSchema } from './schemas.ts';

export type Api = OpenAPIHono<ApiEnv>;

/** Adds a group of endpoints to the API. */
export type Endpoints = (api: Api, ports: ApiPorts) => void;

interface EndpointConfig<Answer extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly answer: Answer;
  readonly request?: RouteConfig['request'];
}

const refusal = {
  description: 'A refusal; `error.code` is also in the `burnrate-error-code` header. docs/errors.md lists every code.',
  content: { 'application/json': { schema: errorSchema } },
} as const;

/** An endpoint that answers 200 with JSON to callers that hold `role`. Refusals all have one shape. */
export function endpoint<const Config extends EndpointConfig<z.ZodType>>(role: Role, config: Config, ports: ApiPorts) {
  const { method, path, tag, summary, description, answer, request } = config as EndpointConfig<Config['answer']>;
  return createRoute({
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    'x-burnrate-role': role,
    security: [{ token: [] }, { session: [] }],
    middleware: needs(role, ports),
    request: (request ?? {}) as Config extends { request: infer Request } ? Request : Record<never, never>,
    responses: {
      200: { description: summary, content: { 'application/json': { schema: answer as Config['answer'] } } },
      default: refusal,
    },
  });
}

/** An endpoint anyone may ask, for probes and sign-in. */
export const openToAll: { security: Record<string, string[]>[] } = { security: [] };
export const refusals = { default: refusal } as const;

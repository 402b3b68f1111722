import type { MiddlewareHandler } from 'hono';
import { BurnrateError } from '../base/index.ts';
import type { ApiPorts } from './ports.ts';
import { type Principal, type Role, roleAllows } from './roles.ts';

export interface ApiEnv {
  Variables: { principal: Principal };
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a request through when its sender holds `role`, and remembers the sender for the audit.
 * @throws BurnrateError sign_in_required, forbidden
 */
export function needs(role: Role, ports: Pick<ApiPorts, 'identify'>): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const principal = await ports.identify(context.req.raw.headers);
    if (principal === null) {
      context.header('www-authenticate', 'Bearer realm="burnrate"');
      throw new BurnrateError('sign_in_required', { message: 'This endpoint needs a signed-in caller.' });
    }
    if (!roleAllows(principal.role, role)) {
      throw new BurnrateError('forbidden', { message: `This needs the role ${role}; yours is ${principal.role}.` });
    }
    context.set('principal', principal);
    await next();
  };
}

/**
 * Refuses what another site made a browser send: a browser names the page's origin in `Origin` (or says `cross-site` in
 * `Sec-Fetch-Site`) whenever it changes something. Programs send neither.
 */
export const sameOrigin: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const headers = context.req.raw.headers;
  if (!readingMethods.has(context.req.method) && !isSameOrigin(headers)) {
    throw new BurnrateError('origin_refused', { message: 'A page of another site may not change anything here.' });
  }
  await next();
};

function isSameOrigin(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = headers.get('origin');
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

/** A body is JSON or nothing: a plain form, which any page can send without asking, is none. */
export const jsonOnly: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const { method, headers } = context.req.raw;
  const type = headers.get('content-type') ?? '';
  if (!readingMethods.has(method) && hasBody(headers) && !/^application\/([a-z.-]+\+)?json\b/i.test(type)) {
    throw new BurnrateError('bad_request', { message: 'Send the body as JSON, with content-type application/json.' });
  }
  await next();
};

/**
 * Whether a body follows, by its headers (RFC 9112, section 6.3): a server gives every request that may have a body one
 * to read, so that an empty `DELETE` would look like one. Without either header only a stated type tells of a body.
 */
function hasBody(headers: Headers): boolean {
  const length = headers.get('content-length');
  if (length !== null) return length !== '0';
  return headers.has('transfer-encoding') || headers.has('content-type');
}

const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** What a browser may do with our pages: nothing that is not ours. */
export const strictHeaders: MiddlewareHandler<ApiEnv> = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
};

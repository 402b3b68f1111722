import type { WireKind } from './emulator-types.ts';
import type { LimitState } from './limiter.ts';
import type { FaultKind } from './scenario.ts';

export interface RefusalReply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Wording {
  readonly status: number;
  readonly openai: readonly [type: string, code: string | null];
  readonly anthropic: string;
  readonly gemini: string;
  readonly message: string;
}

const wordings: { readonly [kind in FaultKind | 'too-large']?: Wording } = {
  'rate-limit': {
    status: 429,
    openai: ['requests', 'rate_limit_exceeded'],
    anthropic: 'rate_limit_error',
    gemini: 'RESOURCE_EXHAUSTED',
    message: 'Rate limit reached. Please slow down and try again.',
  },
  'server-error': {
    status: 500,
    openai: ['server_error', null],
    anthropic: 'api_error',
    gemini: 'INTERNAL',
    message: 'The server had an error while processing your request.',
  },
  overloaded: {
    status: 503,
    openai: ['service_unavailable', null],
    anthropic: 'overloaded_error',
    gemini: 'UNAVAILABLE',
    message: 'Overloaded',
  },
  'bad-request': {
    status: 400,
    openai: ['invalid_request_error', null],
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
    message: 'The request is not valid.',
  },
  unauthorized: {
    status: 401,
    openai: ['invalid_request_error', 'invalid_api_key'],
    anthropic: 'authentication_error',
    gemini: 'UNAUTHENTICATED',
    message: 'Incorrect API key provided.',
  },
  'not-found': {
    status: 404,
    openai: ['invalid_request_error', 'model_not_found'],
    anthropic: 'not_found_error',
    gemini: 'NOT_FOUND',
    message: 'There is no such resource.',
  },
  'too-large': {
    status: 413,
    openai: ['invalid_request_error', null],
    anthropic: 'request_too_large',
    gemini: 'INVALID_ARGUMENT',
    message: 'The request body is too large.',
  },
};

/** Faults that are plain refusals in the provider's words; nothing is generated or billed for them. */
export function isRefusal(fault: FaultKind): boolean {
  return fault in wordings;
}

/** Writes a refusal as the provider of `kind` would; an overloaded Anthropic answers 529. */
export function refusalOf(
  kind: WireKind,
  fault: FaultKind | 'too-large',
  requestId: string,
  details: { readonly message?: string; readonly param?: string | undefined; readonly retryAfterSeconds?: number } = {},
): RefusalReply {
  const wording = wordings[fault];
  if (!wording) throw new RangeError(`${fault} is not a refusal`);
  const status = fault === 'overloaded' && kind === 'anthropic' ? 529 : wording.status;
  const message = details.message ?? wording.message;
  const headers = details.retryAfterSeconds === undefined ? {} : { 'retry-after': String(details.retryAfterSeconds) };
  return { status, headers, body: JSON.stringify(bodyOf(kind, wording, status, message, requestId, details.param)) };
}

function bodyOf(
  kind: WireKind,
  wording: Wording,
  status: number,
  message: string,
  requestId: string,
  param?: string,
): unknown {
  switch (kind) {
    case 'openai':
      return { error: { message, type: wording.openai[0], param: param ?? null, code: wording.openai[1] } };
    case 'anthropic':
      return { type: 'error', error: { type: wording.anthropic, message }, request_id: requestId };
    case 'gemini':
      return { error: { code: status, message, status: wording.gemini } };
  }
}

/** Rate-limit headers as OpenAI and Anthropic send them; Gemini sends none. */
export function limitHeaders(
  kind: WireKind,
  limits: { requestsPerMinute?: number | undefined; tokensPerMinute?: number | undefined },
  state: LimitState,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const put = (what: 'requests' | 'tokens', limit: number | undefined, left: number | null): void => {
    if (limit === undefined || left === null || kind === 'gemini') return;
    const [limitName, leftName] =
      kind === 'openai'
        ? [`x-ratelimit-limit-${what}`, `x-ratelimit-remaining-${what}`]
        : [`anthropic-ratelimit-${what}-limit`, `anthropic-ratelimit-${what}-remaining`];
    headers[limitName] = String(limit);
    headers[leftName] = String(left);
  };
  put('requests', limits.requestsPerMinute, state.requestsLeft);
  put('tokens', limits.tokensPerMinute, state.tokensLeft);
  return headers;
}

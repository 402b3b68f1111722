import type { ErrorFacts } from '../protocol.ts';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

function typeOf(status: number): string {
  return types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

const errorObject = (error: ErrorFacts) => ({
  type: 'error',
  error: { type: typeOf(error.status), message: error.message },
});

/** As Anthropic documents its error object; it has no room for a code, which stands in `burnrate-error-code`. */
export function anthropicErrorBody(error: ErrorFacts): string {
  return JSON.stringify(errorObject(error));
}

export function anthropicErrorEvent(error: ErrorFacts): string {
  return `event: error\ndata: ${JSON.stringify(errorObject(error))}\n\n`;
}

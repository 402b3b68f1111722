import type { ErrorFacts } from '../protocol.ts';

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

const errorObject = (error: ErrorFacts) => ({
  error: { message: error.message, type: typeOf(error.status), param: null, code: error.code },
});

/** As OpenAI documents its error object. */
export function openaiErrorBody(error: ErrorFacts): string {
  return JSON.stringify(errorObject(error));
}

export function openaiErrorEvent(error: ErrorFacts): string {
  return `data: ${JSON.stringify(errorObject(error))}\n\n`;
}

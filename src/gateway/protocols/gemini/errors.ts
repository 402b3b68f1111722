import type { ErrorFacts } from '../protocol.ts';

/** Google's canonical error names by HTTP status. */
const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const errorObject = (error: ErrorFacts) => ({
  error: {
    code: error.status,
    message: error.message,
    status: statuses[error.status] ?? (error.status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: error.code, domain: 'burnrate' }],
  },
});

/** As Google's APIs document their error object. */
export function geminiErrorBody(error: ErrorFacts): string {
  return JSON.stringify(errorObject(error));
}

export function geminiErrorEvent(error: ErrorFacts): string {
  return `data: ${JSON.stringify(errorObject(error))}\n\n`;
}

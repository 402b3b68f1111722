import type { IncomingMessage, ServerResponse } from 'node:http';
import { BurnrateError, errorCodes } from '../../base/index.ts';
import type { ErrorFacts, Protocol } from '../protocols/protocol.ts';

/** How long a connection whose body was not read to its end is drained, so that the client can read the answer. */
const drainMs = 500;
const drainBytes = 64 * 1024;

export function errorFacts(error: BurnrateError): ErrorFacts {
  return { code: error.code, status: error.status, message: `${error.message} ${error.remedy}` };
}

/** The headers that go with an error of ours. */
function errorHeaders(error: BurnrateError): string[] {
  const headers = ['burnrate-error-code', error.code];
  if (!errorCodes[error.code].retry) headers.push('x-should-retry', 'false');
  if (error.retryAfterMs !== undefined) headers.push('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
  return headers;
}

/** Anything thrown as an error of the table; what is not one of ours is a defect, and says nothing about itself to clients. */
export function asBurnrateError(error: unknown): BurnrateError {
  if (error instanceof BurnrateError) return error;
  return new BurnrateError('internal', { message: 'Something went wrong here.', cause: error });
}

/** Answers with an error in the shape the client's SDK reads. Does nothing when an answer is already under way. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  protocol: Protocol,
  error: BurnrateError,
  headers: readonly string[] = [],
): void {
  if (res.headersSent || res.destroyed) return;
  const body = Buffer.from(protocol.errorBody(errorFacts(error)));
  const unread = !req.complete && bodyMayBeLarge(req);
  const all = [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    ...errorHeaders(error),
    ...headers,
  ];
  if (unread) all.push('connection', 'close');
  res.writeHead(error.status, all);
  res.end(req.method === 'HEAD' ? undefined : body);
  if (unread) drain(req);
}

/** A small body that was not read is drained by Node itself and the connection stays usable. */
function bodyMayBeLarge(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > drainBytes;
}

/** Reads and drops what the client still sends, for a moment; then the connection is cut. */
function drain(req: IncomingMessage): void {
  req.resume();
  setTimeout(() => req.socket.destroy(), drainMs).unref();
}

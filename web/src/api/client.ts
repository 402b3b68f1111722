import { takeEarly, timeoutMs } from './early.ts';
import type { ErrorBody } from './schema.ts';

/** A refusal of the API, or no answer at all (`unreachable`), with what the reader can do about it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly remedy: string;

  constructor(code: string, status: number, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.remedy = remedy;
  }
}

/** Whether the API said no, which it will say again. */
export function isRefusal(error: Error | null): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

/**
 * Reads one resource of the API. Statuses of `alsoFine` carry an answer too.
 * @throws ApiError with the API's code and remedy, or `unreachable`
 */
export async function getJson<T>(path: string, signal: AbortSignal, alsoFine: readonly number[] = []): Promise<T> {
  const response = await request(path, { headers: { accept: 'application/json' } }, signal, takeEarly(path));
  if (!response.ok && !alsoFine.includes(response.status)) throw await refusal(response);
  return (await response.json()) as T;
}

/**
 * Changes something. The browser names this page's origin by itself, which is what the API checks.
 * @throws ApiError with the API's code and remedy, or `unreachable`
 */
export async function sendJson<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const response = await request(path, { method, headers, ...content }, new AbortController().signal);
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

async function request(
  path: string,
  init: RequestInit,
  signal: AbortSignal,
  early?: Promise<Response>,
): Promise<Response> {
  try {
    if (early !== undefined) return await early;
    return await fetch(path, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw cause instanceof DOMException && cause.name === 'TimeoutError' ? late(cause) : unreachable(cause);
  }
}

/** Of an answer that did not come in time. */
export const lateCode = 'no_answer';

function late(cause: unknown): ApiError {
  const remedy = 'Its ledger may be busy: choose a shorter range, or try again.';
  return new ApiError(lateCode, 0, `Burnrate did not answer within ${timeoutMs / 1_000} s.`, remedy, cause);
}

function unreachable(cause: unknown): ApiError {
  const remedy = 'Check that Burnrate is running (`npm start`) and that this page is opened at its address.';
  return new ApiError('unreachable', 0, 'Burnrate does not answer.', remedy, cause);
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  const body = parseErrorBody(text);
  if (body) return new ApiError(body.error.code, response.status, body.error.message, body.error.remedy);
  const code = response.headers.get('burnrate-error-code') ?? `http_${response.status}`;
  return new ApiError(code, response.status, `The API answered ${response.status}.`, 'Try again in a moment.');
}

function parseErrorBody(text: string): ErrorBody | null {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody> | null;
    return typeof body?.error?.code === 'string' ? (body as ErrorBody) : null;
  } catch {
    // Something between us and the API answered in its own words; the status says enough.
    return null;
  }
}

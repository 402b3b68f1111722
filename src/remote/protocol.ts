import { BurnrateError, type ErrorCode, errorCodes } from '../base/index.ts';

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly arguments: readonly unknown[];
}

export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
  readonly facts: BurnrateError['facts'];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** Keeps the code of a coded error; anything else is a defect on the other side. */
export function toSentError(cause: unknown): SentError {
  if (cause instanceof BurnrateError) {
    return { code: cause.code, message: cause.message, retryAfterMs: cause.retryAfterMs, facts: cause.facts };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'internal', message, retryAfterMs: undefined, facts: {} };
}

export function fromSentError({ code, message, retryAfterMs, facts }: SentError): BurnrateError {
  const known = Object.hasOwn(errorCodes, code) ? code : 'internal';
  return new BurnrateError(known, { message, facts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

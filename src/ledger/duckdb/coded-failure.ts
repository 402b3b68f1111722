import { BurnrateError } from '../../base/index.ts';

/** What the engine threw, with a code. */
export function codedFailure(cause: unknown): BurnrateError {
  const text = cause instanceof Error ? cause.message : String(cause);
  // The engine refuses a value the caller gave, a time zone it does not know for one.
  if (/^(Conversion|Invalid Input|Not implemented)/.test(text))
    return new BurnrateError('bad_request', { message: text, cause });
  return new BurnrateError('LEDGER_UNAVAILABLE', { message: text, cause, retryAfterMs: 500 });
}

export function unavailable(message: string): BurnrateError {
  return new BurnrateError('LEDGER_UNAVAILABLE', { message, retryAfterMs: 500 });
}

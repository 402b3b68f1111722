import type { Hook } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { BurnrateError, type ErrorCode, errorCodes } from '../base/index.ts';
import type { ApiEnv } from './guard.ts';
import type { ApiPorts } from './ports.ts';

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A refused request whose fields are named one by one. */
export class FieldsRefused extends BurnrateError {
  readonly fields: readonly FieldProblem[];

  constructor(fields: readonly FieldProblem[]) {
    super('validation_failed', { message: fields.map(({ field, message }) => `${field}: ${message}`).join('; ') });
    this.fields = fields;
  }
}

/** Answers with the code, what happened and what to do, as body and as `burnrate-error-code` header. */
export function refuse(context: Context<ApiEnv>, error: BurnrateError): Response {
  const status = errorCodes[error.code].status as ContentfulStatusCode;
  context.header('burnrate-error-code', error.code);
  context.header('cache-control', 'no-store');
  if (error.retryAfterMs !== undefined) context.header('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)));
  const body = {
    code: error.code,
    message: error.message,
    remedy: error.remedy,
    ...(error instanceof FieldsRefused ? { fields: error.fields } : {}),
    ...(Object.keys(error.facts).length > 0 ? { facts: error.facts } : {}),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
  return context.json({ error: body }, status);
}

/** Turns whatever a handler threw into an answer; what is not foreseen is logged and called `internal`, without its text. */
export function refuseThrown(ports: Pick<ApiPorts, 'log'>) {
  return (error: Error, context: Context<ApiEnv>): Response => refuse(context, codedError(error, context, ports));
}

function codedError(error: Error, context: Context<ApiEnv>, ports: Pick<ApiPorts, 'log'>): BurnrateError {
  if (error instanceof BurnrateError) return outward(error);
  if (error instanceof HTTPException && error.status < 500) {
    return new BurnrateError(error.status === 413 ? 'body_too_large' : 'bad_request', { message: error.message });
  }
  ports.log('api_failed', { method: context.req.method, path: context.req.path, error: error.stack ?? error.message });
  return new BurnrateError('internal', { message: 'The request could not be answered.', cause: error });
}

/** Operational codes of the machine room under the name the contract gives them on the wire. */
const outwardCodes: { readonly [code in ErrorCode]?: ErrorCode } = {
  LEDGER_UNAVAILABLE: 'ledger_unavailable',
  LEDGER_LOCKED: 'ledger_unavailable',
  MONEY_INVALID: 'validation_failed',
};

function outward(error: BurnrateError): BurnrateError {
  const code = outwardCodes[error.code];
  if (code === undefined) return error;
  const retryAfterMs = error.retryAfterMs ?? (errorCodes[code].retry ? 1_000 : undefined);
  return new BurnrateError(code, {
    message: error.message,
    cause: error,
    facts: error.facts,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Refuses what a schema did not accept, naming each field. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, Response | undefined> = (result, context) => {
  if (result.success) return undefined;
  const fields = result.error.issues.map((issue) => ({
    field: issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.') || '(body)',
    message: issue.message,
  }));
  return refuse(context, new FieldsRefused(fields));
};

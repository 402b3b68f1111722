/** What a code means: its HTTP status, whether trying again can help, and what the reader should do. */
export interface ErrorMeaning {
  readonly status: number;
  readonly retry: boolean;
  readonly remedy: string;
}

/**
 * Every code Burnrate can answer with. Lower-case codes travel in `burnrate-error-code` and API bodies; upper-case
 * ones are operational failures seen in logs and on the command line. `docs/errors.md` is generated from this table.
 */
export const errorCodes = {
  invalid_key: { status: 401, retry: false, remedy: 'Send a valid Burnrate key where your SDK puts its API key.' },
  model_not_allowed: {
    status: 403,
    retry: false,
    remedy: 'Use one of the models this key allows, or ask an administrator to allow this one.',
  },
  origin_refused: {
    status: 403,
    retry: false,
    remedy: 'Call from a server, or from the address Burnrate listens on; browsers on other sites are refused.',
  },
  budget_exceeded: { status: 402, retry: false, remedy: 'Wait for the budget to reset or raise its limit.' },
  quota_exceeded: { status: 402, retry: false, remedy: 'Wait for the quota to reset or move to a larger plan.' },
  rate_limited: { status: 429, retry: true, remedy: 'Slow down and retry after the time in Retry-After.' },
  budget_contended: {
    status: 429,
    retry: true,
    remedy: 'Money is held by calls in flight; retry after the time in Retry-After.',
  },
  cooldown: { status: 429, retry: true, remedy: 'This scope cools down; retry after the time in Retry-After.' },
  unknown_price: {
    status: 400,
    retry: false,
    remedy: 'Add a price for this provider and model under `prices:` in burnrate.yaml.',
  },
  unbounded_input: {
    status: 400,
    retry: false,
    remedy: 'Send the input in the request body so that its cost can be bounded.',
  },
  bad_request: { status: 400, retry: false, remedy: 'Correct the request as the message says.' },
  not_found: { status: 404, retry: false, remedy: 'Check the path or the id; docs/api.md lists every endpoint.' },
  method_not_allowed: { status: 405, retry: false, remedy: 'Use the method that docs/api.md lists for this path.' },
  sign_in_required: {
    status: 401,
    retry: false,
    remedy: 'Send `Authorization: Bearer <token>`, or sign in on the dashboard.',
  },
  forbidden: { status: 403, retry: false, remedy: 'Sign in with a role that may do this.' },
  idempotency_in_flight: {
    status: 409,
    retry: true,
    remedy: 'The first request with this key still runs; wait for it.',
  },
  outcome_conflict: {
    status: 409,
    retry: false,
    remedy: 'This outcome id was used with other content; send a new id to record another outcome.',
  },
  usage_conflict: {
    status: 409,
    retry: false,
    remedy: 'An event with this source and id was told before with other content; nothing of the batch was recorded.',
  },
  review_taken: {
    status: 409,
    retry: false,
    remedy: 'Somebody else works on this review; wait until it is given back, or choose another.',
  },
  review_decided: {
    status: 409,
    retry: false,
    remedy: 'This review was decided otherwise before; a decision is not changed. Send the answer to review again.',
  },
  review_not_started: {
    status: 409,
    retry: false,
    remedy: 'Start the review first, so that its time is measured, or state its minutes.',
  },
  review_queue_full: {
    status: 429,
    retry: true,
    remedy: 'Decide some of the reviews that wait, or send fewer.',
  },
  already_exists: {
    status: 409,
    retry: false,
    remedy: 'This id is taken by something with other content; choose another id, or leave it out.',
  },
  owned_by_file: {
    status: 409,
    retry: false,
    remedy: 'Change it in burnrate.yaml, or choose another name.',
  },
  lease_in_use: {
    status: 409,
    retry: false,
    remedy: 'Only an expired lease can be released; wait until its gateway is lost for 30 seconds.',
  },
  forecast_missing: {
    status: 409,
    retry: false,
    remedy: 'Make one with POST /api/forecasts or name another range; `view=actual` needs no forecast.',
  },
  config_refused: {
    status: 422,
    retry: false,
    remedy: 'Correct burnrate.yaml as the message says; what was in force before stays in force.',
  },
  forecast_impossible: {
    status: 409,
    retry: false,
    remedy: 'Correct burnrate.yaml where the message says; `burnrate forecast` names the lines.',
  },
  body_too_large: {
    status: 413,
    retry: false,
    remedy: 'Send a smaller body or raise `server.maxBodyBytes` in burnrate.yaml.',
  },
  idempotency_conflict: { status: 422, retry: false, remedy: 'Use a new Idempotency-Key for a different body.' },
  validation_failed: { status: 422, retry: false, remedy: 'Correct the fields the message names.' },
  upstream_failed: {
    status: 502,
    retry: false,
    remedy: 'The provider could not be reached or broke off; check its status and the `providers:` section.',
  },
  overloaded: { status: 503, retry: true, remedy: 'Burnrate is at a limit; retry after the time in Retry-After.' },
  books_unavailable: {
    status: 503,
    retry: true,
    remedy: 'The books cannot be reached and hard budgets fail closed; retry after the time in Retry-After.',
  },
  journal_unavailable: {
    status: 503,
    retry: true,
    remedy: 'Calls cannot be recorded (is the disk full?), so none is sent; free space and retry.',
  },
  ledger_unavailable: {
    status: 503,
    retry: true,
    remedy: 'The ledger is restarting; retry after the time in Retry-After. Metering goes on meanwhile.',
  },
  upstream_timeout: {
    status: 504,
    retry: false,
    remedy: 'The provider did not answer in time; raise the timeout of the stage or the provider.',
  },
  internal: { status: 500, retry: false, remedy: 'This is a defect of Burnrate; report it with the call id.' },
  CONFIG_INVALID: {
    status: 500,
    retry: false,
    remedy: 'Correct burnrate.yaml as the message says; `burnrate doctor` checks it.',
  },
  INSTANCE_UNREACHABLE: {
    status: 503,
    retry: true,
    remedy: 'Start it with `burnrate serve`, or name another with --url; BURNRATE_TOKEN must hold your token.',
  },
  CONFIG_UNREADABLE: { status: 500, retry: false, remedy: 'Check the path given with --config and its permissions.' },
  JOURNAL_DAMAGED: {
    status: 500,
    retry: false,
    remedy: 'A journal could not be read and was set aside as `*.damaged`; keep the file and look for disk errors.',
  },
  LEDGER_LOCKED: {
    status: 503,
    retry: true,
    remedy: 'Another process owns this ledger; stop it or use another data folder.',
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    retry: true,
    remedy: 'The ledger process is restarting; rows wait in the journal.',
  },
  LISTEN_REFUSED: {
    status: 500,
    retry: false,
    remedy: 'Listening beyond loopback needs an admin token: set BURNRATE_ADMIN_TOKEN, or listen on 127.0.0.1.',
  },
  PORT_IN_USE: { status: 500, retry: false, remedy: 'Stop the other program or set `listen:` to a free port.' },
  ALLOCATION_EMPTY: { status: 500, retry: false, remedy: 'Give at least one weight above zero.' },
  MONEY_INVALID: { status: 400, retry: false, remedy: 'Write money as a decimal number of US dollars, like 1.25.' },
  CALIBRATION_TOO_FEW: {
    status: 400,
    retry: false,
    remedy: 'Give a longer trace or a wider --from and --to, or name another workflow or stage.',
  },
  SERIES_INVALID: {
    status: 400,
    retry: false,
    remedy: 'Correct the file at the line named: the first column is time, every other column holds numbers or blanks.',
  },
  SERIES_TOO_SHORT: {
    status: 400,
    retry: false,
    remedy: 'Give a longer series, a shorter --horizon, or a shorter --training.',
  },
  TRACE_INVALID: {
    status: 400,
    retry: false,
    remedy: 'Check the trace file at the line named, or name its format with --format.',
  },
  USAGE_INVALID: { status: 400, retry: false, remedy: 'Give the usage object exactly as the provider returned it.' },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** What happened, for a person; the code's remedy is added where it is shown. */
  readonly message: string;
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
  /** Machine-readable facts, like the budget and what is left of it. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** An operational failure: a stable code, a cause and a remedy. */
export class BurnrateError extends Error {
  override readonly name = 'BurnrateError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.facts = details.facts ?? {};
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get remedy(): string {
    return errorCodes[this.code].remedy;
  }
}

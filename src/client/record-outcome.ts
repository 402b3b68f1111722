/** How a run ended. */
export interface Outcome {
  readonly run: string;
  readonly outcome: 'success' | 'escalated' | 'abandoned' | 'failed';
  /** US dollars; a decimal string is exact whatever its length. */
  readonly valueUsd?: string | number;
  readonly humanMinutes?: number;
  /** Who spent them, like `support-agent`. */
  readonly role?: string;
  readonly csat?: number;
  /** Makes repeating harmless; derived from the run and the outcome when absent. */
  readonly id?: string;
  /** When it happened; now when absent. */
  readonly at?: Date;
}

export interface OutcomeOptions {
  /** Where Burnrate is, like `http://127.0.0.1:4700`. */
  readonly url: string;
  /** The instance's admin token, where it has one. */
  readonly token?: string;
  /** Tries in all; 3 when absent. */
  readonly triesMax?: number;
  readonly fetch?: typeof fetch;
}

const waitMsFirst = 250;
const answerMsMax = 10_000;

/**
 * Tells Burnrate how a run ended. It is tried again while Burnrate cannot be reached or is busy; the id makes that safe.
 *
 * @throws Error with the code and remedy Burnrate gave when it refuses, or with the cause when it cannot be reached
 */
export async function recordOutcome(outcome: Outcome, options: OutcomeOptions): Promise<void> {
  const { at, ...told } = outcome;
  const id = outcome.id ?? `${outcome.run}:${outcome.outcome}`;
  const body = JSON.stringify({ ...told, id, ...(at === undefined ? {} : { at: at.toISOString() }) });
  const triesMax = options.triesMax ?? 3;
  for (let tries = 1; ; tries++) {
    const result = await send(body, options);
    if (result.done) return;
    if (!result.retry || tries >= triesMax) throw result.error;
    await new Promise((resolve) => setTimeout(resolve, waitMsFirst * 2 ** (tries - 1)));
  }
}

type Sent = { readonly done: true } | { readonly done: false; readonly retry: boolean; readonly error: Error };

async function send(body: string, { url, token, fetch: send = fetch }: OutcomeOptions): Promise<Sent> {
  try {
    const response = await send(`${url.replace(/\/+$/, '')}/api/outcomes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body,
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await response.text();
    if (response.ok) return { done: true };
    return {
      done: false,
      retry: response.status === 429 || response.status >= 500,
      error: refusal(response.status, text),
    };
  } catch (cause) {
    return { done: false, retry: true, error: new Error(`Burnrate cannot be reached at ${url}`, { cause }) };
  }
}

function refusal(status: number, text: string): Error {
  const { code, message, remedy } = readRefusal(text);
  return new Error(`Burnrate refused the outcome: ${message ?? `status ${status}`} ${remedy ?? ''}`.trim(), {
    cause: { status, code },
  });
}

function readRefusal(text: string): { code?: string; message?: string; remedy?: string } {
  try {
    return (JSON.parse(text) as { error?: object }).error ?? {};
  } catch {
    // Something between us and Burnrate answered; its status says the rest.
    return {};
  }
}

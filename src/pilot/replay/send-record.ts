import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import type { Clock, Random } from '../../base/index.ts';
import type { WireKind } from '../emulator/emulator-types.ts';
import { type AnswerUsage, readAnswer } from './answer-usage.ts';
import type { ReplayRequest } from './replay-request.ts';

/** A request with no byte of an answer for this long is a lost connection. */
const silentMsMax = 120_000;

export interface SendOptions {
  readonly pool: Pool;
  readonly kind: WireKind;
  readonly retryForMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onRetry: () => void;
}

/** How a record ended; each ends once, however often it was sent. */
export type RecordEnd =
  | { readonly ok: true; readonly usage: AnswerUsage | null; readonly sends: number }
  | { readonly ok: false; readonly reason: string; readonly sends: number };

const firstBackoffMs = 50;
const backoffMsMax = 2_000;
/** Refusals by Burnrate itself before it accepted the call; a later send can succeed. */
const retryableCodes = new Set(['overloaded', 'journal_unavailable']);

type Try = { readonly is: 'end'; readonly end: RecordEnd } | { readonly is: 'lost'; readonly reason: string };

/** Sends a record, again and again while the connection is lost, until it has an answer or the time is up. */
export async function sendRecord(request: ReplayRequest, options: SendOptions): Promise<RecordEnd> {
  const giveUpAtMs = options.clock.monotonicMs() + options.retryForMs;
  for (let sends = 1; ; sends++) {
    const tried = await sendOnce(request, sends, options);
    if (tried.is === 'end') return tried.end;
    if (options.signal.aborted) return { ok: false, reason: 'aborted', sends };
    if (options.clock.monotonicMs() >= giveUpAtMs) return { ok: false, reason: tried.reason, sends };
    await backOff(sends, options);
    options.onRetry();
  }
}

async function sendOnce(request: ReplayRequest, sends: number, options: SendOptions): Promise<Try> {
  const retryHeaders = sends > 1 ? { 'x-stainless-retry-count': String(sends - 1) } : {};
  try {
    const answer = await options.pool.request({
      path: request.path,
      method: 'POST',
      headers: { ...request.headers, ...retryHeaders },
      body: request.body,
      headersTimeout: silentMsMax,
      bodyTimeout: silentMsMax,
      signal: options.signal,
    });
    const text = await answer.body.text();
    if (answer.statusCode === 200) return { is: 'end', end: read(text, request, sends, options.kind) };
    const code = String(answer.headers['burnrate-error-code'] ?? '');
    const reason = code ? `http_${answer.statusCode}_${code}` : `http_${answer.statusCode}`;
    return retryableCodes.has(code) ? { is: 'lost', reason } : { is: 'end', end: { ok: false, reason, sends } };
  } catch (error) {
    // Whatever undici throws here is a connection that broke, was refused or stayed silent.
    return { is: 'lost', reason: isTimeout(error) ? 'timeout' : 'connection' };
  }
}

function read(text: string, request: ReplayRequest, sends: number, kind: WireKind): RecordEnd {
  const reading = readAnswer(kind, request.streamed, text);
  return reading.ok ? { ok: true, usage: reading.usage, sends } : { ok: false, reason: reading.reason, sends };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /TIMEOUT/.test(String(error.code));
}

/** Exponential, with full jitter above half, so that a restarted gateway is not met by all at once. */
async function backOff(sends: number, options: SendOptions): Promise<void> {
  const fullMs = Math.min(backoffMsMax, firstBackoffMs * 2 ** Math.min(sends - 1, 10));
  const waitMs = fullMs * (0.5 + options.random.next() / 2);
  await sleep(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
}

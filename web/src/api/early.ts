import { nowMs } from '../clock.ts';

/** Answers asked for before whoever shows them was there, by path. */
const asked = new Map<string, Promise<Response>>();
const askedAtMs = nowMs();
/** An answer later than this is treated as none. */
export const timeoutMs = 30_000;
/** An answer older than this is asked for anew, ms. */
const freshMs = 5_000;

/** Asks now for what a part of the page will ask for by the same path in a moment. */
export function askEarly(path: string): Promise<Response> {
  const answer = fetch(path, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(timeoutMs) });
  // Whoever takes the answer hears of a failure; nobody else need.
  answer.catch(() => undefined);
  asked.set(path, answer);
  return answer;
}

/** The answer asked for early, for one taker. */
export function takeEarly(path: string): Promise<Response> | undefined {
  const answer = asked.get(path);
  asked.delete(path);
  return nowMs() - askedAtMs < freshMs ? answer : undefined;
}

/** The moment early questions are asked for, as long as their answers serve; then now. */
export function firstMomentMs(): number {
  const now = nowMs();
  return now - askedAtMs < freshMs ? askedAtMs : now;
}

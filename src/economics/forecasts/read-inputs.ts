import { type RecordOfStage, rowOfAttempts } from '../../forecast/index.ts';
import type { AttemptCursor } from '../../ledger/index.ts';
import type { Attempt } from '../../tree/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';

/** What forecasts ask of the ledger. */
export type ForecastLedger = EconomicLedger;

const dayMs = 86_400_000;
/** Four weeks, so that every weekday is there alike. */
const measuredMs = 28 * dayMs;
const pageAttempts = 2_000;
/** Attempts read of one stage; enough for any quantile. */
const attemptsMax = 40_000;

/** The calls of a stage over the last four weeks; over a part of them where there are more than are ever read. */
export function recordOfStage(ledger: Pick<EconomicLedger, 'history' | 'costs'>, nowMs: number): RecordOfStage {
  return async ({ workflow, stage }) => {
    const where = { workflow: [workflow], stage: [stage] };
    const whole = { fromMs: nowMs - measuredMs, toMs: nowMs };
    const { total } = await ledger.costs({ range: whole, by: [], where, limit: 1 });
    const part = Math.min(1, attemptsMax / Math.max(1, total.attempts));
    const query = { range: { ...whole, fromMs: Math.floor(nowMs - measuredMs * part) }, where };
    const calls = new Map<string, [Attempt, ...Attempt[]]>();
    let after: AttemptCursor | undefined;
    for (let read = 0; read < attemptsMax; ) {
      const page: readonly Attempt[] = await ledger.history(query, pageAttempts, after);
      for (const attempt of page) addTo(calls, attempt);
      read += page.length;
      const last = page.at(-1);
      if (!last || page.length < pageAttempts) break;
      after = { startedAtMs: last.startedAtMs, attemptId: last.attemptId };
    }
    const all = [...calls.values()];
    return { rows: all.map(rowOfAttempts), simulated: all.some((own) => own.some(({ simulated }) => simulated)) };
  };
}

function addTo(calls: Map<string, [Attempt, ...Attempt[]]>, attempt: Attempt): void {
  const known = calls.get(attempt.callId);
  if (known) known.push(attempt);
  else calls.set(attempt.callId, [attempt]);
}

const releaseDays = 14;
/** Calls that make a release more than a trial. */
const releaseCallsMin = 20;

/** The release that was first seen last; null when no call of the last two weeks names one. */
export async function newestRelease(ledger: Pick<EconomicLedger, 'costs'>, nowMs: number): Promise<string | null> {
  const range = { fromMs: nowMs - releaseDays * dayMs, toMs: nowMs };
  const { rows } = await ledger.costs({ range, by: ['release', 'hour'], where: {}, limit: 10_000 });
  const seen = new Map<string, { calls: number; first: string }>();
  for (const { dimensions, calls } of rows) {
    const { release, hour } = dimensions;
    if (!release || !hour) continue;
    const known = seen.get(release);
    const first = known && known.first < hour ? known.first : hour;
    seen.set(release, { calls: (known?.calls ?? 0) + calls, first });
  }
  const used = [...seen].filter(([, { calls }]) => calls >= releaseCallsMin);
  used.sort(([a, one], [b, other]) => (one.first < other.first ? 1 : one.first > other.first ? -1 : a < b ? 1 : -1));
  return used[0]?.[0] ?? null;
}

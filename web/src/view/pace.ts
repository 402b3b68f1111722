import type { Budget } from '../api/schema.ts';

type Rung = Budget['brake'][number];

/** Where a budget is heading if it goes on as since its period began. */
export interface Pace {
  /** When nothing is left, ms since the Unix epoch; null when it lasts until it starts anew. */
  readonly usedUpAtMs: number | null;
  /** The next brake of it, and from when it holds; null when none will. */
  readonly brake: { readonly rung: Rung; readonly atMs: number } | null;
}

/** Too early in a period the pace says nothing. */
const elapsedShareMin = 0.005;

/** Null for a rolling window, which has no end, and where nothing is counted yet. */
export function paceOf(budget: Budget, nowMs: number): Pace | null {
  const { fullest, window } = budget;
  if (window !== 'calendar' || !fullest?.resetsAt || fullest.usedShare <= 0) return null;
  const endMs = Date.parse(fullest.resetsAt);
  const startMs = periodStartMs(budget.period, endMs);
  if (startMs === null || nowMs - startMs < elapsedShareMin * (endMs - startMs)) return null;
  const reachedMs = (share: number) => startMs + ((nowMs - startMs) * share) / fullest.usedShare;
  const within = (atMs: number) => (atMs < endMs ? Math.max(atMs, startMs) : null);
  const rungs = budget.brake
    .map((rung) => ({ rung, atMs: within(reachedMs(rung.at)) }))
    .filter((each): each is { rung: Rung; atMs: number } => each.atMs !== null)
    .sort((a, b) => a.rung.at - b.rung.at);
  const passed = rungs.filter(({ rung }) => rung.at <= fullest.usedShare);
  return { usedUpAtMs: within(reachedMs(1)), brake: passed.at(-1) ?? rungs[0] ?? null };
}

const hourMs = 3_600_000;
const months: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const lengths: Readonly<Record<string, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

/** Months differ in length; a period of another kind has no start that its end tells. */
function periodStartMs(period: string, endMs: number): number | null {
  const ofMonths = months[period];
  if (ofMonths !== undefined) {
    const end = new Date(endMs);
    return Date.UTC(
      end.getUTCFullYear(),
      end.getUTCMonth() - ofMonths,
      end.getUTCDate(),
      end.getUTCHours(),
      end.getUTCMinutes(),
    );
  }
  const length = lengths[period];
  return length === undefined ? null : endMs - length;
}

/** What a step of a brake does, in a few words. */
export function rungText({ maxOutputTokens, model, queueMs, cooldownMs, stop }: Rung): string {
  const parts = [
    maxOutputTokens === undefined ? null : `answers of ${maxOutputTokens} tokens at most`,
    model === undefined ? null : `model ${model}`,
    queueMs === undefined ? null : `calls wait up to ${queueMs / 1000} s`,
    cooldownMs === undefined ? null : `${cooldownMs / 1000} s between calls of a user`,
    stop === true ? 'no further calls' : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

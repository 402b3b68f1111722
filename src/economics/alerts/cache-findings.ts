import type { CostRow, Dimension } from '../../ledger/index.ts';
import { costsLink, type Finding, type WatchRule } from './alert.ts';
import { median } from './baseline.ts';
import { groupKey, ofGroups, sumOf } from './history.ts';
import type { Look } from './look.ts';
import { keepShare, of, placeName } from './traffic-findings.ts';

const places: readonly Dimension[] = ['workflow', 'stage'];
const historyDays = 7;
/** Hours with fewer attempts tell nothing of a share. */
const attemptsPerHourMin = 20;
const hoursMin = 12;
/** A cache that is hardly used cannot collapse. */
const usualShareMin = 0.1;

const cachedShare = (rows: readonly CostRow[]): number =>
  sumOf(rows, (row) => row.cacheReadTokens) /
  Math.max(
    1,
    sumOf(rows, (row) => row.inputTokens),
  );

/** What a stage's share usually is; null where too little is known. */
interface UsualShare {
  readonly median: number;
  /** What every twentieth hour falls below is ordinary here. */
  readonly low: number;
}

function usualShare(rows: readonly CostRow[]): UsualShare | null {
  const hours = rows.filter((hour) => hour.attempts >= attemptsPerHourMin);
  const shares = hours.map((hour) => cachedShare([hour])).sort((a, b) => a - b);
  return shares.length < hoursMin ? null : { median: median(shares), low: shares[Math.floor(shares.length / 20)] ?? 0 };
}

const usualShares = (rows: readonly CostRow[]) => ofGroups(rows, places, usualShare);

/** The share of a stage's input that providers read from their cache, far below what it usually is: every prompt costs more. */
export async function cacheCollapses(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const recent = await look.recent(range, places, rule.where);
  const past = { by: [...places, 'hour'], where: rule.where, days: historyDays } as const;
  const shares = await look.past(past, usualShares);
  return recent.flatMap((row) => {
    const known = shares.get(groupKey(row, places));
    if (!known || known.median < usualShareMin || row.calls < rule.minimumCalls) return [];
    const { median: usual, low } = known;
    const firesAt = Math.min(usual / rule.factor, low);
    const share = cachedShare([row]);
    if (share >= firesAt / keepShare) return [];
    return {
      ...of(rule, row, places),
      fires: share < firesAt,
      summary: `${placeName(row)} reads ${percent(share)} of its input from the cache, usually ${percent(usual)}`,
      evidence: { cachedShare: share, usualShare: usual, firesAt, calls: row.calls, inputTokens: row.inputTokens },
      link: costsLink({ range, by: ['bucket'], where: { ...rule.where, workflow: [row.dimensions.workflow ?? ''] } }),
    };
  });
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

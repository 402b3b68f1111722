import type { CostRow, Dimension } from '../../ledger/index.ts';
import { costsLink, type Finding, type WatchRule } from './alert.ts';
import { median } from './baseline.ts';
import { groupKey, groupRows, sumOf } from './history.ts';
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

/** The share of a stage's input that providers read from their cache, far below what it usually is: every prompt costs more. */
export async function cacheCollapses(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const recent = await look.recent(range, places, rule.where);
  const past = groupRows(await look.history.rows([...places, 'hour'], rule.where, historyDays, look.nowMs), places);
  return recent.flatMap((row) => {
    const hours = (past.get(groupKey(row, places)) ?? []).filter((hour) => hour.attempts >= attemptsPerHourMin);
    const shares = hours.map((hour) => cachedShare([hour]));
    const usual = median(shares);
    if (shares.length < hoursMin || usual < usualShareMin || row.calls < rule.minimumCalls) return [];
    // What every twentieth hour falls below is ordinary here.
    const low = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 20)] ?? 0;
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

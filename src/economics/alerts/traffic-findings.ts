import type { CostRow, Dimension } from '../../ledger/index.ts';
import { compareUsd, fromPicos, toDecimal } from '../../money/index.ts';
import { costsLink, type Finding, type WatchRule } from './alert.ts';
import { median, shareAtLeast, usualIn } from './baseline.ts';
import { byHour, groupKey, groupRows, ofGroups, subjectOf, sumOf, tokensOf } from './history.ts';
import type { Look } from './look.ts';

const places: readonly Dimension[] = ['workflow'];
const historyDays = 29;
/** Distance from the usual, in its own spreads, that must be passed beside the factor. */
const spreadsMin = 5;
/** An alert goes on while what began it is above this share of what fires it. */
export const keepShare = 0.7;

const tokensByHour = (rows: readonly CostRow[]) => ofGroups(rows, places, (own) => byHour(own, tokensOf));

/** Tokens of a window far above what the same window usually takes. */
export async function tokenSpikes(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const rows = await look.recent(range, places, rule.where);
  const past = { by: [...places, 'hour'], where: rule.where, days: historyDays } as const;
  const history = await look.past(past, tokensByHour);
  return rows.flatMap((row) => {
    const series = history.get(groupKey(row, places));
    const usual = series ? usualIn(series, look.nowMs, rule.windowMs) : null;
    if (!usual || row.calls < rule.minimumCalls || row.cost.picos < rule.minimumPicos) return [];
    const firesAt = Math.max(usual.amount * rule.factor, usual.amount + usual.spread * spreadsMin);
    const tokens = tokensOf(row);
    if (tokens <= firesAt * keepShare) return [];
    return {
      ...of(rule, row, places),
      fires: tokens > firesAt,
      summary: `${placeName(row)} takes ${(tokens / Math.max(1, usual.amount)).toFixed(1)} times its usual tokens`,
      evidence: {
        tokens,
        usualTokens: Math.round(usual.amount),
        firesAt: Math.round(firesAt),
        calls: row.calls,
        costUsd: toDecimal(row.cost),
        basis: usual.basis,
        samples: usual.samples,
      },
      link: costsLink({ range, by: ['hour'], where: { ...rule.where, workflow: [row.dimensions.workflow ?? ''] } }),
    };
  });
}

/** Smallest step above the usual share that is a surge at all. */
const shareStepMin = 0.05;
const shareHistoryDays = 7;
/** Hours with fewer calls tell nothing of a share. */
const callsPerHourMin = 20;

type Reason = 'fallback' | 'retry';
const usualShareOf = (reason: Reason) => (rows: readonly CostRow[]) =>
  ofGroups(rows, places, (own) => median(hourlyShares(own, reason)));
const usualShares = { fallback: usualShareOf('fallback'), retry: usualShareOf('retry') };

/** Share of calls that needed a further attempt of one reason, far above the usual. */
export async function reasonSurges(rule: WatchRule, reason: Reason, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const by: readonly Dimension[] = [...places, 'reason'];
  const recent = groupRows(await look.recent(range, by, rule.where), places);
  const past = { by: [...by, 'hour'], where: rule.where, days: shareHistoryDays } as const;
  const shares = await look.past(past, usualShares[reason]);
  return [...recent].flatMap(([place, rows]) => {
    const first = rows[0];
    const { calls, further } = countsOf(rows, reason);
    const usual = shares.get(place) ?? 0;
    const firesAt = Math.max(usual * rule.factor, usual + shareStepMin);
    const share = further / Math.max(1, calls);
    if (!first || calls < rule.minimumCalls || share <= firesAt * keepShare) return [];
    return {
      ...of(rule, first, places),
      fires: shareAtLeast(further, calls) > firesAt || share > Math.max(1, 2 * firesAt),
      summary: `${placeName(first)}: ${Math.round(share * 100)} ${reason === 'retry' ? 'retries' : 'fallbacks'} for 100 calls`,
      evidence: { calls, [reason === 'retry' ? 'retries' : 'fallbacks']: further, share, usualShare: usual, firesAt },
      link: costsLink({
        range,
        by: ['reason', 'failure'],
        where: { ...rule.where, workflow: [first.dimensions.workflow ?? ''] },
      }),
    };
  });
}

function countsOf(rows: readonly CostRow[], reason: string): { readonly calls: number; readonly further: number } {
  const attempts = sumOf(rows, (row) => row.attempts);
  const further = sumOf(
    rows.filter((row) => row.dimensions.reason === reason),
    (row) => row.attempts,
  );
  const repeated = sumOf(
    rows.filter((row) => row.dimensions.reason !== 'first'),
    (row) => row.attempts,
  );
  return { calls: Math.max(attempts - repeated, 0), further };
}

function hourlyShares(rows: readonly CostRow[], reason: string): number[] {
  return [...groupRows(rows, ['hour']).values()].flatMap((hour) => {
    const { calls, further } = countsOf(hour, reason);
    return calls >= callsPerHourMin ? [further / calls] : [];
  });
}

const crowdMin = 20;

/** One user or customer who spends more than a share of everything. */
export async function concentrations(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const found: Finding[] = [];
  for (const name of ['customer', 'user'] as const) {
    const { rows, total, rowsLeftOut } = await look.hourly({ range, by: [name], where: rule.where, limit: 2 });
    const top = rows.find((row) => row.dimensions[name]);
    const crowd = rows.length + rowsLeftOut;
    if (!top || crowd < crowdMin || compareUsd(total.cost, fromPicos(rule.minimumPicos)) <= 0) continue;
    const share = Number(top.cost.picos) / Number(total.cost.picos);
    if (top.calls < rule.minimumCalls || share <= rule.factor * keepShare) continue;
    found.push({
      ...of(rule, top, [name]),
      fires: share > rule.factor,
      summary: `${name} ${top.dimensions[name]} makes ${Math.round(share * 100)} % of the cost`,
      evidence: {
        share,
        costUsd: toDecimal(top.cost),
        totalUsd: toDecimal(total.cost),
        [`${name}s`]: crowd,
        firesAt: rule.factor,
      },
      link: costsLink({ range, by: [name], where: rule.where }),
    });
  }
  return found;
}

/** What every finding of a rule has in common. */
export function of(rule: WatchRule, row: CostRow, by: readonly Dimension[]) {
  return { rule: rule.name, kind: rule.kind, severity: rule.severity, subject: subjectOf(row, by) };
}

export function placeName(row: CostRow): string {
  const { workflow, stage } = row.dimensions;
  return [workflow || 'calls without a workflow', stage].filter(Boolean).join(' / ');
}

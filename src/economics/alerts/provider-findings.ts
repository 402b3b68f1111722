import type { CostRow, Dimension } from '../../ledger/index.ts';
import { costsLink, type Finding, type ProviderAllowance, type WatchRule } from './alert.ts';
import { minuteMs } from './baseline.ts';
import { groupRows, tokensOf } from './history.ts';
import type { Look } from './look.ts';
import { keepShare, of } from './traffic-findings.ts';

const minutesLooked = 10;
/** A single busy minute is no trend. */
const busyMinutesMin = 3;

/** Providers whose own limits on requests or tokens a minute are nearly used. */
export async function providerHeadrooms(
  rule: WatchRule,
  allowances: readonly ProviderAllowance[],
  look: Look,
): Promise<Finding[]> {
  if (allowances.length === 0) return [];
  const range = { fromMs: look.nowMs - minutesLooked * minuteMs, toMs: look.nowMs };
  const rows = groupRows(await look.recent(range, ['provider', 'minute'], rule.where), ['provider']);
  return allowances.flatMap((allowance) => {
    const minutes = rows.get(JSON.stringify([allowance.provider])) ?? [];
    const [first] = minutes;
    if (!first) return [];
    const uncached = (row: CostRow) => row.inputTokens - row.cacheReadTokens;
    return [
      headroom(rule, first, 'requests', minutes, (row) => row.attempts, allowance.requestsPerMinute, range),
      headroom(rule, first, 'tokens', minutes, tokensOf, allowance.tokensPerMinute, range),
      headroom(rule, first, 'input tokens', minutes, uncached, allowance.inputTokensPerMinute, range),
      headroom(
        rule,
        first,
        'output tokens',
        minutes,
        (row) => row.outputTokens,
        allowance.outputTokensPerMinute,
        range,
      ),
    ].flatMap((finding) => finding ?? []);
  });
}

function headroom(
  rule: WatchRule,
  first: CostRow,
  what: 'requests' | 'tokens' | 'input tokens' | 'output tokens',
  minutes: readonly CostRow[],
  amount: (row: CostRow) => number,
  limit: number | undefined,
  range: { readonly fromMs: number; readonly toMs: number },
): Finding | null {
  if (limit === undefined) return null;
  const used = minutes.map((row) => amount(row) / limit);
  const busy = (share: number) => used.filter((one) => one >= share).length;
  if (busy(rule.factor * keepShare) < busyMinutesMin) return null;
  const peak = Math.max(...used);
  const common = of(rule, first, ['provider']);
  return {
    ...common,
    subject: { ...common.subject, limit: what },
    fires: busy(rule.factor) >= busyMinutesMin,
    summary: `${common.subject.provider} is at ${Math.round(peak * 100)} % of its ${what} a minute`,
    evidence: { peakShare: peak, limitPerMinute: limit, busyMinutes: busy(rule.factor), ofMinutes: minutesLooked },
    link: costsLink({ range, by: ['minute'], where: { provider: [common.subject.provider ?? ''] } }),
  };
}

const meter: readonly Dimension[] = ['provider', 'model', 'usageSource', 'priceState'];

/** Answers without usage, or without a price: money that is spent and not seen. */
export async function silentMeters(rule: WatchRule, look: Look): Promise<Finding[]> {
  const range = { fromMs: look.nowMs - rule.windowMs, toMs: look.nowMs };
  const places = groupRows(await look.recent(range, meter, rule.where), ['provider', 'model']);
  return [...places.values()].flatMap((rows) => [
    ...silence(rule, rows, 'usage', (row) => row.dimensions.usageSource === 'absent', range),
    ...silence(rule, rows, 'price', (row) => row.dimensions.priceState === 'unknown', range),
  ]);
}

function silence(
  rule: WatchRule,
  rows: readonly CostRow[],
  missing: 'usage' | 'price',
  isMissing: (row: CostRow) => boolean,
  range: { readonly fromMs: number; readonly toMs: number },
): Finding[] {
  const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
  const unseen = rows.filter(isMissing).reduce((sum, row) => sum + row.attempts, 0);
  const [first] = rows;
  if (!first || unseen === 0 || attempts < rule.minimumCalls || unseen / attempts <= rule.factor * keepShare) return [];
  const common = of(rule, first, ['provider', 'model']);
  return [
    {
      ...common,
      subject: { ...common.subject, missing },
      fires: unseen / attempts > rule.factor,
      summary: `${unseen} of ${attempts} answers of ${common.subject.provider}/${common.subject.model} have no ${missing === 'usage' ? 'usage' : 'known price'}`,
      evidence: { attempts, unseen, share: unseen / attempts },
      link: costsLink({ range, by: meter, where: { provider: [common.subject.provider ?? ''] } }),
    },
  ];
}

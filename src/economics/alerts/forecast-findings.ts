import { usd } from '../../money/index.ts';
import type { MonthStanding } from '../forecasts/month-facts.ts';
import type { Finding, WatchRule } from './alert.ts';

/**
 * Months that left the interval of the forecast in force: above as soon as what was spent passes its upper end, since no
 * later day can undo that; below once the month is over. Told once a month.
 */
export function forecastMisses(rule: WatchRule, standings: readonly MonthStanding[]): Finding[] {
  return standings.flatMap(({ scenario, forecastId, comparison, left }) => {
    const { month, total, drivenBy } = comparison;
    if (left === null || sizeOf(total.differenceUsd) < rule.minimumPicos || !passes(rule, total, left)) return [];
    const end = left === 'above' ? `over ${total.highUsd}` : `under ${total.lowUsd}`;
    return {
      ...{ rule: rule.name, kind: rule.kind, severity: rule.severity, fires: true, once: true },
      subject: { scenario, month },
      summary: `${month} cost ${total.factUsd} USD, ${end} USD, the ${left === 'above' ? 'upper' : 'lower'} end of its forecast`,
      evidence: {
        factUsd: total.factUsd,
        forecastUsd: total.forecastUsd,
        lowUsd: total.lowUsd,
        highUsd: total.highUsd,
        forecast: forecastId,
        ...(drivenBy === null ? {} : { drivenBy }),
      },
      link: '/forecast',
    };
  });
}

/** The rule's factor widens the interval; 1 leaves it as it was forecast. */
function passes({ factor }: WatchRule, total: MonthStanding['comparison']['total'], left: 'above' | 'below'): boolean {
  const [fact, low, high] = [total.factUsd, total.lowUsd, total.highUsd].map(Number) as [number, number, number];
  return left === 'above' ? fact > high * factor : fact < low / factor;
}

function sizeOf(amount: string): bigint {
  const { picos } = usd(amount);
  return picos < 0n ? -picos : picos;
}

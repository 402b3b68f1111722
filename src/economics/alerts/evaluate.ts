import type { AlertFeed, Finding, WatchedKind, WatchRule, WatchSettings } from './alert.ts';
import { budgetFindings } from './budget-findings.ts';
import { cacheCollapses } from './cache-findings.ts';
import { forecastMisses } from './forecast-findings.ts';
import { type Look, looker } from './look.ts';
import { providerHeadrooms, silentMeters } from './provider-findings.ts';
import { newHighCostRoutes, priceJumps, promptGrowth } from './route-findings.ts';
import { concentrations, reasonSurges, tokenSpikes } from './traffic-findings.ts';

/** Findings of one look; more are cut off, the most urgent kept. */
const findingsMax = 500;

type Watch = (rule: WatchRule, look: Look, settings: WatchSettings) => Promise<Finding[]>;

const watches: Readonly<Record<WatchedKind, Watch>> = {
  'burn-rate': (rule, look, settings) => budgetFindings(rule, settings, look),
  threshold: (rule, look, settings) => budgetFindings(rule, settings, look),
  'token-spike': tokenSpikes,
  'fallback-surge': (rule, look) => reasonSurges(rule, 'fallback', look),
  'retry-storm': (rule, look) => reasonSurges(rule, 'retry', look),
  'cache-collapse': cacheCollapses,
  'new-high-cost-route': newHighCostRoutes,
  'price-jump': priceJumps,
  'prompt-growth': promptGrowth,
  concentration: concentrations,
  'provider-headroom': (rule, look, settings) => providerHeadrooms(rule, settings.allowances, look),
  'silent-meter': silentMeters,
  'forecast-miss': async (rule, _look, { standings }) => forecastMisses(rule, standings),
};

const urgency = { page: 0, ticket: 1, info: 2 } as const;

/**
 * What every rule sees at `nowMs`: a function of the feed's answers, the settings and the time. Past figures are kept
 * for an hour or a day between calls and read again after; nothing else is remembered.
 */
export function alertWatcher(feed: AlertFeed): (settings: WatchSettings, nowMs: number) => Promise<Finding[]> {
  const lookAt = looker(feed);
  return async (settings, nowMs) => {
    const look = lookAt(nowMs);
    const found: Finding[] = [];
    for (const rule of settings.rules) found.push(...(await watches[rule.kind](rule, look, settings)));
    return found.sort((a, b) => urgency[a.severity] - urgency[b.severity]).slice(0, findingsMax);
  };
}

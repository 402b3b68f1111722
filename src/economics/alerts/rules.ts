import { alertKinds, type Config } from '../../config/index.ts';
import type { AlertSeverity, ProviderAllowance, WatchedKind, WatchRule } from './alert.ts';
import { dayMs, hourMs, minuteMs } from './baseline.ts';
import { whereOf } from './where-of.ts';

type Defaults = Pick<WatchRule, 'severity' | 'factor' | 'windowMs' | 'minimumPicos' | 'minimumCalls'>;

const cent = 10_000_000_000n;
const defaults = (
  severity: AlertSeverity,
  factor: number,
  windowMs: number,
  minimumCalls: number,
  minimumPicos: bigint,
): Defaults => ({ severity, factor, windowMs, minimumCalls, minimumPicos });

/** What each kind does where the file says nothing; docs/alerts.md explains the figures. */
export const kindDefaults: Readonly<Record<WatchedKind, Defaults>> = {
  'burn-rate': defaults('page', 1, hourMs, 0, 100n * cent),
  threshold: defaults('ticket', 1, hourMs, 0, 100n * cent),
  'token-spike': defaults('ticket', 3, hourMs, 50, 10n * cent),
  'fallback-surge': defaults('ticket', 3, 30 * minuteMs, 30, 0n),
  'retry-storm': defaults('page', 3, 15 * minuteMs, 30, 0n),
  'cache-collapse': defaults('ticket', 2, hourMs, 50, 0n),
  'new-high-cost-route': defaults('ticket', 2, hourMs, 10, 10n * cent),
  'price-jump': defaults('ticket', 1.15, hourMs, 20, 10n * cent),
  'prompt-growth': defaults('info', 1.3, dayMs, 200, 10n * cent),
  concentration: defaults('info', 0.4, dayMs, 50, 100n * cent),
  'provider-headroom': defaults('ticket', 0.8, 10 * minuteMs, 0, 0n),
  'silent-meter': defaults('ticket', 0.01, hourMs, 20, 0n),
  'forecast-miss': defaults('ticket', 1, hourMs, 0, 100n * cent),
};

/** The rules of the file, or every kind with its defaults when the file names none. */
export function watchRules({ alerts }: Pick<Config, 'alerts'>): WatchRule[] {
  if (alerts.rules.length === 0)
    return alertKinds.map((kind) => ({ name: kind, kind, where: {}, ...kindDefaults[kind] }));
  return alerts.rules.flatMap(({ kind, enabled, ...rule }): WatchRule[] => {
    if (!enabled) return [];
    const usual = kindDefaults[kind];
    return [
      {
        name: rule.name ?? kind,
        kind,
        severity: rule.severity ?? usual.severity,
        where: whereOf(rule.scope),
        factor: rule.factor ?? usual.factor,
        windowMs: rule.window?.ms ?? usual.windowMs,
        minimumPicos: rule.minimumUsd?.picos ?? usual.minimumPicos,
        minimumCalls: rule.minimumCalls ?? usual.minimumCalls,
        ...(rule.budget === undefined ? {} : { budget: rule.budget }),
      },
    ];
  });
}

/** What providers allow, as the file says; those without limits are left out. */
export function providerAllowances({ providers }: Pick<Config, 'providers'>): ProviderAllowance[] {
  return Object.entries(providers).flatMap(([provider, { limits }]) => {
    const { requests, tokens, inputTokens, outputTokens } = limits ?? {};
    if (!requests && !tokens && !inputTokens && !outputTokens) return [];
    return {
      provider,
      ...(requests ? { requestsPerMinute: perMinute(requests) } : {}),
      ...(tokens ? { tokensPerMinute: perMinute(tokens) } : {}),
      ...(inputTokens ? { inputTokensPerMinute: perMinute(inputTokens) } : {}),
      ...(outputTokens ? { outputTokensPerMinute: perMinute(outputTokens) } : {}),
    };
  });
}

function perMinute(rate: { readonly count: number; readonly perMs: number }): number {
  return (rate.count * minuteMs) / rate.perMs;
}

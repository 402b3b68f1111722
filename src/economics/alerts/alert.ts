import type { AlertRule } from '../../config/index.ts';
import type { CostAnswer, CostQuery } from '../../ledger/index.ts';
import type { BudgetDefinition } from '../../tree/index.ts';
import type { MonthStanding } from '../forecasts/month-facts.ts';

/** What is watched. */
export type WatchedKind = AlertRule['kind'];
export type AlertSeverity = 'page' | 'ticket' | 'info';

/** The one question alerts ask of the ledger. */
export interface AlertFeed {
  costs(query: CostQuery): Promise<CostAnswer>;
}

/** A budget and the period it is in now, ms since the epoch, half-open. */
export interface WatchedBudget {
  readonly definition: BudgetDefinition;
  readonly period: { readonly startMs: number; readonly endMs: number };
  /** What counts against the limit began after this; absent where it is the period's start. */
  readonly countedFromMs?: number;
}

/** What a provider allows in a minute; an absent limit is unknown. */
export interface ProviderAllowance {
  readonly provider: string;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Of providers that count input and output apart; what is read from their cache counts against neither. */
  readonly inputTokensPerMinute?: number;
  readonly outputTokensPerMinute?: number;
}

/** One rule with its defaults filled in where the file says nothing. */
export interface WatchRule {
  readonly name: string;
  readonly kind: WatchedKind;
  readonly severity: AlertSeverity;
  readonly where: CostQuery['where'];
  /** Burn rate and threshold: only this budget. */
  readonly budget?: string;
  /** How many times the usual is abnormal; for shares of a limit, the share. */
  readonly factor: number;
  readonly windowMs: number;
  /** Whole picodollars below which it stays quiet. */
  readonly minimumPicos: bigint;
  readonly minimumCalls: number;
}

export interface WatchSettings {
  readonly rules: readonly WatchRule[];
  readonly budgets: readonly WatchedBudget[];
  readonly allowances: readonly ProviderAllowance[];
  /** Months of the forecast in force beside what they cost so far. */
  readonly standings: readonly MonthStanding[];
}

/** A figure an alert rests on; money is decimal text in US dollars. */
export type Evidence = Readonly<Record<string, number | string>>;

/** What a rule saw in one place at one time. */
export interface Finding {
  readonly rule: string;
  readonly kind: WatchedKind;
  readonly severity: AlertSeverity;
  /** Where, by dimension or budget; with the rule it names the alert. */
  readonly subject: Readonly<Record<string, string>>;
  /** Far enough from the usual to begin an alert; without it, only to keep one from ending. */
  readonly fires: boolean;
  readonly summary: string;
  readonly evidence: Evidence;
  /** Path and query of the dashboard that shows the same figures. */
  readonly link: string;
  /** Fires once for this subject however long it holds; the subject names the period. */
  readonly once?: boolean;
}

/** Path of the dashboard that shows costs of a range by some dimensions. */
export function costsLink(query: Pick<CostQuery, 'range' | 'by' | 'where'>): string {
  const time = (ms: number) => new Date(ms).toISOString();
  const parameters = new URLSearchParams({
    from: time(query.range.fromMs),
    to: time(query.range.toMs),
    by: query.by.join(','),
  });
  for (const [name, values] of Object.entries(query.where)) {
    for (const value of values ?? []) parameters.append(name, value);
  }
  return `/costs?${parameters}`;
}

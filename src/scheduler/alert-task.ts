import type { IdSource } from '../base/index.ts';
import { type AlertBooks, type BudgetBooks, type Delivery, foreverMs, periodAt } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import {
  type AlertChange,
  type AlertFeed,
  advance,
  alertWatcher,
  isSilenced,
  type MonthStanding,
  providerAllowances,
  type WatchedBudget,
  watchRules,
} from '../economics/index.ts';
import type { Task } from './run-tasks.ts';

const everyMs = 60_000;
/** Alerts that ended within this time still count as the same when they come back. */
const endedSinceMs = 2 * 3_600_000;
const keepAlertsMs = 400 * 86_400_000;
const budgetsMax = 100;

export interface AlertTaskOptions {
  readonly config: Pick<Config, 'alerts' | 'providers' | 'timeZone'>;
  readonly feed: AlertFeed;
  readonly alerts: AlertBooks;
  readonly budgets: Pick<BudgetBooks, 'list'>;
  readonly ids: IdSource;
  /** How the months of the forecast in force stand; asked once an hour. */
  readonly standings: (nowMs: number) => Promise<readonly MonthStanding[]>;
}

/** Looks at the ledger once a minute, keeps what it sees in the books and writes down whom to tell. */
export function alertTask(options: AlertTaskOptions): Task {
  const { config, feed, alerts, budgets, ids } = options;
  const watch = alertWatcher(feed);
  const rules = watchRules(config);
  const allowances = providerAllowances(config);
  const standingsAt = hourly(options.standings);
  return {
    name: 'alerts',
    everyMs,
    async run(nowMs) {
      const watched = watchedBudgets(await budgets.list(), nowMs);
      const settings = { rules, allowances, budgets: watched, standings: await standingsAt(nowMs) };
      const findings = await watch(settings, nowMs);
      const known = (await alerts.current(nowMs - endedSinceMs)) as Parameters<typeof advance>[0];
      const { changed, tell } = advance(known, findings, nowMs, () => ids.next('alert'));
      const deliveries = tell.flatMap((change) => deliveriesOf(change, options, nowMs));
      await alerts.save(changed, deliveries);
      await alerts.prune(nowMs - keepAlertsMs);
    },
  };
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Asks anew once an hour; what failed is asked again at the next look. */
function hourly<T>(ask: (nowMs: number) => Promise<T>): (nowMs: number) => Promise<T> {
  let known: { readonly hour: number; readonly answer: T } | null = null;
  return async (nowMs) => {
    const hour = Math.floor(nowMs / hourMs);
    if (known?.hour !== hour) known = { hour, answer: await ask(nowMs) };
    return known.answer;
  };
}

const rollingMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
  quarter: 91 * 86_400_000,
  year: 365 * 86_400_000,
};

/** Budgets in force with their present period. */
export function watchedBudgets(records: Awaited<ReturnType<BudgetBooks['list']>>, nowMs: number): WatchedBudget[] {
  return records.slice(0, budgetsMax).map(({ definition }) => {
    const { period } = definition;
    const lengthMs = rollingMs[period.kind];
    if (period.rolling && lengthMs !== undefined) return { definition, ...rollingAt(lengthMs, nowMs) };
    const { startMs, endMs } = periodAt(period, nowMs);
    return { definition, period: { startMs, endMs: Math.min(endMs, foreverMs) } };
  });
}

/**
 * A rolling budget counts what began its length ago. Half of that leaves it while as much again comes in, so for what is
 * to come half a length has passed and half is ahead. Of a day and longer it moves by the hour, so that one answer of the
 * ledger holds for an hour.
 */
function rollingAt(lengthMs: number, nowMs: number): Omit<WatchedBudget, 'definition'> {
  const atMs = lengthMs < dayMs ? nowMs : Math.floor(nowMs / hourMs) * hourMs;
  const period = { startMs: atMs - lengthMs / 2, endMs: atMs + lengthMs / 2 };
  return { period, countedFromMs: atMs - lengthMs };
}

/** One message for each channel of the rule; none while the alert is silenced. */
function deliveriesOf({ alert, change }: AlertChange, { config, ids }: AlertTaskOptions, nowMs: number): Delivery[] {
  if (isSilenced(alert, config.alerts.silence, config.timeZone, nowMs)) return [];
  const rule = config.alerts.rules.find(({ name, kind }) => (name ?? kind) === alert.rule);
  const channels = rule?.notify ?? Object.keys(config.alerts.channels);
  return channels.map((channel) => ({
    ...{ id: ids.next('delivery'), alertId: alert.id, channel, change, tries: 0, dueAtMs: nowMs },
  }));
}

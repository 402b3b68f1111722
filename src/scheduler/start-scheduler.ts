import type { Clock, IdSource } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import { type Forecaster, type ForecastLedger, readStandings } from '../economics/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { alertTask } from './alert-task.ts';
import { openChannels } from './channels/open-channels.ts';
import { deliveryTask } from './delivery-task.ts';
import { forecastTask } from './forecast-task.ts';
import { retentionRule, retentionTask } from './retention-task.ts';
import { reviewTask } from './review-task.ts';
import { type SchedulerLog, taskRunner } from './run-tasks.ts';

const tickMs = 5_000;

export interface SchedulerOptions {
  readonly config: Config;
  readonly ledger: Pick<Ledger, 'applyRetention' | 'answeredCalls' | 'recordWork' | 'call' | 'run'> & ForecastLedger;
  readonly books: Pick<Books, 'alerts' | 'budgets' | 'reviews' | 'tasks'>;
  readonly forecasts: Forecaster;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly fetch: typeof fetch;
  /** Where people reach the dashboard. */
  readonly publicUrl: string;
  readonly log: SchedulerLog;
}

/** Starts what happens by itself. @returns how to stop, which waits for what is under way */
export function startScheduler(options: SchedulerOptions): { stop(): Promise<void> } {
  const { config, ledger, books, forecasts, clock, ids, fetch, publicUrl, log } = options;
  const channels = openChannels(config.alerts.channels, clock, fetch);
  const runner = taskRunner({
    tasks: [
      retentionTask(retentionRule(config), ledger, log),
      forecastTask({ config, forecasts, log }),
      alertTask({
        ...{ config, feed: ledger, alerts: books.alerts, budgets: books.budgets, ids },
        standings: (nowMs) => readStandings({ ledger, config, nowMs }, forecasts.archive),
      }),
      reviewTask({ config, ledger, reviews: books.reviews, log }),
      deliveryTask({ alerts: books.alerts, channels, publicUrl, log }),
    ],
    books: books.tasks,
    clock,
    holder: ids.next('scheduler'),
    log,
  });
  void runner.tick();
  const timer = setInterval(() => void runner.tick(), tickMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return runner.stop();
    },
  };
}
